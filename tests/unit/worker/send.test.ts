import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSend } from '../../../src/worker/send.ts';

const open = new Set<() => void>();
afterEach(() => {
  for (const close of open) close();
  open.clear();
});

/** A server that lets in who has the key `right`, and says `refusal` to all others. */
async function setup(refusal: 401 | 403, read: () => string) {
  const heard: (string | undefined)[] = [];
  const warnings: string[] = [];
  const server = createServer(({ headers: { authorization } }, reply) => {
    heard.push(authorization);
    reply.writeHead(authorization === 'right' ? 200 : refusal).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.add(() => {
    server.closeAllConnections();
    server.close();
  });
  const send = createSend(
    () => ({ authorization: read() }),
    (error) => warnings.push((error as Error).message),
  );
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const ask = async () => {
    const { status, text } = await send(url, { method: 'GET', headers: {} });
    await text(); // and its connection is free for the next
    return status;
  };
  return { heard, warnings, ask };
}

describe('the key that a worker sends', () => {
  it.each([401, 403] as const)('is read again when the server answers %i, and the next request has it', async (refusal) => {
    let key = 'wrong';
    const { ask } = await setup(refusal, () => key);
    expect(await ask()).toBe(refusal);
    key = 'right';
    expect([await ask(), await ask()]).toEqual([refusal, 200]);
  });

  it('stays what it was while it cannot be read, which is told once, and is the new one as soon as it can', async () => {
    let read = () => 'wrong';
    const { ask, heard, warnings } = await setup(401, () => read());
    await ask();
    read = () => {
      throw new Error('no such file');
    };
    expect([await ask(), await ask()]).toEqual([401, 401]);
    read = () => 'of two\nlines';
    await ask();
    expect(warnings).toEqual(['no such file']);
    read = () => 'right';
    expect([await ask(), await ask()]).toEqual([401, 200]);
    expect(heard.slice(0, -1)).toEqual(Array(5).fill('wrong'));
  });
});
