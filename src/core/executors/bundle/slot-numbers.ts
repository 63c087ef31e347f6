import { existsSync } from 'node:fs';

/** Which slot is whose turn. */
export interface SlotNumbers {
  take(): number;
  free(slot: number): void;
  /** A job began in a slot that is taken. */
  started(slot: number, job: { readonly firstPid: number | undefined }): void;
}

/**
 * Slots are users (as root), and the kernel counts the processes of a user until somebody reaped them. The first process of a job outlives
 * the program that started it, so that is for the init of the machine to do, at its leisure; a slot used again at once would have less and
 * less room, and none after as many jobs as it may have processes. So the slot that rested longest comes first, and none while its last job
 * still shows, as long as there are others.
 * @param usual slots to have before one is used again that still shows
 * @param isThere whether the process of that number still shows
 */
export function createSlotNumbers(usual: number, isThere = (pid: number) => existsSync(`/proc/${pid}`)): SlotNumbers {
  /** Free ones, the longest first. */
  let resting: number[] = [];
  const jobs = new Map<number, { readonly firstPid: number | undefined }>();
  let made = 0;

  const isClear = (slot: number) => {
    const pid = jobs.get(slot)?.firstPid;
    return pid === undefined || !isThere(pid);
  };

  return {
    take() {
      const slot = resting.find(isClear) ?? (made < usual || resting.length === 0 ? made++ : (resting[0] as number)); // not empty, as just seen
      resting = resting.filter((each) => each !== slot);
      return slot;
    },
    free: (slot) => void resting.push(slot),
    started: (slot, job) => void jobs.set(slot, job),
  };
}
