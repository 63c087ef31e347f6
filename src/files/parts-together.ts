import type { LeftFile, SkippedFile } from '../core/domain/bundle.ts';
import type { AttemptRemains, Readable } from '../core/ports/task-files.ts';

/** Where the files of one of several parts lie among those of all. */
function folderOf(part: number): string {
  return `parts/${part}/`;
}

/**
 * What the parts of an attempt left, as one: the files of each below a folder of its own.
 * @param whole its `part` is the one whose output is shown
 * @returns `undefined`: none has left anything
 */
export function partsTogether(
  whole: Pick<AttemptRemains, 'attempt' | 'isPartial' | 'part'>,
  parts: readonly AttemptRemains[],
): AttemptRemains | undefined {
  if (parts.length === 0) return undefined;
  const speaker = parts.find(({ part }) => part === whole.part);
  const files: LeftFile[] = [];
  const skipped: SkippedFile[] = [];
  for (const { part, remains } of parts) {
    for (const { path, bytes } of remains.files) files.push({ path: folderOf(part) + path, bytes });
    for (const { path, reason } of remains.skipped) skipped.push({ path: folderOf(part) + path, reason });
  }
  const { stdoutBytes = 0, stderrBytes = 0 } = speaker?.remains ?? {};
  return {
    ...whole,
    remains: { files, skipped, stdoutBytes, stderrBytes },
    async open(path) {
      const of = parts.find(({ part }) => path.startsWith(folderOf(part)));
      return of?.open(path.slice(folderOf(of.part).length));
    },
    output: async (stream) => (speaker === undefined ? nothing : speaker.output(stream)),
  };
}

const nothing: Readable = {
  bytes: 0,
  async *read() {},
};
