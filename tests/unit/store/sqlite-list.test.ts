import { expect, it } from 'vitest';
import { aSubmission } from '../../contract/store-builders.ts';
import { openDatabase } from './a-database.ts';

it('a search that had no time for more says how far it looked, and goes on from there', async () => {
  let nowMs = 0;
  let stepMs = 0;
  const { store } = openDatabase({ monotonicMs: () => (nowMs += stepMs) });
  await store.submitTasks(Array.from({ length: 10_050 }, (_, i) => aSubmission({ priority: i === 7 ? 10 : 1 })));
  stepMs = 2_000;
  const search = { filter: { priorityGte: 10 }, limit: 3 };
  const first = await store.tasks(search);
  expect(first).toMatchObject({ tasks: [], hasOlder: true, lookedDownTo: 51 });
  const second = await store.tasks({ ...search, before: first.lookedDownTo });
  expect(second).toMatchObject({ tasks: [{ seq: 8 }], hasOlder: false, lookedDownTo: 1 });
});
