import { describe, expect, it } from 'vitest';
import { fieldErrors } from '../../frontend/js/model/problem.js';
import { poolsFrom, replayFromForm } from '../../frontend/js/model/replay-form.js';
import { replayScreen } from '../../frontend/js/views/replay.js';
import { paretoFront } from '../../frontend/js/views/replay-scatter.js';
import { replayForm } from '../../frontend/js/views/replays.js';
import * as given from './fixtures.ts';

const { now } = given;
const markupOf = (replay: ReturnType<typeof given.aReplay>) =>
  replayScreen({ replay, epoch: given.epoch, origin: 'http://localhost', now }).toString();

describe('from the form of a replay to the body', () => {
  it('takes what is ticked, then what is named, and the last hour when nothing is said', () => {
    expect(replayFromForm({ 'try.fifo': 'on', 'try.min_cost': 'on', others: 'hrrn+least_loaded, sjf' }, now)).toEqual({
      strategies: ['fifo', 'min_cost', 'hrrn+least_loaded', 'sjf'].map((algorithm) => ({ algorithm })),
      window: { from: '2026-11-21T21:38:06.120Z' },
    });
  });

  it.each([
    [{ last: '15' }, { from: '2026-11-21T22:23:06.120Z' }],
    [
      { last: 'other', from: '2026-11-20T10:00', to: '2026-11-20T11:00:05' },
      { from: '2026-11-20T10:00:00.000Z', to: '2026-11-20T11:00:05.000Z' },
    ],
    [{ last: 'other', from: 'yesterday' }, { from: 'yesterday' }],
    [{ last: 'other' }, undefined],
    [{ last: 'file', from: '2026-11-20T10:00' }, undefined],
    [{ last: 'made' }, undefined],
  ] as const)('%j is the window %j', (values, window) => {
    expect(replayFromForm(values, now)['window']).toEqual(window);
  });

  it('keeps pools and seed, and leaves out what is empty', () => {
    expect(replayFromForm({ 'try.fifo': 'on', pools: 'gpu capacity=8', seed: '7' }, now)).toMatchObject({
      pools: [{ name: 'gpu', capacity: 8 }],
      seed: 7,
    });
    expect(Object.keys(replayFromForm({ 'try.fifo': 'on', pools: ' ', seed: '' }, now))).toEqual(['strategies', 'window']);
  });

  it('says of other tasks only what belongs to them', () => {
    const values = { 'try.fifo': 'on', last: 'made', pattern: 'spike', tasks: '', load: '0.5', processors: '64', from: '2026-11-20T10:00' };
    const strategies = [{ algorithm: 'fifo' }];
    expect(replayFromForm(values, now)).toEqual({ strategies, processors: 64, generate: { pattern: 'spike', tasks: 10_000, load: 0.5 } });
    expect(replayFromForm({ ...values, last: 'file' }, now)).toEqual({ strategies, processors: 64 });
    expect(Object.keys(replayFromForm({ ...values, last: '60' }, now))).toEqual(['strategies', 'window']);
  });

  it('reads pools a line at a time, and leaves what it cannot read for the schema to refuse', () => {
    expect(poolsFrom('gpu capacity=8\n\n  more region=007 resource_type=gpu  cost_per_unit=1.5\nhm capacity = 8')).toEqual([
      { name: 'gpu', capacity: 8 },
      { name: 'more', region: '007', resource_type: 'gpu', cost_per_unit: 1.5 },
      'hm capacity = 8',
    ]);
  });

  it('finds the field of each problem', () => {
    const errors = [
      { path: '/body/window/from', message: 'a' },
      { path: '/body/window', message: 'b' },
      { path: '/body/strategies/0/algorithm', message: 'c' },
      { path: '/body/pools/1/capacity', message: 'd' },
    ];
    expect(fieldErrors({ title: '', status: 422, code: '', detail: '', errors })).toEqual({
      from: 'a',
      last: 'b',
      others: 'c',
      pools: 'pool 2, capacity: d',
    });
  });
});

describe('the form of a replay', () => {
  const ticked = (values: Record<string, string>) =>
    [
      ...replayForm({ form: { values }, algorithms: given.algorithms })
        .toString()
        .matchAll(/name="try\.(\w+)" value="on" checked/g),
    ].map(([, name]) => name);

  it('begins with the usual strategies and the one that decides, and keeps what was ticked', () => {
    const current = given.algorithms.find((algorithm) => algorithm.current)?.name;
    expect(ticked({})).toContain(current);
    expect(ticked({ 'try.priority': 'on' })).toEqual(['priority']);
    expect(ticked({ last: '60' })).toEqual([]);
  });
});

describe('the result of a replay', () => {
  it('says what it is worth before any figure', () => {
    const good = markupOf(given.aReplay({ result: given.aReplayResult() }));
    expect(good.indexOf('Yes: fidelity 98.1 %')).toBeGreaterThan(0);
    expect(good.indexOf('Yes: fidelity 98.1 %')).toBeLessThan(good.indexOf('Side by side'));
    const poor = markupOf(given.aReplay({ result: given.aReplayResult({ fidelity: given.poorFidelity }) }));
    expect(poor).toMatch(/alert-bad.*Too little: fidelity 71\.0 %\.<\/b> The figures below are no ground for a decision/s);
    expect(markupOf(given.aReplay({ result: given.aReplayResult({ fidelity: null }) }))).toContain(
      'Do the times of the replay agree with what happened? Nobody knows.',
    );
  });

  it('tells whether decisions are the same apart from whether times are', () => {
    const proof = { outcome: 'proved' as const, says: 'All 9 decisions are the recorded ones.', difference: null };
    const of = (fidelity: typeof given.poorFidelity | undefined) =>
      markupOf(given.aReplay({ result: given.aReplayResult({ proof, ...(fidelity ? { fidelity } : {}) }) }));
    for (const markup of [of(undefined), of(given.poorFidelity)])
      expect(markup).toMatch(/alert-ok.*Told the same, does the server decide the same\? Yes, proved\.<\/b> All 9 decisions/s);
    expect(of(given.poorFidelity)).toContain('This is about decisions');
    expect(of(undefined)).not.toContain('This is about decisions');
  });

  it.each([
    [['fifo'], 'fifo; the base'],
    [['fifo', 'priority', 'fifo'], 'fifo, then priority, then fifo; the base'],
    [['a', 'b', 'c', 'd', 'e', 'f'], 'a, then b, then c, then d, and 2 switches more; the base'],
  ])('names all of %j that really decided', (decided, text) => {
    expect(markupOf(given.aReplay({ result: given.aReplayResult({ decided }) }))).toContain(text);
  });

  it('offers every strategy but the one that decides, by its place', () => {
    const cards = [given.aCard({ algorithm: given.epoch.algorithm }), given.aCard({ algorithm: 'sjf' })];
    const markup = markupOf(given.aReplay({ result: given.aReplayResult({ cards }) }));
    expect([...markup.matchAll(/activation\?card=(\d)">([^<]*)</g)].map(([, card, label]) => [card, label])).toEqual([
      ['1', 'Switch to sjf…'],
    ]);
  });

  it('names those who pay, with what they really waited', () => {
    const markup = markupOf(given.aReplay({ result: given.aReplayResult() }));
    expect(markup).toContain('the unluckiest task waits 1 min (really 3 s)');
    expect(markup).toContain(`<a href="/tasks/${given.anId(7)}">#7</a>`);
    expect(markup).toContain('What really decided, replayed<br>');
    expect(markup).toContain('tried alone; <span class="text-bad">2 tasks never started</span>');
    expect(markup).toContain('2 tasks would never have started: the waits below are of the others.');
  });

  it('of a trace has no fidelity to shout about, and names lines', () => {
    const source = { kind: 'trace' as const, name: 'log.swf', processors: null };
    const markup = markupOf(given.aReplay({ source, result: given.aReplayResult({ fidelity: null, actual: null, as_run: null }) }));
    expect(markup).toContain('Replay of trace log.swf');
    expect(markup).not.toMatch(/agree with what happened|As it happened|never<\/span>/);
    expect(markup).toContain('line 8');
  });

  it('can be cancelled only while it runs', () => {
    expect(markupOf(given.aReplay({ status: 'running' }))).toContain('/cancel"');
    expect(markupOf(given.aReplay({ status: 'cancelled', error: 'it was cancelled' }))).not.toContain('/cancel"');
  });
});

describe('the front of cost against wait', () => {
  const point = (name: string, cost: number, wait: number) => ({ name, cost, wait });
  it.each([
    ['leaves out what another beats', [point('a', 1, 9), point('b', 5, 5), point('c', 6, 6), point('d', 9, 1)], ['a', 'b', 'd']],
    ['keeps equals', [point('a', 1, 1), point('b', 1, 1)], ['a', 'b']],
    ['leaves out what is equal in one and worse in the other', [point('a', 1, 1), point('b', 1, 2)], ['a']],
    ['is empty for nothing', [], []],
  ])('%s', (_, points, names) => expect(paretoFront(points).map(({ name }) => name)).toEqual(names));
});
