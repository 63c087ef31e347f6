import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checks } from '../../src/cli/conformance/checks.ts';
import type { Finding } from '../../src/cli/conformance/run-checks.ts';
import { trx } from '../helpers/cli.ts';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const node = [process.execPath, path('dist/src/cli/main.js'), 'worker', '--server', '{url}', '--pool', '{pool}', '--id', '{name}'];
const workers = {
  'trx worker': { command: [...node, '--types', 'reverse,wait', '--slots', '2'], lease: '1.5', parts: 3 },
  'examples/worker.sh': { command: ['bash', path('examples/worker.sh'), '{url}', '{pool}', '{name}'], lease: '3', parts: 5 },
};
const names = checks.map(({ name }) => name);

/** Some checks against one worker; all at once they take as long as the slowest part. */
async function conformance(
  command: readonly string[],
  lease: string,
  only: readonly string[],
): Promise<{ code: number; findings: Finding[] }> {
  const flags = ['--lease', lease, '--only', only.join(','), '--json'];
  const { code, out, err } = await trx(['worker-conformance', 'http://127.0.0.1:0', ...flags, '--', ...command]);
  if (out === '') throw new Error(err);
  return { code, findings: JSON.parse(out) };
}

describe.concurrent('the conformance checks pass', () => {
  it.each(Object.entries(workers))('%s', async (_name, { command, lease, parts }) => {
    const lots = Array.from({ length: parts }, (_, part) => names.filter((_, i) => i % parts === part));
    const all = await Promise.all(lots.map((lot) => conformance(command, lease, lot)));
    expect(all.flatMap(({ findings }) => findings).filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(all.map(({ code }) => code)).toEqual(lots.map(() => 0));
  });
});

describe.concurrent('a worker with a fault is found out', () => {
  it.each([
    ['none', names],
    ['wrong JSON', ['register', 'requests']],
    ['no session', ['run', 'requests']],
    ['runs nothing', ['run']],
    ['minds unknown fields', ['unknown-fields']],
    ['reports once', ['repeat']],
    ['runs twice', ['duplicate']],
    ['rare heartbeats', ['heartbeat']],
    ['ignores stops', ['cancel']],
    ['reports what is lost', ['lease-lost']],
    ['forgets what it holds', ['unknown-node']],
    ['never gives up', ['no-renewal']],
    ['hammers', ['no-renewal']],
    ['forgets parts', ['parts']],
    ['ignores SIGTERM', ['drain']],
    ['ends with an error', ['drain']],
    ['stays when replaced', ['replaced']],
  ])('%s', async (fault, failing) => {
    const only = failing.filter((name) => names.includes(name));
    const { code, findings } = await conformance(
      [process.execPath, path('tests/helpers/faulty-worker.mjs'), '{url}', '{pool}', '{name}', fault],
      '1',
      only,
    );
    const failed = findings.filter(({ state }) => state === 'fail');
    const told = failed.map(({ check, says }) => `${check}: ${says}`);
    expect(
      failed.map(({ check }) => check),
      told.join('\n'),
    ).toEqual(fault === 'none' ? [] : failing);
    expect(code).toBe(fault === 'none' ? 0 : 1);
    for (const { says } of failed) expect(says?.length).toBeGreaterThan(10);
  });
});
