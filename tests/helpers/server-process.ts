import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** Settles with the exit code (`null`: killed) when it is gone. */
  exited(): Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ServerOptions {
  readonly dataDir: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** A folder of its own for one test, and how to remove it. */
export function tempFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `trx-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * A port that nobody has and nobody else will be given: below those that systems hand to clients and to servers that ask for any (Linux: from 32,768),
 * and of a range of this test worker's own. One of those could be taken by another test before the server that it is meant for has it.
 */
export async function freePort(): Promise<number> {
  const first = 10_000 + (Number(process.env['VITEST_POOL_ID'] ?? 0) % 20) * portsOfWorker;
  for (let tries = 0; tries < portsOfWorker; tries++) {
    const port = first + (portsGiven++ % portsOfWorker);
    if (await isFree(port)) return port;
  }
  throw new Error('no port');
}

const portsOfWorker = 1_000;
/** Each worker process begins somewhere else: what ran there before may still be closing. */
let portsGiven = process.pid;

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const isListening = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!isListening) return false;
  server.close();
  await once(server, 'close');
  return true;
}

/** The real server as a process of its own, from the build. Does not wait until it is ready. */
export async function spawnServer(options: ServerOptions): Promise<ServerProcess> {
  const port = options.port ?? (await freePort());
  const child = spawn(process.execPath, [join(root, 'dist/src/main.js'), ...(options.args ?? [])], {
    cwd: options.dataDir,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      TRX_PORT: String(port),
      TRX_DATA_DIR: options.dataDir,
      TRX_LOG_LEVEL: 'warn',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const gone = once(child, 'exit').then(([code]) => code as number | null);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    child,
    output: () => printed,
    exited: () => gone,
    kill(signal) {
      child.kill(signal);
      return gone;
    },
  };
}

/** @returns ms from the call until `/health/ready` said 200. @throws Error with what it printed when it ended instead. */
export async function untilReady(server: ServerProcess): Promise<number> {
  const started = performance.now();
  let ended = false;
  void server.exited().then(() => {
    ended = true;
  });
  for (;;) {
    if (ended) throw new Error(`the server ended instead of starting:\n${server.output()}`);
    const answer = await fetch(`${server.url}/health/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return performance.now() - started;
    await breath(); // asked without end, it would take the processor that the server needs to start
  }
}

/** Between two questions to another process. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const server = await spawnServer(options);
  await untilReady(server);
  return server;
}
