import type { ListedKey } from '../../core/engine/keyring.ts';
import type { ApiDeps } from '../deps.ts';
import type { Sink } from './sink.ts';

/**
 * A stream outlives the request that opened it, and must not outlive the right to it: nothing more is written to one whose key was removed or is
 * over, or that was opened when nobody needed a key and somebody has made one since. The heartbeat ends it where nothing else is written.
 */
export function admittedSink(sink: Sink, key: ListedKey | null, { auth, options }: Pick<ApiDeps, 'auth' | 'options'>): Sink {
  if (auth === undefined || options.auth === 'off') return sink;
  const { keys } = auth;
  const isAdmitted = () => (key === null ? keys.size === 0 : keys.isOpen(key.prefix));
  return {
    ...sink,
    get buffered() {
      return sink.buffered;
    },
    get isFull() {
      return sink.isFull;
    },
    write(text) {
      if (isAdmitted()) sink.write(text);
      else sink.end();
    },
  };
}
