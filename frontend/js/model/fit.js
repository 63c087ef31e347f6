/**
 * Which pools could run a task, constraint by constraint: a reading of the wire shapes for people. The decision itself is the server's.
 */

import { constraintsText, holds } from './labels.js';

/** @typedef {import('./task-wire.js').TaskWire} TaskWire */
/** @typedef {import('./pool-wire.js').PoolWire} PoolWire */

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {boolean} ok
 * @property {string} text what the pool has against what is needed
 */

/**
 * @typedef {object} Fit
 * @property {PoolWire} pool
 * @property {readonly Check[]} checks
 * @property {boolean} mayRun everything but the free slots holds
 * @property {boolean} hasRoom
 */

/**
 * @param {TaskWire} task
 * @param {PoolWire} pool
 * @returns {Fit}
 */
export function fitOf(task, pool) {
  const price = task.cost * pool.cost_per_unit;
  const homes = task.regions ?? (task.region === null ? [] : [task.region]);
  const asked = task.constraints ?? [];
  const labels = new Map(Object.entries({ ...pool.labels, region: pool.region, resource_type: pool.resource_type }));
  const unmet = asked.filter((constraint) => !holds(constraint, labels.get(constraint.label)));
  const free = Math.max(0, pool.capacity - pool.current_load);
  /** @type {Check[]} */
  const checks = [
    { name: 'state', ok: pool.state === 'active', text: pool.state },
    {
      name: 'type',
      ok: accepts(pool, task.type),
      text: accepts(pool, task.type) ? task.type : `only ${(pool.accepts ?? pool.types).join(', ')}`,
    },
    { name: 'region', ok: task.region_mode !== 'require' || homes.length === 0 || homes.includes(pool.region), text: pool.region },
    { name: 'resource', ok: task.resource_type === null || task.resource_type === pool.resource_type, text: pool.resource_type },
    {
      name: 'labels',
      ok: unmet.length === 0,
      text: unmet.length > 0 ? `not ${constraintsText(unmet)}` : asked.length > 0 ? 'as asked' : 'any',
    },
    { name: 'price', ok: task.max_cost === null || price <= task.max_cost, text: price.toFixed(2) },
    { name: 'size', ok: task.slots <= pool.capacity, text: `${task.slots} of ${pool.capacity}` },
  ];
  return { pool, checks, mayRun: checks.every((check) => check.ok), hasRoom: free >= task.slots };
}

/** @param {PoolWire} pool @param {string} type */
function accepts(pool, type) {
  return pool.accepts === null || pool.accepts.includes(type);
}
