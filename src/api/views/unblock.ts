import type { Explanation } from '../../core/engine/engine.ts';
import { makerOf } from '../../core/scheduling/relaxation.ts';
import type { ExplanationBody } from '../schemas/explanation.ts';
import { partsText } from './parts-text.ts';

type Unblock = Explanation['unblock'][number];

export function unblockView(relaxation: Unblock): ExplanationBody['unblock'][number] {
  const { change, subject, from, to, startsOn, placements } = relaxation;
  const summary = [sentenceFor(relaxation), ...thenOf(relaxation)].join(' ');
  const told = { change, who: makerOf(change), summary, subject: subject === '' ? null : subject, from, to };
  return { ...told, starts_on: startsOn, placements: placements && [...placements] };
}

/** What the change would come to. */
function thenOf({ startsOn, couldRunOn, placements, isStep }: Unblock): readonly string[] {
  if (startsOn !== null) return [`It would start on ${placements === null ? startsOn : partsText(placements)}.`];
  if (isStep) return [`It could run on ${couldRunOn} with all that is told for it here.`];
  return couldRunOn === null ? [] : [`It could run on ${couldRunOn} then, once there is room.`];
}

function sentenceFor({ change, subject, from, to, nodes }: Unblock): string {
  switch (change) {
    case 'add_capacity':
      return `Raise the capacity of ${subject} from ${from} to ${to}.`;
    case 'resume_pool':
      return `Resume ${subject}, which is ${from}.`;
    case 'start_node':
      return `Start ${nodesText(subject, to, nodes)}.`;
    case 'raise_pool_type_limit':
      return `Let ${subject} run ${to} of its type at once, not ${from}.`;
    case 'raise_type_limit':
      return `Raise limit_total of type ${subject} from ${from} to ${to}.`;
    case 'add_type':
      return `Let ${subject} take type ${to}.`;
    case 'set_labels':
      return `Give ${subject} labels that meet ${to}; it has ${from}.`;
    case 'add_pool':
      return `Add a pool ${to}.`;
    case 'raise_tenant_type_limit':
      return `Raise the limit of tenant ${subject}, from ${from} to ${to}.`;
    case 'raise_tenant_limit':
      return `Raise max_running of tenant ${subject} from ${from} to ${to}.`;
    case 'raise_spend_limit':
      return `Raise the spend limit of tenant ${subject} from ${from} to ${to}.`;
    case 'drop_constraint':
      return `Submit it without the constraint ${subject}.`;
    case 'allow_region':
      return `Submit it with ${subject} among its regions.`;
    case 'drop_resource_type':
      return `Submit it without resource_type ${from}.`;
    case 'raise_max_cost':
      return `Submit it with max_cost ${to}.`;
    case 'fewer_slots':
      return `Submit it with slots ${to}.`;
    case 'fewer_parts':
      return `Submit it with parts ${to}.`;
    case 'drop_run_at':
      return 'Submit it without run_at.';
    case 'retry_now':
      return 'Retry it now.';
  }
}

function nodesText(pool: string, to: Unblock['to'], nodes: number | undefined): string {
  if (to === null) return `a worker node for ${pool} that has room for it`;
  const size = `${to} ${to === 1 ? 'slot' : 'slots'} or more`;
  if (nodes === undefined) return `a worker node for ${pool} with ${size}`;
  return nodes === 1
    ? `a worker node for ${pool} with ${size}, which runs parts`
    : `${nodes} worker nodes for ${pool} with ${size} each, which run parts`;
}

export function poolFitView({ pool, checks }: NonNullable<Explanation['fits']>['pools'][number]): ExplanationBody['pools'][number] {
  const told = checks.map(({ check, isMet, need, have }) => ({ check, ok: isMet, need, have }));
  return { pool, may_run: told.every(({ check, ok }) => ok || check === 'room' || check === 'type_limit'), checks: told };
}
