import type { AttemptHandle } from '../../ports/executor.ts';

/** Where the parts of an attempt wait for each other. */
export interface StartLine {
  /** One part, from its first step to its last; they come in one turn. */
  enter(attempt: AttemptHandle): PlaceInLine;
}

export interface PlaceInLine {
  /** It could begin now. Settles when all of them could: never, where one of them gave up before. */
  ready(): Promise<void>;
  /** It is over. */
  leave(): void;
}

interface Group {
  /** Parts that are not ready yet. */
  missing: number;
  /** Parts that are not over yet. */
  left: number;
  /** Those that are. */
  readonly waiting: (() => void)[];
}

const alone: PlaceInLine = { ready: async () => {}, leave() {} };

/** Files are brought and folders made at different speeds, and may fail: nothing begins before all of it is done for every part. */
export function createStartLine(): StartLine {
  const groups = new Map<string, Group>();

  function groupOf(key: string, parts: number): Group {
    const known = groups.get(key);
    if (known !== undefined) return known;
    const group: Group = { missing: parts, left: parts, waiting: [] };
    groups.set(key, group);
    return group;
  }

  return {
    enter({ task, attempt, part }) {
      if (part === undefined || part.together === 1) return alone;
      const key = `${task.id} ${attempt}`;
      const group = groupOf(key, part.together);
      return {
        ready() {
          return new Promise((begin) => {
            group.waiting.push(begin);
            group.missing -= 1;
            if (group.missing === 0) for (const tell of group.waiting) tell();
          });
        },
        leave() {
          group.left -= 1;
          if (group.left === 0) groups.delete(key);
        },
      };
    },
  };
}
