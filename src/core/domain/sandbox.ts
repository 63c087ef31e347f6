/** How well this machine can shut jobs in. 1: namespaces of the kernel; 3: not well enough, and no bundle is run. */
export type SandboxTier = 1 | 3;

/** What the self-test at the start found. */
export interface SandboxState {
  readonly tier: SandboxTier;
  /** Why bundles are refused, a sentence; `null`: they are not. */
  readonly reason: string | null;
  /** What to do about it, a sentence. */
  readonly cure: string | null;
}
