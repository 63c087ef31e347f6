import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/core/domain/attempt.ts';
import type { Task } from '../../src/core/domain/task.ts';
import { runParts } from '../../src/core/engine/parts.ts';
import { createBundleExecutor } from '../../src/core/executors/bundle/bundle.ts';
import type { AttemptFiles } from '../../src/core/ports/attempt-files.ts';
import type { Executor } from '../../src/core/ports/executor.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import type { TestAttempt } from '../helpers/attempts.ts';
import { createBench, sandboxOfTest, skipReason } from '../helpers/bundles.ts';
import { textOf } from '../helpers/files.ts';
import { alive } from '../helpers/processes.ts';

const found = await sandboxOfTest();

describe.skipIf(found.sandbox === undefined)(`run.sh in several parts${skipReason(found)}`, async () => {
  const { executor, files, attempt, feed } = await createBench(found);
  const reader = files.reader(executor.running);
  const forks = (mark: string) => `setsid -f bash -c 'exec -a ${mark} sleep 3600'; bash -c 'exec -a ${mark} sleep 3600'`;

  function start(handle: TestAttempt, parts: number, by: Executor = executor): Promise<Outcome> {
    return runParts(handle, Array(parts).fill({ pool: handle.pool, isRemote: false, tellsReady: true }), (part) => by.run(part));
  }

  async function outputs({ task }: TestAttempt, parts: number): Promise<(string | undefined)[]> {
    const over: Task = { ...task, parts, status: 'completed' };
    const each = Array.from({ length: parts }, (_, part) => reader.of(over, 1, part));
    return Promise.all(each.map(async (one) => textOf((await (await one)?.output('stdout'))?.read())));
  }

  it('each in its own folder, told who it is, and all that they leave is the result', async () => {
    const handle = await attempt(1, 'echo "$PART of $PARTS in attempt $ATTEMPT: $(cat)"; echo $PART > own; ls', { payload: 'in' });
    const outcome = await start(handle, 3);
    expect(outcome).toMatchObject({ kind: 'succeeded', result: Array(3).fill({ exit_status: 0, files: 2 }) });
    expect(await outputs(handle, 3)).toEqual([0, 1, 2].map((part) => `${part} of 3 in attempt 1: "in"\nown\nrun.sh\n`));
    const left = await reader.of({ ...handle.task, parts: 3, status: 'completed' });
    expect(left?.remains.files.map(({ path }) => path)).toEqual([0, 1, 2].flatMap((part) => [`parts/${part}/own`, `parts/${part}/run.sh`]));
    expect(await textOf((await left?.open('parts/2/own'))?.read())).toBe('2\n');
    expect(executor.running(handle.task.id)).toEqual([]);
  });

  it('one that fails ends the others with all they have started, and they may tidy up', async () => {
    const mark = `mark-parts-${process.pid}`;
    const handle = await attempt(
      2,
      `if [ $PART = 1 ]; then until [ -e go ]; do sleep 0.02; done; echo bad >&2; exit 4; fi; trap 'echo tidied > tidy; exit' TERM; echo up; ${forks(mark)} & wait`,
    );
    const up = new Set<number>();
    const others = new Promise<void>((resolve) => {
      feed.on(handle.task.id, ({ part }) => void (up.add(part).size === 2 && resolve()));
    });
    const running = start(handle, 3);
    await others;
    await expect.poll(() => alive(mark)).toBeGreaterThanOrEqual(4); // two of each
    const failing = executor.running(handle.task.id).find(({ part }) => part === 1);
    writeFileSync(`${failing?.folder}/go`, '');
    expect(await running).toMatchObject({
      kind: 'failed',
      code: 'exit_status',
      message: 'Part 1 of 3: run.sh ended with exit status 4: bad',
    });
    expect(alive(mark)).toBe(0);
    const left = await reader.of({ ...handle.task, parts: 3, status: 'failed' });
    for (const part of [0, 2]) expect(await textOf((await left?.open(`parts/${part}/tidy`))?.read())).toBe('tidied\n');
  });

  it('none begins where the files of one cannot be brought', async () => {
    const handle = await attempt(3, 'echo began');
    let brought = 0;
    const bring: AttemptFiles['bring'] = async (...where) => (await files.attempts.bring(...where)) && ++brought < 3;
    const clumsy = createBundleExecutor({
      ...{ clock: createSystemClock(), sandbox: found.sandbox, unfit: undefined, files: { ...files.attempts, bring } },
      ...{ settingsOf: () => undefined, onOutput: feed.tell },
    });
    expect(await start(handle, 3, clumsy)).toMatchObject({
      kind: 'failed',
      code: 'files_gone',
      message: expect.stringMatching(/^Part \d of 3: /),
    });
    expect(await reader.of({ ...handle.task, parts: 3, status: 'failed' })).toBeUndefined();
  });

  it('a stop ends them all', async () => {
    const mark = `mark-stop-${process.pid}`;
    const handle = await attempt(4, `echo up; ${forks(mark)}`);
    const up = new Set<number>();
    const all = new Promise<void>((resolve) => {
      feed.on(handle.task.id, ({ part }) => void (up.add(part).size === 2 && resolve()));
    });
    const running = start(handle, 2);
    await all;
    await expect.poll(() => alive(mark)).toBeGreaterThanOrEqual(4);
    handle.abort();
    expect(await running).toEqual({ kind: 'stopped' });
    expect(alive(mark)).toBe(0);
  });
});
