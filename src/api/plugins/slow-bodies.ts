import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../core/ports/clock.ts';
import { rawProblem } from '../raw-problem.ts';

const sweepMs = 1_000;
/** Sweeps a body may take: 5 s. Node.js has one limit for a request as a whole, and that must leave room for large uploads. */
const maxSweeps = 5;

/** An upload may take longer while it comes at this pace on average, in bytes a sweep. */
const uploadPace = 16_384;

/** What a connection is reading, for how many sweeps already, and where it began. */
interface Reading {
  message: IncomingMessage;
  sweeps: number;
  bytesBefore: number;
}

/**
 * Cuts connections whose body trickles in. One sweep a second over the open connections instead of a timer per request: a request costs two
 * assignments, and the list is bounded by `maxConnections`.
 */
export function watchSlowBodies(server: Server, clock: Clock): { close(): void } {
  const readings = new Map<Socket, Reading>();
  let disarm = clock.after(sweepMs, sweep);

  server.on('connection', (socket: Socket) => socket.once('close', () => readings.delete(socket)));
  server.on('request', (message: IncomingMessage) => {
    const reading = readings.get(message.socket);
    if (reading === undefined) readings.set(message.socket, { message, sweeps: 0, bytesBefore: message.socket.bytesRead });
    else if (reading.message !== message) {
      reading.message = message;
      reading.sweeps = 0;
      reading.bytesBefore = message.socket.bytesRead;
    }
  });

  function sweep(): void {
    for (const [socket, reading] of readings) {
      if (reading.message.complete) reading.sweeps = 0;
      else if (++reading.sweeps > maxSweeps && !isUnderWay(socket, reading)) cut(socket, reading.message);
    }
    disarm = clock.after(sweepMs, sweep);
  }

  return { close: () => disarm() };
}

function isUnderWay(socket: Socket, { message, sweeps, bytesBefore }: Reading): boolean {
  return uploadRoutes.test(message.url ?? '') && socket.bytesRead - bytesBefore > sweeps * uploadPace;
}
const uploadRoutes = /^\/(?:api\/v1\/(?:jobs(?:\/batch)?|replays|nodes\/[^/]+\/leases\/[^/]+\/files)|replays)(?:[?]|$)/;

function cut(socket: Socket, message: IncomingMessage): void {
  socket.end(rawProblem('request_timeout', 'The body did not arrive within 5 s.', message.url));
  socket.destroySoon();
}
