import { describe, expect, it } from 'vitest';
import { type Constraint, canonical, constraintsText, holds } from '../../../src/core/domain/constraint.ts';
import { parseConstraints } from '../../../src/core/domain/constraint-parser.ts';
import type { LabelValue } from '../../../src/core/domain/label.ts';
import { fc } from '../../helpers/fc.ts';

const read = (text: string) => {
  const parsed = parseConstraints(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.constraints;
};
const problemOf = (text: string) => {
  const parsed = parseConstraints(text);
  return 'problem' in parsed ? parsed.problem : 'none';
};
const textOf = (text: string) => constraintsText(canonical(read(text)));

describe('a constraint holds', () => {
  // Label values that satisfy it among: absent, 7, 8, 9, "8", "a", "b".
  const values: readonly (LabelValue | undefined)[] = [undefined, 7, 8, 9, '8', 'a', 'b'];
  it.each([
    ['x', [7, 8, 9, '8', 'a', 'b']],
    ['!x', [undefined]],
    ['x = 8', [8]],
    ['x = "8"', ['8']],
    ['x = a', ['a']],
    ['x != 8', [undefined, 7, 9, '8', 'a', 'b']],
    ['x in (a, 8)', [8, 'a']],
    ['x not in (a, 8)', [undefined, 7, 9, '8', 'b']],
    ['x < 8', [7]],
    ['x <= 8', [7, 8]],
    ['x > 8', [9]],
    ['x >= 8', [8, 9]],
  ] as const)('%s', (text, expected) => {
    const [constraint] = read(text);
    expect(values.filter((value) => holds(constraint!, value))).toEqual(expected);
  });
});

describe('constraints as text', () => {
  it('are read into label, operator and values', () => {
    expect(read('gpu_memory_gb > 16, zone in (a, "b c"),!spot , topology/rack=r-1, cuda')).toEqual([
      { label: 'gpu_memory_gb', op: '>', value: 16 },
      { label: 'zone', op: 'in', values: ['a', 'b c'] },
      { label: 'spot', op: 'not_exists' },
      { label: 'topology/rack', op: '=', value: 'r-1' },
      { label: 'cuda', op: 'exists' },
    ]);
  });

  it.each([
    ['x = 1e3', 1_000],
    ['x = -0.5', -0.5],
    ['x = 007', '007'],
    ['x = 1.2.3', '1.2.3'],
    ['x = "1"', '1'],
    ['x = "say \\"\\u0061\\""', 'say "a"'],
  ])('%s: what looks like a number is one', (text, value) => {
    expect(read(text)).toEqual([{ label: 'x', op: '=', value }]);
  });

  it('may use the words of the grammar as labels', () => {
    expect(read('in in (not), not, !in')).toEqual([
      { label: 'in', op: 'in', values: ['not'] },
      { label: 'not', op: 'exists' },
      { label: 'in', op: 'not_exists' },
    ]);
  });

  it.each([
    ['', 'at character 1: expected a label, or ! and a label, and the text ends there'],
    ['7 > 3', 'at character 1: expected a label, or ! and a label, and there is "7 > 3"'],
    ['! = a', 'at character 3: expected a label, and there is "= a"'],
    ['zone exists', 'at character 6: expected one of =, !=, <, <=, >, >=, in, not in, a comma or the end, and there is "exists"'],
    ['zone = a b', 'at character 10: expected a comma or the end, and there is "b"'],
    ['a,', 'at character 3: expected a label, or ! and a label, and the text ends there'],
    ['zone =', 'at character 7: expected a number, a word or "text", and the text ends there'],
    ['zone = "a', 'at character 8: expected a number, a word or "text", and there is "\\"a"'],
    ['zone = "\\q"', 'at character 8: "\\q" must be text as JSON writes it'],
    ['zone = ""', 'at character 8: "" must be text of 1 to 128 characters'],
    ['gb > many', 'at character 6: many must be a number: only numbers are less or greater'],
    ['gb > "16"', 'at character 6: expected a number, and there is "\\"16\\""'],
    ['gb > 1e16', 'at character 6: 1e16 must be a number from -1000000000000000 to 1000000000000000'],
    ['zone in a', 'at character 9: expected ( and values, and there is "a"'],
    ['zone in (a b)', 'at character 12: expected a comma or ), and there is "b)"'],
    ['zone in ()', 'at character 10: expected a number, a word or "text", and there is ")"'],
    [
      `${'x'.repeat(65)} = 1`,
      `at character 1: ${'x'.repeat(40)} must be text of 1 to 64 letters, digits or ._/- that begins with a letter`,
    ],
  ])('%j: %s', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });
});

describe('the canonical form', () => {
  it('is the same for lists that say the same', () => {
    expect(textOf('zone in (b, a, b, 3), gb > 16, zone in (a, 3, b)')).toBe('gb > 16, zone in (3, a, b)');
    expect(textOf('zone in (a), size not in (3)')).toBe('size != 3, zone = a');
    expect(textOf('x = 8, !a, x = "8"')).toBe('!a, x = "8", x = 8');
  });

  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._/-]{0,9}$/);
  const number = fc.oneof(fc.integer(), fc.double({ min: -1e15, max: 1e15, noNaN: true })).map((n) => n + 0);
  const word = fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
    .filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text) && text.length <= 128);
  const value = fc.oneof(number, word, number.map(String));
  const constraint: fc.Arbitrary<Constraint> = fc.oneof(
    fc.record({ label: name, op: fc.constantFrom('exists' as const, 'not_exists' as const) }),
    fc.record({ label: name, op: fc.constantFrom('=' as const, '!=' as const), value }),
    fc.record({
      label: name,
      op: fc.constantFrom('in' as const, 'not_in' as const),
      values: fc.array(value, { minLength: 1, maxLength: 5 }),
    }),
    fc.record({ label: name, op: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const), value: number }),
  );
  const list = fc.array(constraint, { minLength: 1, maxLength: 6 });

  it('reads back from its text as it was', () => {
    fc.assert(
      fc.property(list, (constraints) => {
        expect(read(constraintsText(canonical(constraints)))).toEqual(canonical(constraints));
      }),
    );
  });

  it('asks for the same as the list it was made of, whatever the order', () => {
    fc.assert(
      fc.property(list, fc.dictionary(name, value), (constraints, labels) => {
        const ask = (some: readonly Constraint[]) =>
          some.every((one) => holds(one, Object.hasOwn(labels, one.label) ? labels[one.label] : undefined));
        expect(ask(canonical(constraints))).toBe(ask(constraints));
        expect(canonical(constraints.toReversed())).toEqual(canonical(constraints));
        expect(canonical(canonical(constraints))).toEqual(canonical(constraints));
      }),
    );
  });
});
