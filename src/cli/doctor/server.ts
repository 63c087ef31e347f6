import type { CliIo } from '../io.ts';
import { serverAddress } from '../server/address.ts';
import type { Check } from './check.ts';

const answerMs = 3_000;

/** Whether a server answers, and takes work. None is no fault: it may not have been started. */
export function serverCheck(flag: string | undefined, io: Pick<CliIo, 'env' | 'err' | 'fetch'>): Check {
  return async () => {
    const { origin } = serverAddress(flag, io);
    const response = await io
      .fetch(new URL('/health/ready?verbose', origin), { signal: AbortSignal.timeout(answerMs) })
      .catch(() => undefined);
    if (response === undefined)
      return { check: 'server', state: 'warn', says: `nobody answers at ${origin}`, cure: './start.sh starts one' };
    const lines = (await response.text()).trim().split('\n');
    if (response.ok) return { check: 'server', state: 'ok', says: `${origin} takes work` };
    const failing = lines.filter((line) => !line.endsWith(' ok')).join(', ');
    return { check: 'server', state: 'fail', says: `${origin} takes no work: ${failing}`, cure: "look at the server's own output" };
  };
}
