/** What one look found. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly says: string;
  /** What to do about it; only of those that are not ok. */
  readonly cure?: string;
}

export type Check = () => Promise<Finding> | Finding;
