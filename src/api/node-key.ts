import type { FastifyRequest } from 'fastify';
import { TaskRouterError } from '../core/domain/errors.ts';

/** A key for the nodes of one pool touches no node of another. @throws TaskRouterError `forbidden` */
export function checkNodeKey({ key }: Pick<FastifyRequest, 'key'>, ...pools: readonly (string | undefined)[]): void {
  if (key === null || key.pool === null) return;
  const { name, pool } = key;
  const isOther = pools.some((other) => other !== undefined && other !== pool);
  if (isOther) throw new TaskRouterError('forbidden', `Your key, ${name}, is for nodes of the pool ${pool}.`);
}
