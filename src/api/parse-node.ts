import type { Outcome } from '../core/domain/attempt.ts';
import { TaskRouterError } from '../core/domain/errors.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { NodeSpec } from '../core/executors/node/node.ts';
import type { Note } from '../core/executors/node/nodes.ts';
import { refused } from './refused.ts';
import { maxResultChars, type NodeInput, type NotesInput, type ResultInputBody } from './schemas/node.ts';
import type { Static } from './schemas/type.ts';

/** @throws TaskRouterError `unknown_reference`, `validation_failed`: its pool is not there or not for nodes, or takes none of its types. */
export function parseNode(body: Static<typeof NodeInput>, engine: Pick<Engine, 'pools' | 'types'>): NodeSpec {
  const pools = engine.pools();
  const live = pools.find(({ pool }) => pool.name === body.pool);
  const forNodes = pools.filter(({ pool }) => pool.executor === 'node').map(({ pool }) => pool.name);
  const there =
    forNodes.length === 0
      ? 'No pool is for nodes yet: add one with "executor": "node" by POST /api/v1/pools'
      : `Pools for nodes: ${forNodes.join(', ')}`;
  if (live === undefined) throw unknown('/body/pool', `There is no pool ${body.pool}. ${there}.`);
  if (live.pool.executor !== 'node')
    throw unknown('/body/pool', `Pool ${body.pool} runs its work with the ${live.pool.executor} executor and takes no nodes. ${there}.`);

  const known = engine.types().map(({ name }) => name);
  const strange = body.types.find((type) => type !== '*' && !known.includes(type));
  if (strange !== undefined)
    throw unknown(
      '/body/types',
      `There is no task type ${strange}. Add it with PUT /api/v1/types/${strange}, or use one of ${known.join(', ')}.`,
    );
  const { accepts } = live;
  if (accepts !== undefined && !body.types.some((type) => type === '*' || accepts.includes(type)))
    throw refused({ path: '/body/types', message: `has none that pool ${body.pool} takes: ${accepts.join(', ')}` });
  return { id: body.id, pool: body.pool, types: body.types, slots: body.slots, runsParts: body.parts ?? false, agent: body.agent ?? null };
}

function unknown(path: string, message: string): TaskRouterError {
  return new TaskRouterError('unknown_reference', message, { errors: [{ path, message }] });
}

/** @throws TaskRouterError `validation_failed`, `body_too_large` */
export function parseOutcome({ outcome, result, error, retryable }: ResultInputBody): Outcome {
  if (outcome !== 'succeeded' && result !== undefined)
    throw refused({ path: '/body/result', message: 'belongs to the outcome succeeded alone' });
  if (outcome !== 'failed' && error !== undefined) throw refused({ path: '/body/error', message: 'belongs to the outcome failed alone' });
  if (outcome !== 'failed' && retryable !== undefined)
    throw refused({ path: '/body/retryable', message: 'belongs to the outcome failed alone' });
  if (outcome === 'stopped' || outcome === 'released') return { kind: outcome };
  if (outcome === 'failed') {
    if (error === undefined) throw refused({ path: '/body/error', message: 'is required for the outcome failed' });
    return { kind: 'failed', code: error.code, message: error.message, retryable: retryable ?? true };
  }
  if (isTooLarge(result))
    throw new TaskRouterError(
      'body_too_large',
      `A result may have ${maxResultChars.toLocaleString('en')} characters of JSON, which no setting changes. Report failed instead.`,
    );
  return { kind: 'succeeded', result: result ?? null };
}

function isTooLarge(result: unknown): boolean {
  if (result === null || (typeof result !== 'object' && typeof result !== 'string')) return false;
  return JSON.stringify(result).length > maxResultChars;
}

export function parseNotes(notes: Static<typeof NotesInput>['notes']): readonly Note[] {
  return notes.flatMap(({ lease, progress, log }) => {
    const told: Note[] = [];
    if (progress !== undefined) told.push({ lease, report: { kind: 'progress', ratio: progress.ratio, note: progress.note ?? null } });
    if (log !== undefined) told.push({ lease, report: { kind: 'log', message: log } });
    return told;
  });
}
