/** Calls to the server that gave this page. */

/** @typedef {import('./model/wire.js').Problem} Problem */

/**
 * @typedef {{ ok: true, status: number, data: Readonly<Record<string, unknown>> } | { ok: false, problem: Problem }} Answer
 */

/** So that the log tells what is done here like what forms do without a script. */
const asDashboard = { 'x-trx-client': 'dashboard' };

export const pageType = 'application/vnd.taskrouterx.page+json';

/**
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {unknown} [body]
 * @param {Readonly<Record<string, string>>} [headers]
 * @returns {Promise<Answer>} never rejects: what is not an answer is a problem too
 */
export async function call(method, path, body, headers = {}) {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  try {
    const response = await fetch(`/api/v1${path}`, {
      method,
      headers: { accept: 'application/json', ...asDashboard, ...(body === undefined ? {} : { 'content-type': type }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const data = text === '' ? {} : JSON.parse(text);
    return response.ok ? { ok: true, status: response.status, data } : { ok: false, problem: data };
  } catch {
    return {
      ok: false,
      problem: {
        title: 'Not sent',
        status: 0,
        code: 'unreachable',
        detail: 'The server cannot be reached. Nothing was sent; what you typed is kept.',
      },
    };
  }
}

/**
 * What this page would show if it were opened now.
 * @returns {Promise<{ shell: import('./model/state.js').State['shell'], model: import('./model/state.js').Model } | undefined>} undefined when it cannot be had
 */
export async function readPage() {
  try {
    const response = await fetch(location.href, { headers: { accept: `${pageType}, text/html;q=0.1` } });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
