import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { programPath } from './processes.ts';
import { withFolder } from './temp.ts';

export interface Load {
  readonly url: string;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  /** Answered with 2xx. */
  readonly requests: number;
  readonly requestsPerSecond: number;
}

/** wrk takes about 11 us a request and autocannon about 40: on two cores autocannon is itself the limit above 15,000 requests/s. */
export function loadGenerator(): 'wrk' | 'autocannon' {
  return programPath('wrk') === undefined ? 'autocannon' : 'wrk';
}

/** POSTs `body` from so many connections, each sending again when it was answered. @throws Error when one was not answered, or none with 2xx. */
export function post(load: Load): Promise<LoadResult> {
  return loadGenerator() === 'wrk' ? postWithWrk(load) : postWithAutocannon(load);
}

function postWithWrk({ url, body, connections, seconds }: Load): Promise<LoadResult> {
  return withFolder(async (folder) => {
    const script = join(folder, 'post.lua');
    const text = JSON.stringify(body).replaceAll(/\\u([0-9a-f]{4})/g, '\\u{$1}'); // Lua reads JSON's other escapes as they are
    writeFileSync(script, `wrk.method = 'POST'\nwrk.headers['content-type'] = 'application/json'\nwrk.body = ${text}\n`);
    const output = await outputOf('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url]);
    const errors = /Socket errors: .*/.exec(output);
    const [, requests, taken, unit] = /(\d+) requests in ([\d.]+)(m|s),/.exec(output) ?? [];
    if (errors !== null || requests === undefined) throw new Error(`${url}: wrk said ${output}`);
    const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0);
    return answered(url, Number(requests), refused, Number(taken) * (unit === 'm' ? 60 : 1));
  });
}

function outputOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
    });
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}

async function postWithAutocannon({ url, body, connections, seconds }: Load): Promise<LoadResult> {
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections,
    duration: seconds,
  });
  if (result.errors + result.timeouts > 0) throw new Error(`${url}: ${result.errors + result.timeouts} requests were not answered`);
  return answered(url, result.requests.total, result.non2xx, result.duration);
}

/** A server that sheds load on a busy machine is measured by what it took; that it did is said. */
function answered(url: string, requests: number, refused: number, seconds: number): LoadResult {
  if (refused > 0) console.error(`${url} refused ${refused} of ${requests} requests`);
  if (refused === requests) throw new Error(`${url} took no request`);
  return { requests: requests - refused, requestsPerSecond: (requests - refused) / seconds };
}
