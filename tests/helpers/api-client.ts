import { breath } from './server-process.ts';

/** The few calls that tests with a real server make, as a program would make them. */
export interface ApiClient {
  get(path: string): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
  submit(body: unknown): Promise<Record<string, unknown>>;
  /** Asks again and again until `holds`. */
  until(path: string, holds: (body: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
}

export function apiClient(url: string): ApiClient {
  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  return {
    get: (path) => send('GET', path),
    send,
    async submit(body) {
      const answer = await send('POST', '/api/v1/tasks', body);
      if (answer.status !== 201) throw new Error(`submit: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    async until(path, holds) {
      for (;;) {
        const { body } = await send('GET', path);
        if (holds(body)) return body;
        await breath();
      }
    },
  };
}
