import { readdir } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Ms } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import { builtInHandlers } from './built-in-handlers.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';
import { startWorker } from './worker-file.ts';

export interface HandlerInfo {
  readonly description: string;
  readonly shared: boolean;
}

/** Everything the `function` executor can run. */
export interface HandlerSet {
  readonly types: ReadonlyMap<string, HandlerInfo>;
  /** URL of the file of each type that is not built in. */
  readonly files: ReadonlyMap<string, string>;
  /** One sentence for each file that was left out. */
  readonly warnings: readonly string[];
}

/** As the API has it for names of types. */
const typeName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * The built-in handlers and those of `dir`: each `NAME.js` or `NAME.mjs` there is the task type NAME. A file that cannot be used is left
 * out with a warning and harms no other; a folder that does not exist holds none. Files are tried in a thread, since what they
 * do on import is their own affair.
 * @param importMs how long one file may take to be imported
 */
export async function loadHandlers(dir: string, deps: { readonly clock: Clock }, importMs: Ms = 10_000): Promise<HandlerSet> {
  const types = new Map<string, HandlerInfo>(
    Object.entries(builtInHandlers).map(([type, { description, shared }]) => [type, { description, shared }]),
  );
  const files = new Map<string, string>();
  const warnings: string[] = [];

  for (const file of await handlerFiles(dir, warnings)) {
    const type = file.slice(0, -extname(file).length);
    const href = pathToFileURL(resolve(dir, file)).href;
    const refusal = nameRefusal(type, types) ?? (await probe(type, href, deps.clock, importMs));
    if (typeof refusal === 'string') {
      warnings.push(`Handler file ${file} is left out: ${refusal}.`);
      continue;
    }
    types.set(type, refusal);
    files.set(type, href);
  }
  return { types, files, warnings };
}

async function handlerFiles(dir: string, warnings: string[]): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && /\.m?js$/.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT')
      warnings.push(`The handlers folder ${dir} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
    return [];
  }
}

function nameRefusal(type: string, known: ReadonlyMap<string, HandlerInfo>): string | undefined {
  if (!typeName.test(type)) return 'its name must be a task type: a letter or digit, then up to 63 letters, digits, dots, _ and -';
  if (Object.hasOwn(builtInHandlers, type)) return `${type} is a built-in type`;
  if (known.has(type)) return `there is another file for the type ${type}`;
  return undefined;
}

/** Imports the file in a thread of its own. Returns what it is, or what is wrong with it. */
function probe(type: string, href: string, clock: Clock, importMs: Ms): Promise<HandlerInfo | string> {
  const data: ThreadData = { files: new Map([[type, href]]), maxResultChars: 0 };
  const worker = startWorker('function-worker', {
    workerData: data,
    env: {},
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  return new Promise<HandlerInfo | string>((done) => {
    let disarm = () => {};
    worker.on('message', (messages: readonly FromThread[]) => {
      const answer = messages.find(({ kind }) => kind !== 'ready');
      if (answer !== undefined) return done(answerOf(answer));
      // The time counts from here: how long a busy machine takes to start a thread is not the file's fault.
      disarm = clock.after(importMs, () => done(`importing it took longer than ${importMs / 1_000} s`));
    });
    worker.once('error', (error) => done(error instanceof Error ? error.message : String(error)));
    worker.once('exit', () => {
      disarm();
      done('it ended its thread');
    });
    worker.postMessage([{ kind: 'describe', id: 0, type }] satisfies ToThread[]);
  }).finally(() => worker.terminate());
}

function answerOf(message: FromThread): HandlerInfo | string {
  if (message.kind === 'described') return { description: message.description, shared: message.shared };
  return message.kind === 'failed' ? message.message.replace(/\.$/, '') : 'it did not say what it is';
}
