import type {
  Card,
  ComparedCard,
  Difference,
  Fidelity,
  Figures,
  Proof,
  Replay,
  ReplayResult,
  ReplaySource,
} from '../../core/domain/replay.ts';
import type { ReplayBody, ReplaySummaryBody } from '../schemas/replay.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';
import { proofView } from './proof.ts';

type ResultBody = NonNullable<ReplayBody['result']>;
type CardBody = ResultBody['cards'][number];

export function replaySummaryView(replay: Replay): ReplaySummaryBody {
  const { id, status, request, by, startedAt, endedAt, progress, error } = replay;
  return {
    ...{ id, status, from: isoTime(request.from), to: isoTime(request.to), algorithms: request.strategies.map(({ name }) => name) },
    source: sourceView(request.source),
    ...{ by, started_at: isoTime(startedAt), ended_at: isoTimeOrNull(endedAt), progress, error },
  };
}

function sourceView(source: ReplaySource | undefined): ReplaySummaryBody['source'] {
  if (source === undefined) return null;
  const { kind, processors } = source;
  return { kind, name: source.kind === 'trace' ? source.name : source.pattern, processors };
}

export function replayView(replay: Replay): ReplayBody {
  const { request, result } = replay;
  return { ...replaySummaryView(replay), seed: request.seed, result: result === null ? null : resultView(result) };
}

function resultView({ firstAt, lastAt, tasks, fidelity, proof, actual, asRun, decided, cards, notes }: ReplayResult): ResultBody {
  return {
    first_task_at: isoTime(firstAt),
    last_task_at: isoTime(lastAt),
    tasks: { replayed: tasks.replayed, unfinished: tasks.unfinished, carried_over: tasks.carriedOver, missing: tasks.missing },
    fidelity: fidelity === null ? null : fidelityView(fidelity, proof),
    proof: proof === undefined ? null : proofView(proof),
    actual: actual === null ? null : figuresView(actual),
    as_run: asRun === null ? null : cardView(asRun, null),
    decided: [...(decided ?? (asRun === null ? [] : [asRun.name]))],
    cards: cards.map((card) => cardView(card, card.differences)),
    notes: [...notes],
  };
}

function fidelityView(fidelity: Fidelity, proof: Proof | undefined) {
  const { score, placement, placementBy, freePlacement = null, waitError, tailError, isGood } = fidelity;
  const parts = { placement, placement_by: placementBy, free_placement: freePlacement, wait_error: waitError, tail_error: tailError };
  return { score, ...parts, is_good: isGood, warning: isGood ? null : warningOf(fidelity, proof) };
}

/** Loud: whoever reads on should know what the figures are not worth. */
function warningOf({ score, placement, placementBy, waitError, tailError }: Fidelity, proof: Proof | undefined): string {
  if (proof?.outcome === 'differs')
    return 'The decisions of the server, made once more on exactly what it was told, are not the recorded ones: this version decides otherwise than what decided then. Do not decide by these cards.';
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const placed = {
    decisions: 'its decisions are the recorded ones',
    pool: 'went to the same pool',
    class: 'went to the same kind of pool',
  };
  const where = placementBy === 'decisions' ? placed.decisions : `${percent(placement)} of the tasks ${placed[placementBy]}`;
  return (
    `The replay of what really decided is ${percent(1 - score)} off: ${where}, ` +
    `the mean wait is off by ${percent(waitError)} and its 95th percentile by ${percent(tailError)}. Do not decide by these cards. Usual causes: time between decision and start, ` +
    'load of the machine, pools that changed without the server, run times nobody saw.'
  );
}

function cardView({ name, params, figures, neverStarted, totalCost, makespan }: Card, differences: ComparedCard['differences']): CardBody {
  return {
    algorithm: name,
    params,
    figures: figuresView(figures),
    never_started: neverStarted,
    total_cost: { ...totalCost },
    makespan_ms: { ...makespan },
    differences:
      differences === null
        ? null
        : {
            mean_wait_ms: differenceView(differences.meanWait),
            p95_wait_ms: differenceView(differences.p95Wait),
            cost: differenceView(differences.cost),
          },
  };
}

function differenceView({ absolute, relative, interval, verdict }: Difference) {
  return { absolute, relative, interval: interval === null ? null : [interval.low, interval.high], verdict };
}

function figuresView(figures: Figures): CardBody['figures'] {
  const { tasks, wait, slowdown, cost, completed, failed, cancelled, deadlines, fairness, tenants, worst } = figures;
  return {
    ...{ tasks, wait_ms: { ...wait }, bounded_slowdown: { ...slowdown }, cost, completed, failed, cancelled, deadlines: { ...deadlines } },
    fairness_jain: fairness,
    tenants: tenants.map(({ tenant, tasks, meanWaitMs, maxWaitMs }) => ({
      tenant,
      tasks,
      mean_wait_ms: meanWaitMs,
      max_wait_ms: maxWaitMs,
    })),
    worst: worst.map(({ id, seq, tenant, type, waitMs, reallyWaitedMs }) => ({
      ...{ id, seq, tenant, type, wait_ms: waitMs, really_waited_ms: reallyWaitedMs },
    })),
  };
}
