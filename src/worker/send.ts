import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Send } from './node-api.ts';

/** A poll that waits, a report, a heartbeat and notes. */
const connections = 4;

/**
 * Requests of a node over connections that stay open. `fetch` does the same for five times the work, which is much of what a worker with
 * short tasks has to do.
 * @param headersOf what is sent with each; asked again when the server wants another key
 */
export function createSend(headersOf: () => Readonly<Record<string, string>> = () => ({})): Send {
  let headers = headersOf();
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
        if (status === 401) headers = headersOf();
        resolve({ ok: status >= 200 && status < 300, status, text: () => textOf(answer) });
      });
      request.end(body);
    });
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
