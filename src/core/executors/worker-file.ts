import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts the worker thread whose code is `name` beside this module. From sources (tsx, tests) that file is TypeScript, which a thread
 * of Node 20 cannot load by itself; a build never takes that way.
 */
export function startWorker(name: string, options: WorkerOptions): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const file = new URL(`./${name}.${isSource ? 'ts' : 'js'}`, import.meta.url);
  if (!isSource) return new Worker(file, options);
  const tsx = import.meta.resolve('tsx/esm/api');
  const code = `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(file.href)}); })`;
  return new Worker(code, { ...options, eval: true });
}
