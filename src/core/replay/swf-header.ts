import { TraceError } from './trace-error.ts';

/** Adds the entry of a comment line such as ` MaxProcs: 128`, without its semicolon. The first of a name counts. */
export function addSwfHeader(bytes: Uint8Array, headers: Map<string, string>): void {
  const text = String.fromCharCode(...bytes.subarray(0, 1_000));
  const [, name, value] = /^;?\s*([A-Za-z][\w ]*?)\s*:\s*(.*?)\s*$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined && !headers.has(name)) headers.set(name, value);
}

/**
 * Processors of the machine: what was asked for, else `MaxProcs`, else `MaxNodes` with one processor per node.
 * @throws TraceError when nothing tells
 */
export function machineSize(headers: ReadonlyMap<string, string>, asked?: number): number {
  if (asked !== undefined) return asked;
  for (const name of ['MaxProcs', 'MaxNodes']) {
    const value = Number.parseInt(headers.get(name) ?? '', 10);
    if (value > 0) return value;
  }
  throw new TraceError('the header has neither MaxProcs nor MaxNodes: say how many processors the machine has with --procs');
}
