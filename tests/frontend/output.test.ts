import { describe, expect, it } from 'vitest';
import { further, type Piece, tailBytes, tailOf, withPiece } from '../../frontend/js/model/output.js';
import type { TailsWire } from '../../frontend/js/model/output-wire.js';

const tail = (text: string, from = 0, kept = from + Buffer.byteLength(text)) => ({ text, from, kept, bytes: kept });
const tails = (stdout: string, given: Partial<TailsWire> = {}): TailsWire => ({
  ...{ attempt: 1, part: 0, partial: true, stdout: tail(stdout), stderr: tail('') },
  ...given,
});
const piece = (offset: number, text: string, given: Partial<Piece> = {}): Piece => ({
  attempt: 1,
  part: 0,
  stream: 'stdout',
  offset,
  text,
  ...given,
});

describe('the end of a text', () => {
  it('is its last 500 lines, and whole ones', () => {
    const lines = Array.from({ length: 700 }, (_, i) => `${i}\n`);
    expect(tailOf(lines.join(''), false)).toBe(lines.slice(200).join(''));
    expect(tailOf(`${lines.join('')}half`, false)).toBe(`${lines.slice(201).join('')}half`);
    expect(tailOf('cut\na\n', true)).toBe('a\n');
    expect(tailOf('a\n\nb', false)).toBe('a\n\nb');
    expect(tailOf('', false)).toBe('');
  });

  it('is no longer than what is shown, however long its lines', () => {
    expect(tailOf('x'.repeat(tailBytes + 9), false)).toHaveLength(tailBytes);
    expect(tailOf(`${'x'.repeat(tailBytes)}\ny\n`, false)).toBe('y\n');
  });
});

describe('a piece of output', () => {
  it('goes to the end of what is there', () => {
    const output = withPiece(withPiece(null, piece(0, 'one\n')), piece(4, 'zwö\n'));
    expect(output?.stdout).toEqual(tail('one\nzwö\n'));
    expect(withPiece(output, piece(0, 'oops\n', { stream: 'stderr' }))).toMatchObject({
      stdout: tail('one\nzwö\n'),
      stderr: tail('oops\n'),
    });
  });

  it('that is there already changes nothing, and one that reaches further takes its place', () => {
    const output = tails('one\n');
    expect(withPiece(output, piece(0, 'one\n'))).toBe(output);
    expect(withPiece(output, piece(0, 'one\ntwo\n'))?.stdout).toEqual(tail('one\ntwo\n'));
  });

  it('after a hole begins anew, but for a character that was on its way', () => {
    expect(withPiece(tails('one\n'), piece(900, 'late\n'))?.stdout).toEqual(tail('late\n', 900));
    expect(withPiece(tails('one'), piece(5, 'ü\n'))?.stdout.text).toBe('oneü\n');
  });

  it('of a later attempt is the first of it, and of an earlier one is none', () => {
    expect(withPiece(tails('one\n'), piece(0, 'again\n', { attempt: 2 }))).toEqual({ ...tails('again\n'), attempt: 2 });
    const second = { ...tails('x'), attempt: 2 };
    expect(withPiece(second, piece(0, 'one\ntwo\n'))).toBe(second);
  });

  it('is not lost to a reading of the page that is older', () => {
    expect(further(tails('one\ntwo\n'), tails('one\n', { partial: false }))).toEqual(tails('one\ntwo\n', { partial: false }));
    expect(further(tails('one\n'), tails('one\ntwo\n')).stdout.text).toBe('one\ntwo\n');
    expect(further(tails('one\ntwo\n'), { ...tails('x'), attempt: 2 }).stdout.text).toBe('x');
  });
});
