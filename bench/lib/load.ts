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
  readonly requests: number;
  readonly requestsPerSecond: number;
}

/** wrk takes about 11 us a request and autocannon about 40: on two cores autocannon is itself the limit above 15,000 requests/s. */
export function loadGenerator(): 'wrk' | 'autocannon' {
  return programPath('wrk') === undefined ? 'autocannon' : 'wrk';
}

/** POSTs `body` from so many connections, each sending again when it was answered. @throws Error when an answer was not 2xx. */
export function post(load: Load): Promise<LoadResult> {
  return loadGenerator() === 'wrk' ? postWithWrk(load) : postWithAutocannon(load);
}

function postWithWrk({ url, body, connections, seconds }: Load): Promise<LoadResult> {
  return withFolder(async (folder) => {
    const script = join(folder, 'post.lua');
    const text = JSON.stringify(body).replaceAll(/\\u([0-9a-f]{4})/g, '\\u{$1}'); // Lua reads JSON's other escapes as they are
    writeFileSync(script, `wrk.method = 'POST'\nwrk.headers['content-type'] = 'application/json'\nwrk.body = ${text}\n`);
    const output = await outputOf('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url]);
    const bad = /Non-2xx or 3xx responses: (\d+)/.exec(output) ?? /Socket errors: .*/.exec(output);
    if (bad !== null) throw new Error(`${url}: ${bad[0]}`);
    const [, requests, taken, unit] = /(\d+) requests in ([\d.]+)(m|s),/.exec(output) ?? [];
    if (requests === undefined) throw new Error(`wrk said: ${output}`);
    return { requests: Number(requests), requestsPerSecond: Number(requests) / (Number(taken) * (unit === 'm' ? 60 : 1)) };
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
  const bad = result.non2xx + result.errors + result.timeouts;
  if (bad > 0) throw new Error(`${url}: ${bad} requests were not answered with 2xx`);
  return { requests: result.requests.total, requestsPerSecond: result.requests.total / result.duration };
}
