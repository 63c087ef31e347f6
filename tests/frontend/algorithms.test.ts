import { describe, expect, it } from 'vitest';
import { algorithmFromForm } from '../../frontend/js/model/forms.js';
import { overtakingChanges, switchedText } from '../../frontend/js/model/parameters.js';
import { algorithmPicker } from '../../frontend/js/views/algorithm-picker.js';
import { algorithmsScreen, refusedCard } from '../../frontend/js/views/algorithms.js';
import { epochsCard } from '../../frontend/js/views/epochs.js';
import * as given from './fixtures.ts';

const { now, algorithms, epoch } = given;
const problem = {
  ...{ title: 'Validation failed', status: 422, code: 'validation_failed', detail: 'no' },
  errors: [{ path: '/body/params/age_step_ms', message: 'must be a number of at least 1' }],
};

/** The fields that a form would send. */
function fieldsOf(form: string): Record<string, string> {
  const text = (value: string) => value.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
  return Object.fromEntries([...form.matchAll(/ name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name!, text(value!)]));
}

describe('the switch of the overview', () => {
  it('keeps what holds whatever decides, and does not offer the one that decides', () => {
    const model = { algorithms, epoch, overtaking: { patience_least_ms: 1_000, strict: 'type' }, now };
    const markup = algorithmPicker(model).toString();
    const body = algorithmFromForm({ ...fieldsOf(markup), algorithm: 'priority' });
    expect(body).toEqual({ algorithm: 'priority', params: { patience_least_ms: 1_000, strict: 'type' } });
    const current = algorithms.find((one) => one.current)?.name;
    expect(markup).not.toContain(`<option value="${current}"`);
    expect(markup.match(/<option /g)).toHaveLength(algorithms.length);
  });
});

describe('a switch to what a replay tried', () => {
  it('would change of that which holds for all what it names otherwise, in a combination too', () => {
    const then = (params: Record<string, unknown>, algorithm = 'priority') =>
      overtakingChanges(algorithms, { ...epoch, params: { strict: 'none' } }, { algorithm, params });
    expect(then({ strict: 'none' })).toEqual([]);
    expect(then({ strict: 'global' })).toEqual([{ name: 'strict', from: 'none', to: 'global' }]);
    expect(then({ order: {}, overtaking: { strict: 'global' } }, 'a+b')).toEqual([{ name: 'strict', from: 'none', to: 'global' }]);
  });
});

it('after a switch says which parameters went back to their defaults', () => {
  expect(switchedText('fifo')).toBe('fifo decides from now on.');
  expect(switchedText('fifo', { strict: { from: 'none', to: 'shape' }, reserve: { from: false, to: true } })).toBe(
    'fifo decides from now on. At their defaults again: strict (shape, was none), reserve (true, was false).',
  );
});

describe('who switched when', () => {
  const before = {
    ...epoch,
    epoch: 2,
    algorithm: 'sjf+power_of_two',
    params: { order: { a: 1 }, place: 'x', overtaking: { strict: 'none' } },
  };
  const epochs = [{ ...epoch, epoch: 4 }, { ...epoch, epoch: 3 }, before];
  const markup = epochsCard({ epoch: epochs[0]!, epochs, now }).toString();

  it('says from what to what the last change is undone', () => {
    expect(markup).toContain(`Go back from ${epoch.algorithm} to sjf+power_of_two as of epoch 2`);
    expect(epochsCard({ epoch, epochs: [epoch], now }).toString()).not.toContain('Go back');
  });

  it('leads back to each line that is another, with its parameters', () => {
    const forms = [...markup.matchAll(/<form method="post" action="\/algorithms\/switch".*?<\/form>/gs)].map(([form]) => fieldsOf(form));
    expect(forms).toHaveLength(1);
    expect(forms[0]).toMatchObject({ epoch: '4', reason: 'back to what decided in epoch 2' });
    expect(algorithmFromForm(forms[0]!)).toMatchObject({ algorithm: before.algorithm, params: before.params });
  });
});

describe('a refused switch', () => {
  const model = { algorithms, epoch, epochs: [epoch], origin: '', now, problem };

  it('is told at the field of the card it came from, which is open', () => {
    const name = algorithms.find(({ current }) => !current)?.name ?? '';
    const values = { algorithm: name, 'param.age_step_ms': '0' };
    const page = algorithmsScreen({ ...model, values }).toString();
    const id = `algorithm-${name}-param.age_step_ms`;
    expect(page).toContain(`href="#${id}"`);
    const card = String(refusedCard({ ...model, values }));
    expect(page).toContain(card);
    expect(card).toMatch(/<details class="more" open>/);
  });

  it('for values that do not go together is told above them, where the summary leads', () => {
    const together = { ...problem, errors: [{ path: '/body/params', message: 'needs a not above b' }] };
    const page = algorithmsScreen({ ...model, problem: together, values: { algorithm: epoch.algorithm, form: 'overtaking' } }).toString();
    expect(page).toMatch(/<p class="field-error" id="algorithm-params" tabindex="-1">.*needs a not above b<\/p><div class="grid-2">/);
    expect(page).toContain('href="#algorithm-params"');
  });

  it('of what holds for all is told there', () => {
    const values = { algorithm: epoch.algorithm, form: 'overtaking' };
    expect(String(refusedCard({ ...model, values }))).toContain('decides now</h2>');
    expect(refusedCard({ ...model, values: { algorithm: 'gone' } })).toBeUndefined();
  });
});
