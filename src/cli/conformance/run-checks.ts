import type { Check, CheckDeps } from './checks.ts';
import { CheckFailed, CheckSkipped, openFarEnd } from './far-end.ts';
import { type Life, startLife } from './life.ts';

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'fail' | 'skip';
  readonly rule: string;
  /** What was wrong, or why it was not asked. */
  readonly says: string | null;
}

export interface ChecksOptions extends Pick<CheckDeps, 'leaseMs' | 'heartbeatMs' | 'quick' | 'slow'> {
  readonly address: URL;
  /** Starts the worker; `{url}`, `{pool}` and `{name}` in it are filled in. Empty: somebody else does. */
  readonly command: readonly string[];
  /** Where it listens now. */
  readonly ready: (url: string) => void;
}

const wellFormed = { check: 'requests', rule: 'sends requests as the protocol has them' };

/** Puts a worker through checks, one after the other; after one that failed it is started afresh. */
export async function* runChecks(checks: readonly Check[], options: ChecksOptions): AsyncGenerator<Finding> {
  const { address, command, leaseMs, heartbeatMs, quick, slow, ready } = options;
  const far = await openFarEnd(address, { leaseMs, heartbeatMs });
  let life: Life | undefined;
  let lives = 0;
  ready(far.url);
  const start = () => {
    const name = `conformance-${++lives}`;
    return startLife(
      command.map((text) => text.replaceAll('{url}', far.url).replaceAll('{pool}', 'conformance').replaceAll('{name}', name)),
    );
  };
  try {
    for (const { name: check, rule, endsIt, run } of checks) {
      if (endsIt && command.length === 0) {
        yield { check, rule, state: 'skip', says: 'it ends the worker: give its command after --' };
        continue;
      }
      far.begin();
      if (command.length > 0) life ??= start();
      const found = await foundIn(
        Promise.race([run({ far, leaseMs, heartbeatMs, quick, slow, life }), ...(endsIt ? [] : [tooEarly(life)])]),
        life,
      );
      yield { check, rule, ...found };
      if (found.state !== 'fail' && !endsIt) continue;
      await life?.kill();
      life = undefined;
    }
    const wrong = [...new Set(far.wrong)];
    yield { ...wellFormed, state: wrong.length === 0 ? 'ok' : 'fail', says: wrong.length === 0 ? null : wrong.join('; ') };
  } finally {
    await life?.kill();
    await far.close();
  }
}

async function foundIn(running: Promise<unknown>, life: Life | undefined): Promise<Pick<Finding, 'state' | 'says'>> {
  try {
    await running;
    return { state: 'ok', says: null };
  } catch (error) {
    if (error instanceof CheckSkipped) return { state: 'skip', says: error.message };
    if (!(error instanceof CheckFailed)) throw error;
    const printed = life?.printed().trim() ?? '';
    const says = printed === '' ? error.message : `${error.message}. It printed: ${printed.split('\n').slice(-3).join(' / ')}`;
    return { state: 'fail', says };
  }
}

/** Rejects when the worker ends before its time. */
async function tooEarly(life: Life | undefined): Promise<never> {
  if (life === undefined) return new Promise(() => {});
  const code = await life.gone;
  throw new CheckFailed(`it ended with ${code === null ? 'a signal' : `exit code ${code}`}`);
}
