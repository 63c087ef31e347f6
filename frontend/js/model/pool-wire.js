/** Pools, their machines and their limits as they cross the wire; see wire.js. */

/**
 * @typedef {object} PoolWire
 * @property {number} id
 * @property {string} name
 * @property {string} region
 * @property {string} resource_type
 * @property {number} cost_per_unit
 * @property {number} capacity
 * @property {number} current_load
 * @property {string} executor
 * @property {readonly string[]} types
 * @property {readonly string[] | null} accepts `types` with `*` resolved; null is any type
 * @property {number} speed
 * @property {number | null} carbon_grams_per_kwh
 * @property {Readonly<Record<string, string | number>>} labels
 * @property {string} state
 * @property {{ readonly failures: number, readonly for_ms: number } | null} cooling
 * @property {string | null} cools_until while attempts kept failing there
 * @property {number} version
 */

/**
 * A machine that offers slots to a pool.
 * @typedef {object} NodeWire
 * @property {string} id
 * @property {'live' | 'silent' | 'draining' | 'lost'} state
 * @property {number} slots
 * @property {number} slots_used
 * @property {readonly string[]} types
 * @property {string | null} agent
 * @property {string} seen_at
 * @property {number} results
 * @property {string | null} last_error
 */

/**
 * One limit and what is used of it.
 * @typedef {object} QuotaWire
 * @property {string} scope
 * @property {string | null} tenant
 * @property {string | null} type
 * @property {string | null} pool
 * @property {string} limit the field that sets it
 * @property {string} unit
 * @property {number} used
 * @property {number} most
 * @property {number | null} guaranteed
 * @property {number | null} borrowed
 * @property {number | null} waiting tasks behind it; null: what is over it is refused
 * @property {string | null} until
 */

export {};
