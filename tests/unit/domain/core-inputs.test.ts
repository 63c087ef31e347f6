import { describe, expect, it } from 'vitest';
import {
  type CoreInput,
  DamagedInputs,
  decodeInputs,
  encodeInputs,
  InputWriter,
  readInputs,
} from '../../../src/core/domain/core-inputs.ts';
import { fc } from '../../helpers/fc.ts';

const seq = fc.integer({ min: 1, max: 9e9 });
const at = fc.integer({ min: 0, max: 4e12 });
const inputs: fc.Arbitrary<CoreInput> = fc.oneof(
  fc.record({ kind: fc.constant('submit' as const), seq, attempt: fc.nat({ max: 40 }) }),
  fc.record({ kind: fc.constant('end' as const), seq, isFree: fc.boolean() }),
  fc.record({ kind: fc.constant('undo' as const), seq, at }),
  fc.record({ kind: fc.constant('cancel' as const), seq }),
  fc.record({ kind: fc.constant('look' as const), at }),
  fc.record({ kind: fc.constant('call' as const), name: fc.constantFrom('pool', 'type'), args: fc.array(fc.jsonValue() as never) }),
) as fc.Arbitrary<CoreInput>;

function write(writer: InputWriter, input: CoreInput): void {
  if (input.kind === 'submit') writer.submit(input.seq, input.attempt);
  else if (input.kind === 'end') writer.end(input.seq, input.isFree);
  else if (input.kind === 'undo') writer.undo(input.seq, input.at);
  else if (input.kind === 'cancel') writer.cancel(input.seq);
  else if (input.kind === 'look') writer.look(input.at);
  else writer.call(input.name, ...input.args);
}

describe('what a decision core was told', () => {
  it('reads back as it was written, in order, entry by entry', () => {
    fc.assert(
      fc.property(fc.array(fc.array(inputs)), (entries) => {
        const writer = new InputWriter();
        for (const told of entries) {
          for (const input of told) write(writer, input);
          expect([...readInputs(JSON.parse(JSON.stringify(writer.take())))]).toEqual(JSON.parse(JSON.stringify(told)));
        }
        expect(writer.length).toBe(0);
      }),
    );
  });

  it('takes few characters: neighbours alike are one', () => {
    const writer = new InputWriter();
    for (let task = 1; task <= 500; task++) writer.submit(task, 0);
    for (const task of [7, 8, 9, 3]) writer.end(task, false);
    writer.look(50);
    writer.look(49);
    expect(writer.take()).toEqual(['+1:dw-7:3-3.2s.1']);
  });

  it('is refused where it was not written so', () => {
    for (const item of ['?1', '+', '+1:', `.${'z'.repeat(40)}`, 7, [7]]) expect(() => [...readInputs([item])]).toThrow(DamagedInputs);
    for (const stored of [null, {}, ['1', 2], [1], [0, -1], [0.5, 1]]) expect(() => decodeInputs(stored as never)).toThrow(DamagedInputs);
    expect(decodeInputs(undefined)).toBeUndefined();
    const told = { number: 1, decided: 2, items: ['+1'] };
    expect(decodeInputs(encodeInputs(told))).toEqual(told);
  });
});
