/** Milliseconds since 1970-01-01T00:00:00Z, an integer: what is stored and compared. */
export type EpochMs = number;
/** A duration in milliseconds. */
export type Ms = number;
/** Order of acceptance, an integer from 1, unique for the life of a database file. Also the integer id of older wires. */
export type Seq = number;
/** A uuid v7 in lower case: the public name of a task. */
export type TaskId = string;
