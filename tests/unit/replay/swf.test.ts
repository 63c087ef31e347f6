import { describe, expect, it } from 'vitest';
import { parseSwf } from '../../../src/core/replay/swf.ts';
import { machineSize } from '../../../src/core/replay/swf-header.ts';
import { bytesOf, swfLine } from '../../helpers/traces.ts';

const parse = (...lines: readonly string[]) => parseSwf(bytesOf(`${lines.join('\n')}\n`));
const full = '  17   250  30   400  8  399.75 1024 16   600 2048 1 12 3 4 5 6 7 8';

describe('a line of a log', () => {
  it('gives submit, run, processors, estimate and user, whatever blanks are around them', () => {
    for (const line of [full, full.trim(), full.replaceAll(' ', '\t'), `${full}   `]) {
      const trace = parse(line);
      expect(trace.count).toBe(1);
      expect([
        trace.id[0],
        trace.submit[0],
        trace.run[0],
        trace.allocated[0],
        trace.requested[0],
        trace.estimate[0],
        trace.user[0],
      ]).toEqual([17, 250, 400, 8, 16, 600, 12]);
      expect(trace.notes).toEqual([]);
    }
  });

  it('may hold fractions, exponents, signs and very large numbers', () => {
    const trace = parse(swfLine({ id: 1, submit: '+1.5e3', run: '.25' }), swfLine({ id: 2, submit: '1234567890123456789', run: '7.' }));
    expect([...trace.submit]).toEqual([1_500, Number('1234567890123456789')]);
    expect([...trace.run]).toEqual([0.25, 7]);
  });

  it('keeps what is unknown, zero or negative as it stands: the filter judges', () => {
    const trace = parse(swfLine({ id: 1, run: -1, estimate: -1 }), swfLine({ id: 2, run: 0, submit: -5 }));
    expect([...trace.run]).toEqual([-1, 0]);
    expect([...trace.estimate]).toEqual([-1, 100]);
    expect([...trace.submit]).toEqual([0, -5]);
  });

  it('with fewer than 18 fields has the missing ones unknown, and that is said', () => {
    const trace = parse(swfLine({ id: 1 }), '2 10 -1 20 4 -1 -1 4 30', '3 10 -1 20 4 -1 -1 4 30 -1 1');
    expect(trace.count).toBe(3);
    expect([...trace.user]).toEqual([1, -1, -1]);
    expect(trace.estimate[1]).toBe(30);
    expect(trace.notes).toEqual(['lines 2, 3: fewer than 18 fields, the missing ones count as unknown (-1)']);
  });

  it('with more than 18 fields loses the rest, and that is said', () => {
    const trace = parse(`${full} 19 20`, full);
    expect([...trace.user]).toEqual([12, 12]);
    expect(trace.notes).toEqual(['line 1: more than 18 fields, the rest is ignored']);
  });

  it('with fewer than 9 fields is refused with its number', () => {
    expect(() => parse('; MaxProcs: 4', '', swfLine({ id: 1 }), '2 10 -1 20')).toThrow(/^line 4: .* has 4$/);
  });

  it('that a cut file ends in is refused with its number', () => {
    const text = [swfLine({ id: 1 }), swfLine({ id: 2 }).slice(0, 8)].join('\n');
    expect(() => parseSwf(bytesOf(text))).toThrow(/^line 2: .*the file ends within it/);
  });

  it('that a file ends in after its ninth field is read, and the doubt is said', () => {
    const trace = parseSwf(bytesOf('1 0 -1 20 4 -1 -1 4 3'));
    expect(trace.count).toBe(1);
    expect(trace.notes[1]).toMatch(/^line 1: .*may have been cut off/);
  });

  it.each(['x', '1x', '--1', '1-', '0x10', 'NaN', 'Infinity', '1e999', '1,5', '-', '1'.repeat(400)])(
    'with %s for a number is refused with line and field',
    (text) => {
      expect(() => parse(swfLine({ id: 1 }), swfLine({ id: 2, run: text }))).toThrow(/^line 2: field 4 is ".*", which is not a number$/);
    },
  );
});

describe('a log', () => {
  it('may have Windows line ends, blank lines, no last line end and a byte order mark', () => {
    const text = `; MaxProcs: 8\r\n\r\n${swfLine({ id: 1 })}\r\n   \n${swfLine({ id: 2, user: 9 })}`;
    for (const bytes of [bytesOf(text), Uint8Array.of(0xef, 0xbb, 0xbf, ...bytesOf(text))]) {
      const trace = parseSwf(bytes);
      expect(trace.headers.get('MaxProcs')).toBe('8');
      expect([...trace.id]).toEqual([1, 2]);
      expect([...trace.user]).toEqual([1, 9]);
      expect([...trace.line]).toEqual([3, 5]);
      expect(trace.notes).toEqual([]);
    }
  });

  it('may have comments anywhere; of header entries with one name the first counts', () => {
    const trace = parse('; MaxProcs: 100', ';MaxNodes:50', swfLine({ id: 1 }), '  ; MaxProcs: 7', ';', '; no entry', swfLine({ id: 2 }));
    expect(Object.fromEntries(trace.headers)).toEqual({ MaxProcs: '100', MaxNodes: '50' });
    expect(trace.count).toBe(2);
  });

  it('grows beyond the first guess of its length', () => {
    const trace = parseSwf(bytesOf('1 2 3 4 5 6 7 8 9\n'.repeat(10_000)));
    expect(trace.count).toBe(10_000);
    expect(trace.estimate.every((value) => value === 9)).toBe(true);
  });

  it('may be empty', () => {
    expect(parseSwf(new Uint8Array()).count).toBe(0);
  });
});

describe('the size of the machine', () => {
  const sizeOf = (...headers: readonly string[]) => machineSize(parse(...headers).headers);

  it('is what was asked for, else MaxProcs, else MaxNodes', () => {
    expect(machineSize(parse('; MaxProcs: 100').headers, 64)).toBe(64);
    expect(sizeOf('; MaxNodes: 50', '; MaxProcs: 100')).toBe(100);
    expect(sizeOf('; MaxNodes: 50 (of two processors)')).toBe(50);
    expect(sizeOf('; MaxProcs: -1', '; MaxNodes: 50')).toBe(50);
  });

  it('must be known', () => {
    expect(() => sizeOf('; Computer: a big one')).toThrow('--procs');
  });
});
