import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts the worker thread whose code is `name` beside a module, this one unless another is given by its URL. From sources (tsx, tests)
 * that file is TypeScript, which a thread of Node 20 cannot load by itself; a build never takes that way.
 */
export function startWorker(name: string, options: WorkerOptions, beside: string = import.meta.url): Worker {
  const isSource = beside.endsWith('.ts');
  const file = new URL(`./${name}.${isSource ? 'ts' : 'js'}`, beside);
  if (!isSource) return new Worker(file, options);
  const tsx = import.meta.resolve('tsx/esm/api');
  const code = `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(file.href)}); })`;
  return new Worker(code, { ...options, eval: true });
}
