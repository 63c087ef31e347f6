import type { Config } from './config.ts';

export interface Started {
  readonly config: Config;
  readonly url: string;
  readonly algorithm: string;
  /** The port is not the one that clients of the original expect, since that was taken. */
  readonly hasMoved: boolean;
}

/** What a person reads when the server is ready: where to look, and the first thing to try. */
export function readyLines({ config, url, algorithm, hasMoved }: Started): string {
  return [
    ...(hasMoved ? [`Port ${config.port} is in use, so this server is on another one; the original's clients expect ${config.port}.`] : []),
    ...(config.auth === 'off' ? ['Authentication is off: whoever reaches the port can read, submit and change everything.'] : []),
    `TaskRouterX is ready.`,
    `  Dashboard   ${url}/`,
    `  API docs    ${url}/docs`,
    `  Metrics     ${url}/metrics`,
    `  Data        ${config.dataDir}`,
    `  Algorithm   ${algorithm}`,
    `  Try         curl -H 'content-type: application/json' -d '{"type":"hash","payload":"hello"}' ${url}/api/v1/tasks`,
    `  Ctrl-C stops; running tasks get ${drainSeconds} s.`,
    '',
  ].join('\n');
}

/** What running tasks get when the server is told to stop. */
export const drainSeconds = 10;

/** The address as one would type it: an address for "all of this machine" is no address to call. */
export function urlOf(host: string, port: number): string {
  const callable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${callable.includes(':') && !callable.startsWith('[') ? `[${callable}]` : callable}:${port}`;
}
