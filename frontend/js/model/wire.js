/**
 * The shapes that cross the wire, as far as the dashboard reads them. The server's `api/views.ts` makes them; TypeScript compares the two
 * where `api/pages` hands them over, so page, stream and API cannot drift apart. Tasks, explanations, pools, algorithms, output, keys and
 * replays have files of their own beside this one.
 */

/**
 * @typedef {object} StatsWire
 * @property {number} tasks_completed
 * @property {number} tasks_failed
 * @property {number} tasks_processed
 * @property {number} tasks_pending
 * @property {number} queue_size
 * @property {number} average_latency seconds
 * @property {number} throughput tasks a second, last minute
 * @property {Readonly<Record<string, number>>} tasks_by_status
 * @property {number} tasks_cancelled
 * @property {number} cost_total
 * @property {number} slots_total
 * @property {number} slots_used
 * @property {number} seq position of the log this was read at
 * @property {string} at
 * @property {Readonly<Record<string, number>>} waiting_by_reason
 * @property {number} tasks_past_max_wait queued tasks that have waited longer than their strategy promises
 * @property {string | null} oldest_ready_at since when the oldest queued task could have run
 */

/**
 * @typedef {object} SimulationWire
 * @property {string} id
 * @property {number} task_count
 * @property {number} tasks_created
 * @property {string} start_time
 * @property {string | null} [end_time]
 * @property {string} status
 */

/**
 * Something done to all tasks that matched a filter.
 * @typedef {object} OperationWire
 * @property {string} id
 * @property {string} action
 * @property {Readonly<Record<string, unknown>>} filter
 * @property {string} status
 * @property {number} matched
 * @property {boolean} matched_is_capped
 * @property {number} done
 * @property {number} skipped
 * @property {number} refused
 * @property {string | null} reason
 * @property {string} by
 * @property {string} started_at
 * @property {string | null} ended_at
 */

/**
 * @typedef {object} LogWire
 * @property {string} id the sequence number
 * @property {string} task_id `system` when it concerns no task
 * @property {string} timestamp
 * @property {string} event_type
 * @property {Readonly<Record<string, unknown>>} details
 */

/**
 * One reading of the counters, for the drawings of the last minutes.
 * @typedef {object} Sample
 * @property {number} at epoch ms
 * @property {number} finished completed and failed, all time
 * @property {number} waiting
 * @property {number} running
 */

/**
 * @typedef {object} Problem RFC 9457
 * @property {string} title
 * @property {number} status
 * @property {string} code
 * @property {string} detail
 * @property {string} [request_id]
 * @property {readonly { readonly path: string, readonly message: string }[]} [errors]
 */

export {};
