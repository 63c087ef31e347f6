/** Tasks as they cross the wire, as far as the dashboard reads them; see wire.js. */

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
 * @property {readonly (string | null)[] | null} placement_nodes of several parts: the node of each
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
 * @typedef {object} AttemptWire
 * @property {number} attempt
 * @property {string} pool
 * @property {string} started_at
 * @property {string | null} ended_at
 * @property {string | null} outcome
 */

export {};
