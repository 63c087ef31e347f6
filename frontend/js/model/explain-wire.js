/** Why a task waits or went where it went, and where one would go; see wire.js. */

/**
 * Why that pool.
 * @typedef {object} WhyWire
 * @property {'home' | 'any'} ring how far it could go
 * @property {boolean} spilled its home had no room
 * @property {'free' | 'reserved' | 'backfilled'} room whose room it took
 * @property {boolean} deadline_at_risk it would end after its deadline
 * @property {number} considered
 * @property {number} full
 * @property {Readonly<Record<string, number>>} out
 * @property {readonly { readonly pool: string, readonly parts: number, readonly total: number | null }[] | null} parts of a task of several: where they went
 * @property {ComparisonWire | null} compared of several parts for the last one
 */

/**
 * @typedef {object} ComparisonWire
 * @property {string} by
 * @property {string} unit
 * @property {number | null} total
 * @property {readonly { readonly name: string, readonly unit: string, readonly weight: number, readonly value: number | null, readonly runner_up: number | null, readonly flips: { readonly when: string, readonly weight: number } | null }[]} terms
 * @property {{ readonly pool: string, readonly total: number | null } | null} runner_up
 * @property {number | null} margin
 */

/**
 * @typedef {object} ExplanationWire
 * @property {string} summary the answer in a sentence
 * @property {readonly import('./task-wire.js').HoldWire[]} holds why it waits; empty when it does not
 * @property {{ readonly pools: number, readonly may_run: number, readonly full: number, readonly out: Readonly<Record<string, number>> } | null} counts
 * @property {{ readonly at: string, readonly details: Readonly<Record<string, unknown>>, readonly why: WhyWire | null } | null} decision
 * @property {ForecastWire | null} forecast
 * @property {{ readonly is_past: boolean, readonly summary: string } | null} max_wait how long newer work may go before it
 * @property {readonly { readonly summary: string, readonly who: string, readonly starts_on: string | null }[]} unblock single changes that would start it now; with starts_on null: that would let it wait for room
 */

/**
 * When it is expected to start, from now.
 * @typedef {object} ForecastWire
 * @property {readonly number[]} start_ms the earliest, the latest
 * @property {string} when the same in words: within 49 min
 * @property {string} basis
 */

/**
 * Where a task would go.
 * @typedef {object} PlaceWire
 * @property {boolean} starts_now
 * @property {boolean} infeasible
 * @property {string} summary
 * @property {readonly import('./task-wire.js').HoldWire[]} holds
 * @property {string | null} pool
 * @property {{ readonly least: number, readonly most: number } | null} cost
 * @property {ForecastWire | null} forecast
 */

/**
 * @typedef {PlaceWire & { readonly strategy: string, readonly refusal: { readonly code: string, readonly detail: string } | null, readonly strategies: readonly (PlaceWire & { readonly algorithm: string })[] }} PreviewWire
 */

export {};
