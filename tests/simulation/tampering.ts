import type { Executor } from '../../src/core/ports/executor.ts';
import type { SchedulingCore } from '../../src/core/scheduling/core.ts';
import type { StoreImage } from '../../src/store/memory/image.ts';
import type { CommitFault, MemoryStore } from '../../src/store/memory/memory-store.ts';

/** How a planted bug gets in: as a wrapper round what the engine depends on. Without any, the real thing is tested. */
export interface Tampering {
  readonly store?: (store: MemoryStore) => MemoryStore;
  readonly core?: (core: SchedulingCore) => SchedulingCore;
  readonly executor?: (executor: Executor) => Executor;
  /** What the next start finds on the disk. */
  readonly image?: (image: StoreImage) => StoreImage;
  readonly commitFault?: () => CommitFault | undefined;
  /** Seq after which a reader of the log resumes, given the last one it has. */
  readonly resumeAfter?: (last: number) => number;
}
