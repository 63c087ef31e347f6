import { expect, it } from 'vitest';
import { Turns } from '../../../src/core/scheduling/turns.ts';

it('a start costs one turn', () => {
  const turns = new Turns();
  turns.enter(1);
  expect([turns.of(1), turns.take(1), turns.take(1), turns.of(1)]).toEqual([0, 1, 2, 2]);
});

it('who comes back goes on with the turn of who went last, and who has had more than that keeps what it had', () => {
  const turns = new Turns();
  turns.enter(1);
  for (let i = 0; i < 5; i++) turns.take(1);
  turns.enter(2);
  expect(turns.of(2)).toBe(4);
  turns.enter(1);
  expect(turns.of(1)).toBe(5);
});

it('who was held back meanwhile keeps its turn', () => {
  const turns = new Turns();
  turns.enter(1);
  turns.enter(2);
  for (let i = 0; i < 5; i++) turns.take(1);
  expect(turns.of(2)).toBe(0);
});

it('a start of the server remembers what it is told', () => {
  const turns = new Turns();
  turns.recall(1, 9);
  turns.recall(2, 8);
  for (const tenant of [1, 2, 3]) turns.enter(tenant);
  expect([turns.of(1), turns.of(2), turns.of(3)]).toEqual([9, 8, 8]);
});

it('strangers are forgotten, and nobody who matters', () => {
  const turns = new Turns();
  turns.enter(0);
  for (let i = 0; i < 3; i++) turns.take(0);
  turns.enter(9_999);
  for (let tenant = 1; tenant <= 1_100; tenant++) turns.enter(tenant);
  turns.take(9_999);
  turns.sweep((tenant) => tenant === 5);
  expect([turns.of(0), turns.of(5), turns.of(9_999), turns.of(77)]).toEqual([3, 2, 3, 2]);
});
