import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/core/domain/operation.ts';
import type { Bench } from './store.contract.ts';
import { noon } from './store-builders.ts';

const anOperation = (changes: Partial<Operation> = {}): Operation => ({
  ...{ id: 'op-1', action: 'cancel', filter: { status: ['queued'], type: ['a'] }, tenant: null, by: 'api', key: null, fingerprint: null },
  ...{ before: 901, matched: 900, matchedIsCapped: false, done: 0, skipped: 0, refused: 0, reason: null },
  ...{ startTime: noon, endTime: null, status: 'running' },
  ...changes,
});

export function operationsContract({ open, crash }: Bench): void {
  describe('operations', () => {
    it('are logged when they begin and end, not when they get on, and outlive a crash as they were last', async () => {
      const store = await open();
      const head = store.logBounds().head;
      await store.putOperation(anOperation());
      await store.putOperation(anOperation({ before: 701, done: 198, skipped: 2 }));
      expect(store.logBounds().head).toBe(head + 1);
      const again = await crash(store);
      expect(await again.runningOperations()).toEqual([anOperation({ before: 701, done: 198, skipped: 2 })]);
      const ended = anOperation({ before: 1, done: 890, skipped: 9, refused: 1, reason: 'no', status: 'completed', endTime: noon + 7 });
      await again.putOperation(ended);
      expect([await again.runningOperations(), await again.operation('op-1'), await again.operation('x')]).toEqual([[], ended, undefined]);
      expect((await again.log({ limit: 1 })).entries[0]).toMatchObject({
        type: 'operation_ended',
        at: noon + 7,
        details: { operation: 'op-1', done: 890 },
      });
    });

    it('go when they ended before a time, a bounded number at once; those that run stay', async () => {
      const store = await open();
      await store.putOperation(anOperation({ id: 'runs' }));
      for (const [i, id] of ['z', 'y', 'x', 'w'].entries()) {
        const ran = anOperation({ id, startTime: noon + i + 1 });
        await store.putOperation(ran);
        await store.putOperation({ ...ran, status: i === 1 ? 'failed' : 'completed', endTime: noon + (i === 2 ? 500 : 100) });
      }
      expect([await store.deleteOperations(2, noon + 200), await store.deleteOperations(2, noon + 100)]).toEqual([1, 0]);
      expect(await store.deleteOperations(100, noon + 200)).toBe(2);
      const again = await crash(store);
      const left = await Promise.all(['runs', 'z', 'y', 'x', 'w'].map(async (id) => (await again.operation(id))?.id));
      expect(left).toEqual(['runs', undefined, undefined, 'x', undefined]);
    });

    it('are found by the key of who asked: the latest', async () => {
      const store = await open();
      await store.putOperation(anOperation({ key: 'k', fingerprint: 'f' }));
      await store.putOperation(anOperation({ id: 'op-2', key: 'k', tenant: 'acme', startTime: noon + 1 }));
      await store.putOperation(anOperation({ id: 'op-3', key: 'k', startTime: noon + 2 }));
      const idOf = async (tenant: string | null, key: string) => (await store.operationOfKey(tenant, key))?.id;
      expect([await idOf(null, 'k'), await idOf('acme', 'k'), await idOf('other', 'k'), await idOf(null, 'x')]).toEqual([
        ...['op-3', 'op-2', undefined, undefined],
      ]);
      expect((await store.runningOperations()).map(({ id }) => id)).toEqual(['op-1', 'op-2', 'op-3']);
    });
  });
}
