import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from './network.ts';

const cli = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface WorkerProcess {
  readonly id: string;
  readonly child: ChildProcess;
  output(): string;
  /** Settles with the exit code (`null`: killed) when it is gone. */
  readonly gone: Promise<number | null>;
}

interface WorkerSettings {
  readonly id: string;
  readonly host: Pick<Host, 'server' | 'prefix'>;
  readonly port: number;
  readonly pool: string;
  readonly slots: number;
  /** What it runs, as flags. */
  readonly work: readonly string[];
}

/** `trx worker` from the build. */
export function spawnWorker({ id, host, port, pool, slots, work }: WorkerSettings): WorkerProcess {
  const flags = ['--server', `http://${host.server}:${port}`, '--pool', pool, '--id', id, '--slots', String(slots), '--drain', '5'];
  const [program, ...args] = [...host.prefix, process.execPath, cli, 'worker', '--allow-http', ...flags, ...work];
  const child = spawn(program as string, args, { stdio: ['ignore', 'pipe', 'pipe'] }); // there is at least node itself
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return { id, child, output: () => printed, gone: once(child, 'exit').then(([code]) => code as number | null) };
}

/** What became of one attempt inside a worker, as its handler wrote it down. */
export interface DiaryLine {
  readonly word: 'began' | 'ended' | 'stopped';
  readonly task: string;
  readonly attempt: number;
}

/** Handlers `quick`, and `hold` that works until the gate opens and keeps a diary: what really ran, whatever was reported. */
export function writeHandlers(folder: string, node: string): { readonly handlers: string; diary(): DiaryLine[]; openGate(): void } {
  const [handlers, diary, gate] = [join(folder, `${node}-handlers`), join(folder, `${node}.diary`), join(folder, 'gate')];
  mkdirSync(handlers, { recursive: true });
  writeFileSync(diary, '');
  writeFileSync(join(handlers, 'quick.mjs'), 'export const shared = true;\nexport default (input) => input;\n');
  writeFileSync(
    join(handlers, 'hold.mjs'),
    `import { appendFileSync, existsSync } from 'node:fs';
export const shared = true;
export default (input, { taskId, attempt, signal }) => new Promise((resolve, reject) => {
  const say = (word) => appendFileSync(${JSON.stringify(diary)}, \`\${word} \${taskId} \${attempt}\\n\`);
  const look = setInterval(() => existsSync(${JSON.stringify(gate)}) && end('ended', () => resolve(input)), 20);
  const stop = () => end('stopped', () => reject(new Error('stopped')));
  const end = (word, settle) => {
    clearInterval(look);
    signal.removeEventListener('abort', stop);
    say(word);
    settle();
  };
  say('began');
  signal.addEventListener('abort', stop);
});
`,
  );
  return {
    handlers,
    diary: () =>
      readFileSync(diary, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => {
          const [word, task, attempt] = line.split(' ');
          return { word, task, attempt: Number(attempt) } as DiaryLine; // written by the handler above
        }),
    openGate: () => appendFileSync(gate, ''),
  };
}
