import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** Lets a connection be silent for as long as an answer takes. @returns how to bring its limit back, for the requests that follow on it */
export function liftIdleLimit({ socket }: ServerResponse): () => void {
  if (!(socket instanceof Socket)) return () => {}; // an injected request has none
  const { timeout } = socket;
  socket.setTimeout(0);
  return () => {
    if (timeout !== undefined) socket.setTimeout(timeout);
  };
}
