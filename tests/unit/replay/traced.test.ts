import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../../src/core/replay/read-trace.ts';
import { generatedRows } from '../../../src/core/replay/traced/generated-rows.ts';
import { lineBlocks } from '../../../src/core/replay/traced/line-blocks.ts';
import { tracedFile } from '../../../src/core/replay/traced/read-rows.ts';
import { replayTrace } from '../../../src/core/replay/traced/replay-trace.ts';
import { lookAt, tracedTasks } from '../../../src/core/replay/traced/traced-tasks.ts';
import { machineWorld } from '../../../src/core/replay/traced/traced-world.ts';
import type { PoolEntry } from '../../../src/core/scheduling/core.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** In pieces of a few bytes, cut anywhere. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const fileOf = (text: string, { size = 7, processors = undefined as number | undefined } = {}) => {
  const bytes = bytesOf(text);
  return tracedFile(bytes, () => inPieces(bytes, size), processors);
};
const job = (id: number, submit: number, run: number, processors: number, estimate: number) =>
  `${id} ${submit} 0 ${run} ${processors} -1 -1 ${processors} ${estimate} -1 1 3 1 1 1 1 -1 -1`;
const machine = machineWorld(8);
const look = (text: string, world = machine) => lookAt(fileOf(text), world.pools);

describe('blocks of lines', () => {
  it.each([1, 2, 3, 5, 100])('in pieces of %d bytes hold each line once, whole, with its number', async (size) => {
    const text = 'one\ntwo\n\nfour\r\nfive';
    const lines: [number, string][] = [];
    for await (const { bytes, line } of lineBlocks(inPieces(bytesOf(text), size), false)) {
      new TextDecoder()
        .decode(bytes)
        .split('\n')
        .forEach((content, i) => {
          if (content !== '') lines.push([line + i, content]);
        });
    }
    expect(lines).toEqual([
      [1, 'one'],
      [2, 'two'],
      [4, 'four\r'],
      [5, 'five'],
    ]);
  });

  it('are not cut inside quotes, where that is asked for', async () => {
    const blocks: string[] = [];
    for await (const { bytes } of lineBlocks(inPieces(bytesOf('a,"b\nc ""d""\ne"\nf\n'), 3), true))
      blocks.push(new TextDecoder().decode(bytes));
    expect(blocks.join('|')).toBe('a,"b\nc ""d""\ne"\nf\n|');
  });

  it('refuse a line that never ends', async () => {
    const endless = async () => {
      for await (const _ of lineBlocks(inPieces(bytesOf(`ok\n${'x'.repeat(1_100_000)}`), 300_000), false));
    };
    await expect(endless()).rejects.toThrow('line 2: a line is longer than 1,048,576 bytes');
  });
});

describe('a trace that is read as it comes', () => {
  const csv =
    'task_id,submitted_at,run_ms,tenant,type,slots\nx,2026-05-01T12:00:00Z,1000,"a\nb",order,2\ny,2026-05-01T12:00:05Z,2000,c,order,1\n';
  const ndjson = '{"submitted_at":"2026-05-01T12:00:00Z","run_ms":1000,"priority":9}\n\n{"submitted_at":1777636805000,"run_ms":"5"}';
  const swf = `; MaxProcs: 8\n${job(1, 0, 10, 2, 20)}\n${job(2, 5, 30, 8, 20)}`;

  it.each([
    ['swf', swf],
    ['csv', csv],
    ['ndjson', ndjson],
  ])('gives the same tasks as %s read in one piece', async (_, text) => {
    const whole = parseTrace(bytesOf(text));
    for (const size of [1, 11, 10_000]) {
      const rows = [];
      for await (const batch of fileOf(text, { size }).batches(() => {})) rows.push(...batch);
      expect(rows.map(({ line }) => line)).toEqual([...whole.line]);
      expect(rows.map(({ slots }) => slots)).toEqual([...whole.requested]);
      const [first] = rows;
      expect(rows.map(({ submittedAt }) => (submittedAt - (first?.submittedAt ?? 0)) / 1_000)).toEqual([...whole.submit]);
    }
  });

  it('says of every wart what was done, and where', async () => {
    const lines = [
      '; MaxProcs: 8',
      job(1, 0, 10, 2, 20),
      job(2, 1, 30, 2, 20),
      job(3, 2, 10, 9, 20),
      job(4, 3, 10, 2, -1),
      job(5, 4, -1, 2, 20),
      '6 5 0 10 2 -1 -1 2 20',
    ];
    const { tasks, notes } = await look(lines.join('\n'));
    expect(tasks).toBe(4);
    expect(notes).toEqual([
      'line 3: the run time was cut to the estimate',
      'line 4: dropped, more processors than the machine has',
      'line 5: no estimate: the server predicts the run, as it does for tasks without one',
      'line 6: dropped, its run time is not positive',
      'line 7: fewer than 18 fields, the missing ones count as unknown (-1)',
    ]);
  });

  it.each([
    ['a job that is cut off', `; MaxProcs: 8\n${job(1, 0, 10, 2, 20)}\n2 5 0 30`, /^line 3: .*this line has 4; the file ends within it/],
    ['a word where a number belongs', `; MaxProcs: 8\n${job(1, 0, 10, 2, 20).replace(' 10 ', ' ten ')}`, /^line 2: field 4 is "ten"/],
    ['no size of the machine', job(1, 0, 10, 2, 20), /say how many `processors`/],
    ['nothing', '', /holds no task/],
    ['nothing that could run', `; MaxProcs: 8\n${job(1, 0, 10, 20, 20)}`, /no task is left to replay; line 2: dropped, more processors/],
    ['a column that is missing', 'task_id,run_ms\n1,2\n', /^line 1: the header needs a column submitted_at/],
    [
      'a priority there is not',
      'submitted_at,run_ms,priority\n5,2,3\n6,2,11\n',
      /^line 3: priority is "11", and must be a whole number from 1 to 10/,
    ],
    ['no JSON', '{"submitted_at":1,"run_ms":2}\n{"submitted_at"', /^line 2: no JSON/],
  ])('refuses %s', async (_, text, message) => {
    const reading = async () => {
      const file = fileOf(text);
      const world = machineWorld((await file.processors()) ?? 8);
      return lookAt(file, world.pools);
    };
    await expect(reading()).rejects.toThrow(message);
  });

  it('drops what no pool could ever run, and says so', async () => {
    const pools: readonly PoolEntry[] = machine.pools.map((pool) => ({ ...pool, accepts: ['order'], capacity: 1 }));
    const { tasks, notes } = await lookAt(fileOf(csv), pools);
    expect([tasks, notes]).toEqual([1, ['line 2: dropped, no pool could ever run it']]);
  });

  it('sorts lines that are out of order, holding no more than lies between', async () => {
    const submits = [0, 50, 20, 60, 55, 100, 100, 70];
    const text = `; MaxProcs: 8\n${submits.map((submit, i) => job(i + 1, submit, 10, 1, 20)).join('\n')}`;
    const seen = await look(text);
    expect(seen).toMatchObject({
      backMs: 30_000,
      first: 0,
      last: 100_000,
      notes: ['the lines are not in the order of their times: they were sorted'],
    });
    const order: [number, number][] = [];
    for await (const batch of tracedTasks(fileOf(text, { size: 60 }), machine.pools, seen))
      for (const { entry } of batch) order.push([entry.readyAt / 1_000, entry.seq]);
    expect(order).toEqual([
      [0, 2],
      [20, 4],
      [50, 3],
      [55, 6],
      [60, 5],
      [70, 9],
      [100, 7],
      [100, 8],
    ]);
  });
});

describe('strategies on a trace', () => {
  const request = (names: readonly string[]) => ({
    from: 0,
    to: 0,
    strategies: names.map((name) => ({ name, params: {} })),
    pools: [],
    seed: 1,
  });

  async function replayed(text: string, names: readonly string[]) {
    const source = fileOf(text, { size: 64 });
    const seen = await lookAt(source, machine.pools);
    const steps = replayTrace(source, seen, machine, request(names), {});
    let step = await steps.next();
    while (!step.done) step = await steps.next();
    return step.value;
  }

  it('wait as they must, and are compared with the first', async () => {
    // 8 processors: the long job has all of them for 100 s, then come a long and a short one.
    const text = `; MaxProcs: 8\n${[job(1, 0, 100, 8, 100), job(2, 10, 50, 8, 50), job(3, 20, 10, 8, 10)].join('\n')}`;
    const { cards, tasks, actual, fidelity } = await replayed(text, ['fifo', 'sjf']);
    expect([tasks.replayed, actual, fidelity]).toEqual([3, null, null]);
    const [fifo, sjf] = cards;
    expect(fifo?.figures.wait).toMatchObject({ mean: (0 + 90_000 + 130_000) / 3, max: 130_000 });
    expect(sjf?.figures.wait).toMatchObject({ mean: (0 + 100_000 + 80_000) / 3, max: 100_000 });
    expect(fifo?.figures.cost).toBeCloseTo((8 * 160) / 3_600, 5);
    expect(fifo?.makespan).toEqual({ value: 160_000, bound: 160_000, gap: 0 });
    expect(fifo?.differences).toBeNull();
    expect(sjf?.differences?.meanWait.absolute).toBeCloseTo(-40_000 / 3, 6);
    expect(fifo?.figures.worst[0]).toMatchObject({ seq: 4, id: null, waitMs: 130_000, reallyWaitedMs: null });
  });

  it.each(['poisson', 'lublin'] as const)('are the same for the same seed: %s', async (pattern) => {
    const options = { pattern, jobs: 100, machine: 8, load: 0.9, seed: 7 };
    const run = async (seed: number) => {
      const source = generatedRows({ ...options, seed }, pattern === 'lublin' ? undefined : machine.pools);
      const seen = await lookAt(source, machine.pools);
      const steps = replayTrace(source, seen, machine, request(['fifo', 'hrrn']), {});
      let step = await steps.next();
      while (!step.done) step = await steps.next();
      return JSON.stringify(step.value);
    };
    const [once, again, other] = [await run(7), await run(7), await run(8)];
    expect(again).toBe(once);
    expect(other).not.toBe(once);
  });
});
