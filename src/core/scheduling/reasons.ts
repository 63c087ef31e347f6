import type { EpochMs } from '../domain/units.ts';

/** Who can clear a hold. */
export type ClearedBy = 'time' | 'capacity' | 'quota_owner' | 'submitter' | 'operator';

/** One reason why a waiting task waits. Codes: design table in ARCHITECTURE.md. */
export interface Hold {
  readonly code: string;
  readonly clearedBy: ClearedBy;
  readonly summary: string;
  readonly until?: EpochMs;
  readonly need?: number;
  readonly have?: number;
  readonly ahead?: number;
  readonly pools?: { readonly total: number; readonly mayRun: number; readonly full: number; readonly out: Readonly<Record<string, number>> };
}
