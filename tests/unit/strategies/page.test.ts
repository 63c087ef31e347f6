import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { orders, places } from '../../../src/core/strategies/all.ts';

const page = readFileSync(new URL('../../../docs/strategies.md', import.meta.url), 'utf8');
/** By the name in the first column. */
const rows = new Map(
  page.split('\n').flatMap((line) => [...line.matchAll(/^\| `(\w+)` +\|/g)].map(([, name = '']) => [name, line] as const)),
);

it.each([...orders, ...places])(
  'docs/strategies.md has a line for $name, with its parameters and nothing it does not take',
  ({ name, parameters }) => {
    const cells = (rows.get(name) ?? '').split('|');
    const told = [...(cells.at(-2) ?? '').matchAll(/`(\w+)`/g)].map(([, parameter]) => parameter);
    expect(rows.has(name)).toBe(true);
    expect(told.toSorted()).toEqual(Object.keys(parameters).toSorted());
  },
);

it('has no line for what is not served', () => {
  const served = new Set([...orders, ...places].map(({ name }) => name));
  expect([...rows.keys()].filter((name) => !served.has(name))).toEqual([]);
});
