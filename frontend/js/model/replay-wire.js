/** Replays as they cross the wire, as far as the dashboard reads them; see wire.js. Times without a unit in the name are ISO 8601. */

/**
 * @typedef {object} ReplaySummaryWire
 * @property {string} id
 * @property {string} status running, completed, cancelled, failed or interrupted
 * @property {string} from begin of the window
 * @property {string} to end of the window
 * @property {{ readonly kind: 'trace' | 'generated', readonly name: string, readonly processors: number | null } | null} source null: the own history
 * @property {readonly string[]} algorithms what is tried
 * @property {string} by
 * @property {string} started_at
 * @property {string | null} ended_at
 * @property {{ readonly done: number, readonly total: number | null }} progress tasks; total null: not counted yet
 * @property {string | null} error
 */

/** @typedef {ReplaySummaryWire & { readonly seed: number, readonly result: ReplayResultWire | null }} ReplayWire */

/**
 * @typedef {object} ReplayResultWire
 * @property {{ readonly replayed: number, readonly unfinished: number, readonly carried_over: number, readonly missing: number }} tasks
 * @property {FidelityWire | null} fidelity
 * @property {ProofWire | null} proof null: of other tasks than the own
 * @property {FiguresWire | null} actual as it happened; null: nothing of it happened here
 * @property {CardWire | null} as_run what really decided, replayed
 * @property {readonly string[]} decided the strategies that really decided, one after the other
 * @property {readonly CardWire[]} cards
 * @property {readonly string[]} notes
 */

/**
 * @typedef {object} FidelityWire
 * @property {number} score 0-1
 * @property {number} placement
 * @property {'decisions' | 'pool' | 'class'} placement_by
 * @property {number | null} free_placement
 * @property {number} wait_error
 * @property {number} tail_error
 * @property {boolean} is_good
 * @property {string | null} warning
 */

/**
 * @typedef {object} ProofWire
 * @property {'proved' | 'partly' | 'differs' | 'none'} outcome
 * @property {string} says
 * @property {{ readonly at: string, readonly task: number, readonly recorded: object | null, readonly again: object | null } | null} difference
 */

/**
 * @typedef {object} CardWire
 * @property {string} algorithm
 * @property {Readonly<Record<string, unknown>>} params
 * @property {FiguresWire} figures
 * @property {number} never_started
 * @property {BoundedWire} total_cost
 * @property {BoundedWire} makespan_ms
 * @property {{ readonly mean_wait_ms: DifferenceWire, readonly p95_wait_ms: DifferenceWire, readonly cost: DifferenceWire } | null} differences
 */

/** @typedef {{ readonly value: number, readonly bound: number | null, readonly gap: number | null }} BoundedWire */

/**
 * @typedef {object} DifferenceWire
 * @property {number | null} absolute
 * @property {number | null} relative
 * @property {readonly number[] | null} interval
 * @property {string | null} verdict better or worse
 */

/**
 * @typedef {object} FiguresWire
 * @property {number} tasks
 * @property {{ readonly mean: number | null, readonly p50: number | null, readonly p95: number | null, readonly p99: number | null, readonly max: number | null }} wait_ms
 * @property {{ readonly mean: number | null, readonly p95: number | null, readonly max: number | null }} bounded_slowdown
 * @property {number} cost
 * @property {number} completed
 * @property {number} failed
 * @property {number} cancelled
 * @property {{ readonly tasks: number, readonly missed: number }} deadlines
 * @property {number | null} fairness_jain
 * @property {readonly { readonly tenant: string, readonly tasks: number, readonly mean_wait_ms: number, readonly max_wait_ms: number }[]} tenants
 * @property {readonly { readonly id: string | null, readonly seq: number, readonly tenant: string, readonly type: string, readonly wait_ms: number, readonly really_waited_ms: number | null }[]} worst
 */
export {};
