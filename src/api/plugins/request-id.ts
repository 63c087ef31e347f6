import type { IncomingMessage } from 'node:http';

const usable = /^[A-Za-z0-9._:/+=-]{1,128}$/;

/** The client's X-Request-Id where it has one that is safe to log and echo, else one of ours: a mark of this start and a number. */
export function createRequestIds(startMark: string): (message: IncomingMessage) => string {
  let count = 0;
  return (message) => {
    const given = message.headers['x-request-id'];
    if (typeof given === 'string' && usable.test(given)) return given;
    return `${startMark}-${(++count).toString(36)}`;
  };
}
