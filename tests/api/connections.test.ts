import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { setup, type TestApp, turns } from '../helpers/app.ts';

/** What only a real connection can do: be slow, be broken, be silent.. */
async function listen(server: TestApp): Promise<() => Promise<{ socket: Socket; text(): string; closed: Promise<void> }>> {
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as { port: number };
  return async () => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', () => {}); // a cut is what these tests are about
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    return { socket, text: () => text, closed };
  };
}

const head = (fields: string) => `POST /api/v1/tasks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${fields}\r\n\r\n`;
const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
const problemIn = (text: string) => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));

describe('a connection', () => {
  it('whose body trickles in is cut after 5 s: 408', async () => {
    const server = await setup();
    const open = await listen(server);
    const [slow, quick] = [await open(), await open()];
    slow.socket.write(head('content-length: 100') + '{"type":');
    quick.socket.write(head('content-length: 15') + '{"type":"echo"}');
    while (!quick.text().includes('\r\n\r\n')) await turns(1);
    expect(statusOf(quick.text())).toBe(201);
    await server.advance(5_000);
    expect(slow.text()).toBe('');
    slow.socket.write('"ec'); // going on slowly does not help
    await server.advance(2_000);
    await slow.closed;
    expect(statusOf(slow.text())).toBe(408);
    expect(problemIn(slow.text())).toMatchObject({ status: 408, code: 'request_timeout', instance: '/api/v1/tasks' });
    expect(slow.text()).toContain('content-type: application/problem+json');
    quick.socket.write('GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n');
    while (!quick.text().includes('"status":"healthy"')) await turns(1);
    expect(server.faults).toEqual([]);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'bad_header'],
    ['a length and chunks', `${head('content-length: 5\r\ntransfer-encoding: chunked')}0\r\n\r\n`, 400, 'bad_header'],
    ['two lengths', head('content-length: 5\r\ncontent-length: 6'), 400, 'bad_header'],
    ['headers of 20 KiB', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, undefined],
    ['two hosts in one', 'GET / HTTP/1.1\r\nhost: localhost, evil.example\r\n\r\n', 421, 'misdirected'],
  ])('that sends %s is refused', async (_, text, status, code) => {
    const server = await setup();
    const open = await listen(server);
    const client = await open();
    client.socket.write(text);
    while (!client.text().includes('\r\n\r\n')) await turns(1);
    expect(statusOf(client.text())).toBe(status);
    if (code !== undefined) expect(problemIn(client.text().split('\r\n0\r\n')[0] ?? '')).toMatchObject({ status, code });
    expect((await server.call('GET', '/health')).statusCode).toBe(200);
  });

  it('that leaves in the middle of a body, or of a wait, does no harm', async () => {
    const server = await setup();
    const open = await listen(server);
    const [body, wait] = [await open(), await open()];
    body.socket.write(head('content-length: 100') + '{"type":');
    wait.socket.write(`${head('prefer: wait=30\r\ncontent-length: 15')}{"type":"hold"}`);
    while (server.executor.held === 0) await turns(1);
    body.socket.destroy();
    wait.socket.destroy();
    await turns(20);
    expect((await server.call('GET', '/api/v1/tasks')).json()).toMatchObject({ total: 1, tasks: [{ status: 'processing' }] });
    expect(server.faults).toEqual([]);
  });

  it('that streams gets its events, and its end when the server stops', async () => {
    const server = await setup();
    const open = await listen(server);
    const client = await open();
    client.socket.write('GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
    while (!client.text().includes('retry: ')) await turns(1);
    await server.submit();
    while (!client.text().includes('event: task.completed')) await turns(1);
    await server.app.close();
    await client.closed;
    expect(client.text().match(/retry: \d+/g)).toHaveLength(2);
  });

  it('is silent for as long as its stream is', async () => {
    const server = await setup();
    const open = await listen(server);
    let limitMs: number | undefined;
    let socket: Socket | undefined;
    server.app.server.on('request', (request: { socket: Socket }) => {
      socket = request.socket;
      limitMs ??= socket.timeout;
    });
    const client = await open();
    client.socket.write('GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n');
    while (!client.text().includes('"status"')) await turns(1);
    client.socket.write('GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
    while (!client.text().includes('retry: ')) await turns(1);
    expect([limitMs, socket?.timeout]).toEqual([15_000, 0]);
  });
});

describe('limits of the server', () => {
  it('are those that keep slow clients out', async () => {
    const { app } = await setup({ server: { maxConnections: 7 } });
    expect(app.server).toMatchObject({ headersTimeout: 4_000, requestTimeout: 120_000, timeout: 15_000, maxConnections: 7 });
  });
});
