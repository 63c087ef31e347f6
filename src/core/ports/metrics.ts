/** Measurements that cannot be derived from the log. Names and labels are fixed in `telemetry/metrics.ts`. */
export interface Metrics {
  /** One group commit: how long it took and how many operations shared it. */
  commit(seconds: number, operations: number): void;
  /** One round of deciding: how long it took and how many decisions it made. */
  decided(seconds: number, decisions: number): void;
  /** A task started: from ready to start. */
  waited(seconds: number): void;
  /** An attempt ended. */
  ran(seconds: number): void;
}

export const noMetrics: Metrics = { commit() {}, decided() {}, waited() {}, ran() {} };
