import { describe, expect, it } from 'vitest';
import { poolFromForm, taskFromForm } from '../../frontend/js/model/forms.js';
import { constraintsText, holds, labelsFrom, labelsText } from '../../frontend/js/model/labels.js';
import { type Constraint, constraintOps, holds as isMet, constraintsText as textOf } from '../../src/core/domain/constraint.ts';
import { fc } from '../helpers/fc.ts';

const label = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._/-]{0,9}$/);
const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((one) => !/[\p{Cc}\p{Cs}]/u.test(one));
const value = fc.oneof(fc.integer(), fc.constantFrom('8', 'a', 'b c', '"', '1e3'), text);

describe('labels and constraints', () => {
  it('are written and judged as the server does', () => {
    const constraint = fc
      .tuple(label, fc.constantFrom(...constraintOps), value, fc.integer(), fc.array(value, { minLength: 1, maxLength: 3 }))
      .map(([name, op, one, number, values]) => {
        if (op === 'exists' || op === 'not_exists') return { label: name, op };
        if (op === 'in' || op === 'not_in') return { label: name, op, values };
        return { label: name, op, value: op === '=' || op === '!=' ? one : number };
      });
    fc.assert(
      fc.property(constraint, fc.oneof(fc.constant(undefined), value), (made, has) => {
        expect(constraintsText([made])).toBe(textOf([made as Constraint]));
        expect(holds(made, has)).toBe(isMet(made as Constraint, has));
      }),
    );
    expect(constraintsText(null)).toBe('');
  });

  it('labels read back from their text as they were', () => {
    fc.assert(
      fc.property(fc.dictionary(label, value, { noNullPrototype: true }), (labels) => {
        expect(labelsFrom(labelsText(labels))).toEqual(labels);
      }),
    );
  });

  it.each(['gb', 'gb =', 'gb = 1 zone = a', '= 1', 'gb = "1', 'gb == 1', ', gb = 1'])('%s are no labels', (broken) => {
    expect(labelsFrom(broken)).toBeUndefined();
    expect(poolFromForm({ labels: broken })).toEqual({ labels: broken });
  });
});

describe('forms', () => {
  it('a pool keeps the labels that are still in the text and loses the others', () => {
    const values = { labels: ' gb = 80, zone=a , cuda = "12", ', labels_before: 'gb spot' };
    expect(poolFromForm(values)).toEqual({ labels: { gb: 80, zone: 'a', cuda: '12', spot: null } });
    expect(poolFromForm({ labels: '', labels_before: 'gb spot' })).toEqual({ labels: { gb: null, spot: null } });
    expect(poolFromForm({ state: 'paused' })).toEqual({ state: 'paused' });
  });

  it('a task gets regions, constraints and leave to wait only where they were filled in', () => {
    const values = { type: 'hash', regions: 'us-east, eu-west', constraints: ' gb > 16, !spot ', accept_unroutable: 'true' };
    expect(taskFromForm(values)).toEqual({
      ...{ type: 'hash', regions: ['us-east', 'eu-west'], constraints: 'gb > 16, !spot', accept_unroutable: true },
    });
    expect(taskFromForm({ type: 'hash', regions: '', constraints: ' ', accept_unroutable: '' })).toEqual({ type: 'hash' });
  });
});
