import { expect, it } from 'vitest';
import { createOutbox } from '../../../src/core/executors/outbox.ts';

it('an outbox sends what is said in one go together and in order, and what comes later apart', async () => {
  const sent: (readonly number[])[] = [];
  const say = createOutbox<number>((messages) => sent.push(messages));
  say(1);
  say(2);
  expect(sent).toEqual([]);
  await Promise.resolve();
  say(3);
  await Promise.resolve();
  expect(sent).toEqual([[1, 2], [3]]);
});
