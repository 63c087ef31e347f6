import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/core/domain/task.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { tasksWithFiles } from '../../../src/files/housekeeping.ts';
import { openFiles } from '../../../src/files/open-files.ts';
import { applyRetention, type FileRetention } from '../../../src/files/retention.ts';
import { anAttempt } from '../../helpers/attempts.ts';
import { folderOfTest } from '../../helpers/files.ts';

const hour = 3_600_000;
const now = 1_000 * hour;
const all: FileRetention = { maxAgeMs: 100 * hour, maxTasks: 100, maxBytes: 1e9 };
const idOf = (n: number) => `01900000-0000-7000-8000-00000000000${n}`;

/** Tasks with ten bytes of input each, by the hours since they ended; `null` runs. */
async function sweep(
  ended: readonly (number | null)[],
  policy: Partial<FileRetention>,
  { keepMs = () => undefined, awaited = [] }: { keepMs?: (type: string) => number | undefined; awaited?: readonly number[] } = {},
) {
  const { places } = await openFiles(folderOfTest());
  const tasks = new Map<string, Task>();
  for (const [n, hours] of ended.entries()) {
    const id = idOf(n);
    await mkdir(places.inputOf(id));
    await writeFile(join(places.inputOf(id), 'run.sh'), '0123456789');
    const { task } = anAttempt({ task: { id, type: n % 2 === 0 ? 'even' : 'odd' } });
    tasks.set(id, hours === null ? task : { ...task, status: 'completed', completedAt: now - hours * hour });
  }
  const isAwaited = async ({ id }: Task) => awaited.includes(Number(id.at(-1)));
  const taskOf = async (id: string) => tasks.get(id);
  const deps = { places, clock: createVirtualClock({ startAt: now }), taskOf, isAwaited, keepMs, failed: () => {} };
  await applyRetention(deps, { ...all, ...policy });
  return [...(await tasksWithFiles(places))].map((id) => Number(id.at(-1))).sort();
}

describe('retention of files', () => {
  it('goes by age', async () => {
    expect(await sweep([101, 99, 1], {})).toEqual([1, 2]);
  });

  it('takes the word of the type first', async () => {
    expect(await sweep([101, 99, 5, 3], {}, { keepMs: (type) => (type === 'even' ? 4 * hour : 1_000 * hour) })).toEqual([1, 3]);
  });

  it('goes by number, the oldest first', async () => {
    expect(await sweep([3, 9, 1, 7], { maxTasks: 2 })).toEqual([0, 2]);
  });

  it('goes by bytes, the oldest first', async () => {
    expect(await sweep([3, 9, 1, 7], { maxBytes: 35 })).toEqual([0, 2, 3]);
  });

  it('leaves what waits or runs, whatever there is', async () => {
    expect(await sweep([null, null, 50], { maxTasks: 0, maxBytes: 0 })).toEqual([0, 1]);
  });

  it('leaves what a task that waits or runs is to read, and takes the next in its place', async () => {
    expect(await sweep([101, 102], {}, { awaited: [1] })).toEqual([1]);
    expect(await sweep([3, 9, 1, 7], { maxTasks: 2 }, { awaited: [1] })).toEqual([1, 2]);
    expect(await sweep([3, 9, 1, 7], { maxBytes: 25 }, { awaited: [1, 3] })).toEqual([1, 3]);
  });

  it('removes files whose task is gone, but not those whose task is still to come', async () => {
    const { places } = await openFiles(folderOfTest());
    const clock = createVirtualClock({ startAt: Date.now() });
    const deps = { places, clock, taskOf: async () => undefined, isAwaited: async () => false, keepMs: () => undefined, failed: () => {} };
    await mkdir(places.inputOf(idOf(1)));
    await mkdir(places.resultsOf(idOf(2)));
    expect(await applyRetention(deps, all)).toBe(1);
    expect([...(await tasksWithFiles(places))]).toEqual([idOf(1)]);
    const later = { ...deps, clock: createVirtualClock({ startAt: Date.now() + hour }) };
    expect(await applyRetention(later, all)).toBe(1);
  });
});
