import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { setupBundles } from '../helpers/bundle-app.ts';
import { type CliOptions, trx } from '../helpers/cli.ts';

async function setup() {
  const app = await setupBundles();
  await app.app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.app.server.closeAllConnections()); // fetch opens another one when a stream is hung up
  const { port } = app.app.server.address() as AddressInfo;
  const env = { TRX_SERVER: `http://127.0.0.1:${port}` };
  return { ...app, env, cli: (args: readonly string[], more: CliOptions = {}) => trx(args, { env, ...more }) };
}

/** Resolves once `wanted` was printed. */
function printing(wanted: string) {
  let done = () => {};
  const seen = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { seen, printed: (out: string) => out.includes(wanted) && done() };
}

const failed = (status: number) => ({
  ...({ kind: 'failed', code: 'exit_status', message: `run.sh ended with exit status ${status}: no`, retryable: false } as const),
});

describe('trx logs', () => {
  it('prints each stream where it belongs, or one of them', async () => {
    const { cli, start, prints, finish } = await setup();
    const id = await start();
    prints(id, 'stdout', 'out ü\n');
    prints(id, 'stderr', 'oops\n');
    expect(await cli(['logs', id])).toEqual({ code: 0, out: 'out ü\n', err: 'oops\n' });
    await finish(id, failed(7));
    expect(await cli(['logs', id, '--stream', 'stderr'])).toEqual({ code: 0, out: '', err: 'oops\n' });
    expect((await cli(['logs', id, '--attempt', '2'])).code).toBe(3);
  });

  it('of several parts prints one, the first where none is named', async () => {
    const { cli, start, prints, finish } = await setup();
    const id = await start({ parts: '2' });
    for (const part of [0, 1]) prints(id, 'stdout', `from ${part}\n`, part);
    const { seen, printed } = printing('from 1');
    const following = cli(['logs', '-f', '--part', '1', id], { printed });
    await seen;
    prints(id, 'stdout', 'and on\n', 1);
    await finish(id);
    expect(await following).toEqual({ code: 0, out: 'from 1\nand on\n', err: '' });
    expect((await cli(['logs', id])).out).toBe('from 0\n');
    expect((await cli(['logs', id, '--part', '2'])).code).toBe(3);
    expect((await cli(['logs', id, '--part', 'x'])).code).toBe(2);
  });

  it('-f prints what is there, what follows, each byte once, and ends with the exit code of run.sh', async () => {
    const { cli, start, prints, finish } = await setup();
    const id = await start();
    prints(id, 'stdout', 'before\n');
    const { seen, printed } = printing('before');
    const following = cli(['logs', '-f', id], { printed });
    await seen;
    prints(id, 'stdout', 'after\n');
    prints(id, 'stderr', 'no\n');
    await finish(id, failed(7));
    const { code, out, err } = await following;
    expect({ code, out }).toEqual({ code: 7, out: 'before\nafter\n' });
    expect(err).toMatch(/^no\nerror: task \d+: run.sh ended with exit status 7: no\n$/);
    expect((await cli(['logs', '-f', id])).code).toBe(7); // also when it has ended before
  });

  it('-f ends with 0 after a success, and with 8 when it was not run.sh that ended it', async () => {
    const { cli, start, finish, call } = await setup();
    const [good, cancelled] = [await start(), await start()];
    const following = [cli(['logs', '-f', good]), cli(['logs', '-f', cancelled])];
    await finish(good);
    await call('DELETE', `/api/v1/tasks/${cancelled}`);
    expect((await Promise.all(following)).map(({ code }) => code)).toEqual([0, 8]);
  });

  it('-f goes on where it stood when the connection is cut', async () => {
    const { cli, start, prints, finish, app } = await setup();
    const id = await start();
    prints(id, 'stdout', 'one\n');
    const { seen, printed } = printing('one');
    const following = cli(['logs', '-f', id], { printed });
    await seen;
    app.server.closeAllConnections();
    prints(id, 'stdout', 'two\n');
    await finish(id);
    const { code, out, err } = await following;
    expect({ code, out }).toEqual({ code: 0, out: 'one\ntwo\n' });
    expect(err).toContain('The connection was cut');
  });

  it('on a terminal shows control characters; elsewhere, and under NO_COLOR, leaves out escape sequences, but with --raw', async () => {
    const { cli, env, start, prints, finish } = await setup();
    const id = await start();
    prints(id, 'stdout', 'a\tb\u001b[2Jc\u0007\n');
    await finish(id);
    expect((await cli(['logs', id], { terminal: true })).out).toBe('a\tb\\u001b[2Jc\\u0007\n');
    expect((await cli(['logs', id], { terminal: true, env: { ...env, NO_COLOR: '1' } })).out).toBe('a\tbc\\u0007\n');
    expect((await cli(['logs', id])).out).toBe('a\tbc\u0007\n');
    expect((await cli(['logs', id, '--raw'])).out).toBe('a\tb\u001b[2Jc\u0007\n');
  });

  it('of a task that printed nothing says why', async () => {
    const { cli, submit } = await setup();
    const { id } = await submit({ type: 'echo', run_at: '2999-01-01T00:00:00Z' });
    expect(await cli(['logs', id])).toMatchObject({ code: 4, err: expect.stringContaining('has not run yet') });
    expect((await cli(['logs', '-f', id, '--attempt', '1'])).code).toBe(2);
    expect((await cli(['logs', id, '--stream', 'x'])).code).toBe(2);
  });
});
