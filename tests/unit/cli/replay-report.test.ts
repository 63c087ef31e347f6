import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linearScale, timeScale } from '../../../src/cli/report/scale.ts';
import { amountText, durationText } from '../../../src/cli/report/texts.ts';
import { trx } from '../../helpers/cli.ts';
import { swfLine } from '../../helpers/traces.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trx-report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Sixty jobs of three users on four processors; every third is long, and two lines are bad. */
const lines = [
  '; MaxProcs: 4',
  ...Array.from({ length: 60 }, (_, i) =>
    swfLine({ id: i + 1, submit: i * 20, run: i % 3 === 0 ? 200 : 15, estimate: 400, requested: 1 + (i % 4), allocated: 1, user: i % 3 }),
  ),
  swfLine({ id: 61, run: -1 }),
  swfLine({ id: 62, requested: 9 }),
];

async function reportOf(name: string, ...flags: readonly string[]): Promise<string> {
  const trace = join(folder, name);
  writeFileSync(trace, lines.join('\n'));
  const path = join(folder, 'report.html');
  const { code, err } = await trx(['replay', '--trace', trace, '--semantics', 'pyss', ...flags, '--report', path]);
  expect({ code, err: err.includes('error') }).toEqual({ code: 0, err: false });
  return readFileSync(path, 'utf8');
}

describe('the HTML report', () => {
  it('has figures, differences, charts, who waits, the filter and the command', async () => {
    const html = await reportOf('log.swf', '--policy', 'fcfs,easy,conservative');
    for (const heading of [
      'Figures',
      'Difference to easy',
      'Waits',
      'Over time',
      'The 10 jobs that wait longest',
      'Users',
      'On the processors',
      'How to repeat it',
    ]) {
      expect(html).toContain(`<h2>${heading}`);
    }
    expect(html).toContain('60 of 62 jobs (dropped: 1 run not positive, 1 larger than machine)');
    expect(html).toContain('--semantics pyss --policy fcfs,easy,conservative --seed 1</pre>');
    expect(html).toMatch(/<li>fcfs: mean bounded slowdown \d+ % higher than under easy, longest wait /);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('needs nothing but itself', async () => {
    const html = await reportOf('log.swf', '--policy', 'fcfs,easy');
    expect(html).not.toMatch(/<(?:script|link|img|iframe|object)\b/);
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/);
  });

  it('has balanced tags, and keeps what is text as text', async () => {
    const html = await reportOf(`<b onload='x'>&.swf`, '--policy', 'easy', '--window', '0:30');
    expect(html).not.toContain('<b onload');
    expect(html).toContain('&lt;b onload=&#39;x&#39;&gt;&amp;.swf');
    for (const tag of ['svg', 'g', 'table', 'tr', 'td', 'th', 'details', 'figure', 'main', 'div', 'text', 'p', 'ul', 'li']) {
      expect([tag, html.split(`<${tag}>`).length + html.split(`<${tag} `).length]).toEqual([tag, html.split(`</${tag}>`).length + 1]);
    }
  });

  it('says better and worse over windows only', async () => {
    expect(await reportOf('log.swf', '--policy', 'fcfs,easy')).toContain('One run says nothing about chance');
    const windowed = await reportOf('log.swf', '--policy', 'fcfs,easy', '--window', '0:20', '20:20', '40:20');
    expect(windowed).toContain('95 % interval');
    expect(windowed).toMatch(/\+[\d.,]+ % \[[+−][\d.,]+ %, [+−][\d.,]+ %\] worse/);
  });

  it('is the same twice', async () => {
    const flags = ['--policy', 'fcfs,easy', '--window', '0:20', '20:20'];
    expect(await reportOf('log.swf', ...flags)).toBe(await reportOf('log.swf', ...flags));
  });

  it('compares with the base that was asked for', async () => {
    expect(await reportOf('log.swf', '--policy', 'fcfs,easy', '--base', 'fcfs')).toContain('<h2>Difference to fcfs');
    const { code, err } = await trx(['replay', '--trace', 'x', '--semantics', 'pyss', '--policy', 'fcfs', '--base', 'easy']);
    expect(code).toBe(2);
    expect(err).toContain('--base easy is not among the policies');
  });
});

describe('scales', () => {
  it('have round ticks inside', () => {
    expect(linearScale(0, 103, 0, 100).ticks).toEqual([0, 50, 100]);
    expect(linearScale(2, 9, 0, 100).ticks).toEqual([2, 4, 6, 8]);
    expect(linearScale(0, 1, 270, 12).place(0.5)).toBe(141);
    expect(linearScale(5, 5, 0, 100).place(5)).toBe(0);
  });

  it('of time are logarithmic from a second on', () => {
    const { place, ticks } = timeScale(100_000, 0, 500);
    expect([0, 1, 10, 100_000].map(place)).toEqual([0, 0, 100, 500]);
    expect(ticks).toEqual([1, 10, 60, 600, 3_600, 36_000, 86_400]);
  });
});

describe('numbers for people', () => {
  it('have the digits that count', () => {
    expect([0, 0.05, 0.5, 12.345, 1234.5, Number.NaN].map(amountText)).toEqual(['0', '0.05', '0.5', '12.3', '1,235', '-']);
    expect([0, 45, 90, 8_280, 86_400 * 12.4, null].map(durationText)).toEqual(['0 s', '45 s', '1.5 min', '2.3 h', '12 d', '-']);
  });
});
