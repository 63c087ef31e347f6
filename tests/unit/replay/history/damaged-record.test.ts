import { beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/core/domain/json.ts';
import type { DecisionRow, History } from '../../../../src/core/ports/history.ts';
import { createMemoryHistory } from '../../../../src/store/memory/history.ts';
import { aPool, aType, caller, setup } from '../../../helpers/engine.ts';
import { proofOf } from '../../../helpers/replayed.ts';

let record: History;

/** A server that is told of nearly everything there is to tell. */
beforeAll(async () => {
  const types = [aType(), aType({ name: 'turns', betweenTenants: 'round_robin' })];
  const { engine, answered, hands, pass, store } = await setup({ pools: [aPool({ capacity: 2, labels: { zone: 'a' } })], types });
  const submit = (type: string) => answered(engine.submit({ type }, { ...caller, tenant: 'acme' }));
  for (let i = 0; i < 3; i++) await submit(i === 1 ? 'turns' : 'job');
  const { task } = await submit('job');
  await answered(engine.cancel(task.id, caller));
  await answered(engine.switchAlgorithm({ algorithm: 'min_cost' }, caller), 10);
  await answered(engine.changePool('p', { capacity: 3 }, caller));
  for (const seq of [...hands.running]) hands.end(seq, { kind: 'succeeded', result: 1 });
  await pass(50);
  record = createMemoryHistory(store.image());
});

/** The record with one row changed, as it would come out of the log. */
function proofWith(seq: number, change: (row: DecisionRow) => DecisionRow) {
  return proofOf({
    ...record,
    *decisions(after) {
      for (const row of record.decisions(after)) yield row.seq === seq ? change(JSON.parse(JSON.stringify(row)) as DecisionRow) : row;
    },
  });
}

function withItem(row: DecisionRow, at: number, item: Json): DecisionRow {
  const { inputs } = row;
  return inputs === undefined ? row : { ...row, inputs: { ...inputs, items: inputs.items.with(at, item) } };
}

/** What a call could have become: a key gone, a value of another kind, an argument too few or too many, another name. */
function* damagedCalls([name = '', ...args]: readonly Json[]): Iterable<readonly Json[]> {
  yield [name, ...args, 0];
  yield [`${String(name)}_`, ...args];
  yield ['toString', ...args];
  for (const [i, arg] of args.entries()) {
    yield [name, ...args.toSpliced(i, 1)];
    yield [name, ...args.with(i, typeof arg === 'string' ? 7 : 'seven')];
    if (typeof arg !== 'object' || arg === null || Array.isArray(arg)) continue;
    for (const key of Object.keys(arg)) yield [name, ...args.with(i, { ...arg, [key]: [null] })];
  }
}

/** Keys of parameters are the strategy's own matter. */
const isOpen = ([name]: readonly Json[]) => name === 'strategy' || name === 'prepare';

describe('a record that is damaged', () => {
  it('is proved as long as it is whole', () => {
    expect(proofOf(record)).toMatchObject({ outcome: 'proved', decisions: 3, reason: null });
  });

  it('proves less, says why, and never says that something else would be decided: a change of the world', () => {
    const names = new Set<Json>();
    for (const row of record.decisions(0)) {
      for (const [at, item] of (row.inputs?.items ?? []).entries()) {
        if (!Array.isArray(item)) continue;
        names.add(item[0] as Json);
        for (const damaged of damagedCalls(item as Json[])) {
          if (isOpen(damaged) && JSON.stringify(damaged).includes('[null]')) continue;
          const { outcome, reason } = proofWith(row.seq, (one) => withItem(one, at, damaged as Json));
          expect({ damaged, outcome, reason }).toMatchObject({
            outcome: expect.not.stringMatching(/proved|differs/),
            reason: expect.stringMatching(/cannot be (read|told)/),
          });
        }
      }
    }
    expect([...names]).toEqual(expect.arrayContaining(['begin', 'limit', 'pool', 'type', 'strategy', 'prepare', 'step', 'swap']));
  });

  it('proves less, and says why: what happened to tasks, what was started, and rows that cannot be read', () => {
    for (const row of record.decisions(0)) {
      for (const [at, item] of (row.inputs?.items ?? []).entries()) {
        if (typeof item !== 'string') continue;
        for (const damaged of ['?', `${item}!`, 'zzz', `.${'z'.repeat(40)}`, 7, null])
          expect(proofWith(row.seq, (one) => withItem(one, at, damaged))).toMatchObject({
            outcome: expect.not.stringMatching(/proved|differs/),
            reason: 'what the core was told cannot be read: until the next start of the server nothing can be compared',
          });
      }
      const unreadable = `row ${row.seq} of the log cannot be read: until the next start of the server nothing can be compared`;
      const rows: DecisionRow[] = [{ ...row, details: {}, isDamaged: true }];
      if (row.taskSeq !== null)
        for (const key of ['worker_pool', 'attempt', 'algorithm', 'epoch']) rows.push({ ...row, details: { ...row.details, [key]: [] } });
      for (const damaged of rows)
        expect(proofWith(row.seq, () => damaged)).toMatchObject({
          outcome: expect.not.stringMatching(/proved|differs/),
          reason: unreadable,
        });
    }
  });
});
