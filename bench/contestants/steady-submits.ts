/** A client that submits at a steady rate, whatever the server does, until its parent leaves. */
import { Agent, request } from 'node:http';
import { task } from '../lib/http.ts';

interface Options {
  readonly url: string;
  readonly rate: number;
  readonly seconds: number;
}

const tickMs = 10;

export async function run({ url, rate, seconds }: Options): Promise<{ readonly accepted: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const body = JSON.stringify(task);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  let accepted = 0;
  const submit = () => {
    const post = request(`${url}/api/v1/tasks`, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode === 201) accepted++;
      response.resume();
    });
    post.on('error', () => {}); // the server is stopped under it at the end
    post.end(body);
  };
  let sent = 0;
  const startedMs = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startedMs;
      while (sent < (elapsedMs * rate) / 1_000) {
        submit();
        sent++;
      }
      if (elapsedMs < seconds * 1_000) return;
      clearInterval(timer);
      resolve();
    }, tickMs);
  });
  agent.destroy();
  return { accepted };
}
