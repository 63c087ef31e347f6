import type { FastifyReply } from 'fastify';
import type { Task } from '../core/domain/task.ts';
import type { TaskId } from '../core/domain/units.ts';
import type { Caller, Engine } from '../core/engine/engine.ts';
import { liftIdleLimit } from './idle-limit.ts';

/**
 * The task when it has ended or the time is up. A client that leaves ends its wait and nothing else. The connection is idle meanwhile, so
 * its idle limit is lifted for as long.
 */
export async function waitForEnd(
  engine: Engine,
  reply: FastifyReply,
  id: TaskId,
  seconds: number,
  caller: Caller,
): Promise<Task | undefined> {
  const left = new AbortController();
  const leave = () => left.abort();
  const restoreLimit = liftIdleLimit(reply.raw);
  reply.raw.once('close', leave);
  try {
    return await engine.waitFor(id, seconds * 1_000, caller, left.signal);
  } finally {
    reply.raw.off('close', leave);
    restoreLimit();
  }
}
