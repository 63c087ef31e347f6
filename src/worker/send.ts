import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp, validateHeaderValue } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Send } from './node-api.ts';

/** A poll that waits, a report, a heartbeat and notes. */
const connections = 4;

type Headers = Readonly<Record<string, string>>;

/**
 * Requests of a node over connections that stay open. `fetch` does the same for five times the work, which is much of what a worker with
 * short tasks has to do.
 * @param headersOf what is sent with each; asked again when the server wants a key, or another one
 * @param unreadable told once when they cannot be read again: those of before are sent until they can
 * @throws what `headersOf` throws at first: nothing runs yet
 */
export function createSend(headersOf: () => Headers = () => ({}), unreadable: (error: unknown) => void = () => {}): Send {
  let headers = headersOf();
  let isUnreadable = false;
  const options = { keepAlive: true, maxSockets: connections };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };

  return (url, { method, headers: more, body, signal }) =>
    new Promise((resolve, reject) => {
      const all = { ...headers, ...more, ...(body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` }) };
      const isSecure = url.protocol === 'https:';
      const given = { method, headers: all, ...(signal === undefined ? {} : { signal }) };
      const request: ClientRequest = isSecure
        ? requestHttps(url, { ...given, agent: agents['https:'] })
        : requestHttp(url, { ...given, agent: agents['http:'] });
      request.once('error', reject);
      request.once('response', (answer) => {
        const { statusCode: status = 0 } = answer;
        // 403 is said of a key with another role, and also of a lease of another node: then the file is read for nothing.
        if (status === 401 || status === 403) readAgain();
        resolve({ ok: status >= 200 && status < 300, status, text: () => textOf(answer) });
      });
      request.end(body);
    });

  /** What is thrown here would end the process, and all that runs in it. */
  function readAgain(): void {
    try {
      const read = headersOf();
      for (const [name, value] of Object.entries(read)) validateHeaderValue(name, value); // with another no request would leave
      headers = read;
      isUnreadable = false;
    } catch (error) {
      if (!isUnreadable) unreadable(error);
      isUnreadable = true;
    }
  }
}

function textOf(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (piece: string) => {
      text += piece;
    });
    answer.once('end', () => resolve(text));
    answer.once('error', reject);
    answer.once('close', () => answer.complete || reject(new Error('the connection was closed')));
  });
}
