import { describe, expect, it } from 'vitest';
import { createEscapeFilter } from '../../../src/cli/output/without-escapes.ts';

const all = (...pieces: string[]) => {
  const filter = createEscapeFilter();
  return pieces.map(filter).join('');
};

describe('text without escape sequences', () => {
  it.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['a cursor that moves', 'a\u001b[2J\u001b[10;3Hb\u009b2Kc', 'abc'],
    ['a link and a title', '\u001b]8;;http://x\u001b\\here\u001b]8;;\u001b\\ \u001b]0;title\u0007.', 'here .'],
    ['character sets and saved places', '\u001b(B\u001b7x\u001b8\u001b=', 'x'],
    ['nothing of it', 'a [1m b\r\n\tü\u0000', 'a [1m b\r\n\tü\u0000'],
  ])('loses %s', (_what, text, left) => {
    expect(all(text)).toBe(left);
    expect(all(...text)).toBe(left); // however it is cut
  });

  it('keeps what only begins like one and never ends', () => {
    const long = `\u001b]${'x'.repeat(2_000)}`;
    expect(all(long, 'y')).toBe(`${long}y`);
  });
});
