import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/domain/json.ts';
import { builtInHandlers } from '../../../src/core/executors/built-in-handlers.ts';
import { InputError } from '../../../src/core/executors/handler.ts';

function setup(signal = new AbortController().signal) {
  const context = { taskId: 'id', attempt: 1, part: 0, parts: 1, parents: {}, signal, progress() {}, log() {} };
  return async (type: keyof typeof builtInHandlers, input: Json) => builtInHandlers[type].handler(input, context);
}

const results: [keyof typeof builtInHandlers, Json, Json][] = [
  ['reverse', 'Hello', 'olleH'],
  ['reverse', '', ''],
  ['reverse', 'a😀b', 'b😀a'],
  ['reverse', 'e\u0301', '\u0301e'],
  ['upper', 'straße', 'STRASSE'],
  ['upper', 'ﬁn i', 'FIN I'],
  ['upper', '', ''],
  ['hash', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['hash', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['hash', 'hello', '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'],
  ['hash', 'ü', '607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f'],
  ['sum', '1,2,3', 6],
  ['sum', ' 1 , 2.5,-3e0 ', 0.5],
  ['sum', [1.5, 2], 3.5],
  ['sum', '', 0],
  ['sum', [], 0],
  ['sum', '0.1,0.2,0.3', 0.6],
  ['sum', [0.1, 0.2, 0.3], 0.6],
  ['sum', [1, 1e100, 1, -1e100], 2],
  ['sum', Array<number>(10).fill(0.1), 1],
  ['sum', '+.5,5.,1E2', 105.5],
  ['add', { a: 2, b: 3 }, 5],
  ['add', { a: '1.5', b: ' 2e1 ' }, 21.5],
  ['add', { a: 0.1, b: 0.2 }, 0.1 + 0.2],
  ['wait', 0, 'Waited for 0.0 seconds'],
  ['wait', '0', 'Waited for 0.0 seconds'],
  ['wait', 0.0125, 'Waited for 0.0125 seconds'],
  ['wait', 0.00001, 'Waited for 1e-05 seconds'],
  ['wait', '1.5e-10', 'Waited for 1.5e-10 seconds'],
];

const badSum = 'Invalid payload format. Expected a list of numbers or a comma-separated string of numbers.';
const badWait = 'Payload must be a number representing seconds to wait.';
const badAdd = 'Missing params: a and b are required.';

const refusals: [keyof typeof builtInHandlers, Json, string][] = [
  ...[7, null, true, ['a'], { a: 1 }].flatMap((input): [keyof typeof builtInHandlers, Json, string][] => [
    ['reverse', input, 'Payload must be a string.'],
    ['hash', input, 'Payload must be a string.'],
    ['upper', input, 'Payload must be a string'],
  ]),
  ...[7, null, true, {}, ['1'], [1, null], [true], '1,,2', ',', '1;2', 'abc', '1,inf', 'nan', '0x10', '1_000', [[1]], '1e400'].map(
    (input): [keyof typeof builtInHandlers, Json, string] => ['sum', input, badSum],
  ),
  ...[-1, -0.001, 3_600.5, '3601'].map((input): [keyof typeof builtInHandlers, Json, string] => [
    'wait',
    input,
    'Payload must be 0-3600 seconds.',
  ]),
  ...['', 'two', null, true, [2], { s: 2 }, 'NaN', 'Infinity'].map((input): [keyof typeof builtInHandlers, Json, string] => [
    'wait',
    input,
    badWait,
  ]),
  ...[null, 5, [1, 2], {}, { a: 1 }, { a: 1, b: null }, { a: 'nan', b: 1 }, { a: true, b: 1 }].map(
    (input): [keyof typeof builtInHandlers, Json, string] => ['add', input, badAdd],
  ),
  ['sum', [1e308, 1e308], 'The sum is too large for a number.'],
  ['add', { a: 1e308, b: 1e308 }, 'The sum is too large for a number.'],
];

describe('built-in handlers', () => {
  it.each(results)('%s of %j is %j', async (type, input, result) => {
    expect(await setup()(type, input)).toEqual(result);
  });

  it.each(refusals)('%s refuses %j', async (type, input, message) => {
    const refusal = await setup()(type, input).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InputError);
    expect(refusal).toMatchObject({ message, retryable: false });
  });

  it('wait ends at once when its signal is raised', async () => {
    const controller = new AbortController();
    const waiting = setup(controller.signal)('wait', 3_600);
    controller.abort();
    await expect(waiting).rejects.toThrow();
  });
});
