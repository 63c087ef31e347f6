import { describe, expect, it } from 'vitest';
import { csvRows } from '../../../src/core/replay/csv-rows.ts';
import { parseTrace } from '../../../src/core/replay/read-trace.ts';
import { bytesOf } from '../../helpers/traces.ts';

const rowsOf = (text: string) => [...csvRows(text)].map(({ line, fields }) => [line, ...fields]);
const parse = (...lines: readonly string[]) => parseTrace(bytesOf(lines.join('\n')));

describe('comma-separated values', () => {
  it('may be quoted, with commas, line ends and doubled quotes inside', () => {
    expect(rowsOf('a,b\n"x, y","he said ""no"""\r\n"two\nlines",z')).toEqual([
      [1, 'a', 'b'],
      [2, 'x, y', 'he said "no"'],
      [3, 'two\nlines', 'z'],
    ]);
  });

  it('may have empty fields, blank lines and no last line end', () => {
    expect(rowsOf('a,,c\n\n,\r\n\r\n"",x')).toEqual([
      [1, 'a', '', 'c'],
      [3, '', ''],
      [5, '', 'x'],
    ]);
  });

  it('say the line of a quote that is wrong', () => {
    expect(() => rowsOf('a\n"b')).toThrow('line 2: a quoted field is never closed');
    expect(() => rowsOf('a\nb"c')).toThrow('line 2: a quote stands inside');
    expect(() => rowsOf('a\n"b"c')).toThrow('line 2: a quoted field goes on');
  });
});

const header = 'task_id,submitted_at,type,tenant,priority,region,resource_type,slots,cost,run_ms,estimate_ms,deadline';

describe('a file of tasks', () => {
  it('gives seconds from the first submit, names, and what places a task', () => {
    const trace = parse(
      header,
      'late,2026-05-01T12:00:10.500Z,resize,acme,9,eu-west,gpu,4,2.5,1500,3000,2026-05-01T12:01:00+00:00',
      'early,2026-05-01T14:00:00+02:00,,,,,,,,20000,,',
    );
    expect(trace.count).toBe(2);
    expect([...trace.submit]).toEqual([10.5, 0]);
    expect([...trace.run]).toEqual([1.5, 20]);
    expect([...trace.estimate]).toEqual([3, -1]);
    expect([...trace.requested]).toEqual([4, 1]);
    expect(trace.names).toEqual({ jobs: ['late', 'early'], users: ['acme', 'default'] });
    expect([...trace.user]).toEqual([0, 1]);
    expect(trace.tasks).toEqual([
      { type: 'resize', priority: 9, region: 'eu-west', resourceType: 'gpu', cost: 2.5, deadline: 60 },
      { type: 'task', priority: 5, region: undefined, resourceType: undefined, cost: 1, deadline: undefined },
    ]);
    expect(trace.notes).toEqual([]);
  });

  it('needs two columns only, in any order; unknown ones are ignored and named', () => {
    const trace = parse('colour,RUN_MS,submitted_at', 'red,500,1700000000000', 'blue,700,1700000001000');
    expect([...trace.submit]).toEqual([0, 1]);
    expect(trace.names?.jobs).toEqual(['1', '2']);
    expect(trace.notes).toEqual(['line 1: columns that are not known are ignored: colour']);
  });

  it('says when an id repeats', () => {
    expect(parse(header, ...[1, 2].map(() => 'x,1700000000000,,,,,,,,5,,')).notes).toEqual([
      'line 3: a task_id that occurred before; both are kept',
    ]);
  });

  it.each([
    ['submitted_at', '2026-05-01 12:00', /submitted_at is "2026-05-01 12:00", and must be a time as/],
    ['submitted_at', '2026-13-01T12:00:00Z', /submitted_at/],
    ['submitted_at', '', /submitted_at/],
    ['priority', '11', /priority is "11", and must be a whole number from 1 to 10/],
    ['slots', '0', /slots/],
    ['slots', '1.5', /slots/],
    ['cost', '0', /cost/],
    ['run_ms', '', /run_ms/],
    ['run_ms', '-1', /run_ms/],
    ['run_ms', '1e999', /run_ms/],
    ['estimate_ms', 'soon', /estimate_ms/],
    ['deadline', 'tomorrow', /deadline/],
    ['resource_type', 'tpu', /resource_type is "tpu", and must be cpu, gpu or any/],
  ])('with %s %s is refused with its line', (column, value, message) => {
    const fields: Record<string, string> = { submitted_at: '1700000000000', run_ms: '5', [column]: value };
    const row = header.split(',').map((name) => fields[name] ?? '');
    const record = JSON.stringify({ ...fields });
    expect(() => parse(header, row.join(','))).toThrow(message);
    expect(() => parse(header, row.join(','))).toThrow(/^line 2: /);
    expect(() => parse('{"submitted_at":1,"run_ms":1}', '', record)).toThrow(message);
    expect(() => parse('{"submitted_at":1,"run_ms":1}', '', record)).toThrow(/^line 3: /);
  });

  it('with a bad shape is refused', () => {
    expect(() => parse('task_id,submitted_at', 'x,1')).toThrow(/line 1: the header needs a column run_ms; known columns are task_id/);
    expect(() => parse('run_ms,submitted_at,run_ms', '1,2,3')).toThrow('line 1: the header has the column run_ms twice');
    expect(() => parse(header, 'x,1')).toThrow('line 2: 2 fields, and the header has 12');
    expect(() => parseTrace(Uint8Array.of(0x61, 0x2c, 0xff))).toThrow('not UTF-8');
  });
});

describe('JSON lines', () => {
  it('give the same trace as CSV', () => {
    const csv = parse(header, 'a,1700000000000,t,acme,9,,cpu,4,2.5,1500,3000,', 'b,1700000002000,,,,,,,,20,,');
    const json = parse(
      '{"task_id":"a","submitted_at":1700000000000,"type":"t","tenant":"acme","priority":9,"resource_type":"cpu","slots":4,"cost":2.5,"run_ms":1500,"estimate_ms":"3000"}',
      '{"task_id":"b","submitted_at":"2023-11-14T22:13:22Z","run_ms":20,"deadline":null}',
    );
    expect({ ...json, line: csv.line }).toEqual(csv);
    expect([...json.line]).toEqual([1, 2]);
  });

  it('say the line that is none, and what is ignored', () => {
    expect(() => parse('{"submitted_at":1,"run_ms":1}', '{"submitted_at":1')).toThrow(/^line 2: no JSON/);
    expect(() => parse('{"submitted_at":1,"run_ms":1}', '[1]')).toThrow('line 2: each line must hold one JSON object');
    expect(() => parse('{"submitted_at":1,"run_ms":true}')).toThrow('line 1: run_ms is true, and must be text or a number');
    expect(parse('{"submitted_at":1,"run_ms":1,"__proto__x":2}').notes).toEqual(['fields that are not known are ignored: __proto__x']);
  });
});

describe('the format', () => {
  it('is found by the first characters', () => {
    expect(parse('; MaxProcs: 4', '1 0 -1 5 1 -1 -1 1 5').headers.get('MaxProcs')).toBe('4');
    expect(parse('  1 0 -1 5 1 -1 -1 1 5').count).toBe(1);
    expect(parseTrace(bytesOf('\ufeff"submitted_at",run_ms\n1,2')).count).toBe(1);
    expect(parseTrace(bytesOf('\n {"submitted_at":1,"run_ms":2}')).count).toBe(1);
  });
});
