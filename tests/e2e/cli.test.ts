import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { swfLine } from '../helpers/traces.ts';

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
let folder: string;
let trace: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trx-cli-'));
  trace = join(folder, 'many.swf');
  const jobs = Array.from({ length: 20_000 }, (_, id) => swfLine({ id, submit: id * 50 }));
  writeFileSync(trace, ['; MaxProcs: 1', ...jobs].join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the built trx', () => {
  it('replays a trace: data on standard output, 0', () => {
    const done = spawnSync(process.execPath, [main, 'replay', '--trace', trace, '--semantics', 'pyss', '--policy', 'easy', '--json']);
    expect(done.stderr.toString()).toBe('');
    expect(done.status).toBe(0);
    expect(JSON.parse(done.stdout.toString())).toMatchObject({
      jobs_kept: 20_000,
      policies: [{ policy: 'easy', max_wait_s: 19_999 * 50 }],
    });
  });

  it('reads standard input', () => {
    const args = [main, 'replay', '--trace', '-', '--semantics', 'pyss', '--policy', 'fcfs', '--json'];
    const done = spawnSync(process.execPath, args, { input: `; MaxProcs: 1\n${swfLine({ id: 1 })}\n` });
    expect(JSON.parse(done.stdout.toString())).toMatchObject({ trace: '-', jobs_kept: 1 });
  });

  // More than a pipe holds, so that the rest finds nobody.
  it('ends without a word when its reader has gone', () => {
    const windows = Array.from({ length: 800 }, (_, i) => `${i}:10`).join(',');
    const command = `"${process.execPath}" "${main}" replay --trace "${trace}" --semantics pyss --policy easy --window ${windows} | head -n 1`;
    const done = spawnSync('sh', ['-c', command]);
    expect(done.stdout.toString()).toContain('many.swf on 1 processors');
    expect(done.stderr.toString()).toBe('');
  });

  it('starts the server with its own flags, and keeps the exit code of a server that refuses', () => {
    const help = spawnSync(process.execPath, [main, 'serve', '--help']);
    expect(help.status).toBe(0);
    expect(help.stdout.toString()).toContain('TRX_DATA_DIR');
    expect(spawnSync(process.execPath, [main, 'serve', '--port', 'many']).status).toBe(78);
  });

  it('ends with 2 when it does not understand', () => {
    expect(spawnSync(process.execPath, [main, 'reply']).status).toBe(2);
  });
});
