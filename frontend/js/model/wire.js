/**
 * The shapes that cross the wire, as far as the dashboard reads them. The server's `api/views.ts` makes them; TypeScript compares the two
 * where `api/pages` hands them over, so page, stream and API cannot drift apart.
 */

/** @typedef {'delayed' | 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled'} TaskStatus */

/**
 * Why a waiting task waits.
 * @typedef {object} HoldWire
 * @property {string} code
 * @property {string} who can clear it
 * @property {string} summary
 * @property {string | null} until
 * @property {number | null} ahead
 */

/**
 * What a task asks of a label of its pool.
 * @typedef {object} ConstraintWire
 * @property {string} label
 * @property {string} op
 * @property {string | number} [value]
 * @property {readonly (string | number)[]} [values]
 */

/**
 * A task as lists show it.
 * @typedef {object} TaskWire
 * @property {string} id
 * @property {number} seq order of acceptance
 * @property {string} type
 * @property {number} priority 1-10
 * @property {number} cost units of work
 * @property {string | null} region
 * @property {TaskStatus} status
 * @property {string} enqueued_at
 * @property {string | null} started_at
 * @property {string | null} completed_at
 * @property {string | null} worker_id name of the pool
 * @property {string | null} algorithm_used
 * @property {unknown} task_metadata
 * @property {string} tenant
 * @property {readonly string[] | null} regions
 * @property {string} region_mode
 * @property {string | null} resource_type
 * @property {readonly ConstraintWire[] | null} constraints
 * @property {number} slots of each part
 * @property {number} parts
 * @property {{ readonly ratio: number, readonly note: string | null, readonly at: string } | null} progress of the attempt that runs, when it says
 * @property {readonly string[] | null} placements of several parts: the pool of each
 * @property {number | null} estimate_ms
 * @property {string | null} deadline
 * @property {number | null} max_cost
 * @property {string | null} run_at
 * @property {string | null} due_at
 * @property {number} timeout_ms
 * @property {number} max_attempts
 * @property {number} attempt
 * @property {{ readonly code: string, readonly message: string } | null} error
 * @property {number | null} actual_cost
 * @property {string | null} retry_of
 * @property {readonly { readonly task: string, readonly name: string }[]} depends_on
 * @property {string | null} on_parent_failure
 * @property {string | null} cancel_requested_at
 * @property {string} initiated_by
 * @property {string | null} handled_by
 * @property {HoldWire | null} [reason] why it waits; only in lists
 */

/**
 * A task with all there is of it.
 * @typedef {TaskWire & { readonly payload: unknown, readonly result: unknown }} FullTaskWire
 */

/**
 * A task that another depends on, or the other way round.
 * @typedef {object} RelativeWire
 * @property {string} task
 * @property {string} name under which the child finds the parent
 * @property {string | null} type
 * @property {string} status
 */

/**
 * @typedef {object} FamilyWire
 * @property {string | null} on_parent_failure
 * @property {readonly RelativeWire[]} parents
 * @property {readonly RelativeWire[]} children
 * @property {boolean} more_children
 */

/**
 * The end of what a bundle printed to one of its streams.
 * @typedef {object} TailWire
 * @property {string} text
 * @property {number} from where it begins, in bytes
 * @property {number} kept bytes that the server keeps: it ends here
 * @property {number} bytes printed in all
 */

/**
 * @typedef {object} TailsWire
 * @property {number} attempt
 * @property {number} part whose output this is, of a task of several parts
 * @property {boolean} partial it still runs
 * @property {TailWire} stdout
 * @property {TailWire} stderr
 */

/**
 * What an attempt of a bundle left, or has so far.
 * @typedef {object} FilesWire
 * @property {number} attempt
 * @property {boolean} partial it still runs
 * @property {number} bytes of all files
 * @property {number} total files there are; `files` are the first of them
 * @property {readonly { readonly path: string, readonly bytes: number, readonly url: string }[]} files
 * @property {readonly { readonly path: string, readonly reason: string }[]} skipped
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

/**
 * @typedef {object} AttemptWire
 * @property {number} attempt
 * @property {string} pool
 * @property {string} started_at
 * @property {string | null} ended_at
 * @property {string | null} outcome
 */

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
 * @property {readonly HoldWire[]} holds why it waits; empty when it does not
 * @property {{ readonly pools: number, readonly may_run: number, readonly full: number, readonly out: Readonly<Record<string, number>> } | null} counts
 * @property {{ readonly at: string, readonly details: Readonly<Record<string, unknown>>, readonly why: WhyWire | null } | null} decision
 * @property {ForecastWire | null} forecast
 * @property {{ readonly is_past: boolean, readonly summary: string } | null} max_wait how long newer work may go before it
 * @property {readonly { readonly summary: string, readonly who: string }[]} unblock single changes that would start it now
 */

/**
 * When it is expected to start, from now.
 * @typedef {object} ForecastWire
 * @property {readonly number[]} start_ms the earliest, the latest
 * @property {string} basis
 */

/**
 * Where a task would go.
 * @typedef {object} PlaceWire
 * @property {boolean} starts_now
 * @property {boolean} infeasible
 * @property {string} summary
 * @property {readonly HoldWire[]} holds
 * @property {string | null} pool
 * @property {{ readonly least: number, readonly most: number } | null} cost
 * @property {ForecastWire | null} forecast
 */

/**
 * @typedef {PlaceWire & { readonly strategy: string, readonly refusal: { readonly code: string, readonly detail: string } | null, readonly strategies: readonly (PlaceWire & { readonly algorithm: string })[] }} PreviewWire
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
