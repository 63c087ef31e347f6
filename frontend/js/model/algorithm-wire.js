/** Strategies as they cross the wire; see wire.js. */

/**
 * @typedef {object} AlgorithmWire
 * @property {string} name
 * @property {string} summary
 * @property {string} [cleared_by] who can clear it
 * @property {string} description
 * @property {string} complexity
 * @property {string} kind `order` or `place`: what it is known for
 * @property {Readonly<Record<string, unknown>>} parameters JSON Schema
 * @property {boolean} current
 * @property {MaxWaitWire} max_wait
 */

/**
 * How long newer work may go before a waiting task.
 * @typedef {object} MaxWaitWire
 * @property {string} by what the bound hangs on; none: there is none
 * @property {string} summary
 * @property {string} room
 * @property {readonly { readonly priority: number, readonly ms: number | null }[] | null} by_priority
 */

/**
 * The strategy that decides, and since when.
 * @typedef {object} EpochWire
 * @property {number} epoch
 * @property {string} algorithm
 * @property {Readonly<Record<string, unknown>>} params
 * @property {string} since
 * @property {string} by
 * @property {string | null} reason
 */

export {};
