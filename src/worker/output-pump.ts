import { open } from 'node:fs/promises';
import type { Ms } from '../core/domain/units.ts';
import type { RunningBundle } from '../core/ports/attempt-files.ts';
import type { Clock } from '../core/ports/clock.ts';
import { type OutputStream, outputStreams } from '../core/ports/task-files.ts';
import type { LeaseFiles } from './lease-files.ts';

/** What is printed within it goes in one piece. */
const gatherMs: Ms = 200;
const pieceBytes = 262_144;

type Paths = Pick<RunningBundle, OutputStream>;

/** Sends what a job prints, as it prints it. */
export interface OutputPump {
  /** There is more. */
  wake(paths: Paths): void;
  /** Sends all there is, asking first how much of it the server has. @throws NodeApiError */
  finish(paths: Paths): Promise<void>;
}

/**
 * The files that are kept of both streams are the truth: pieces are read from them, from where the server says that it needs more. A server
 * that was restarted has nothing and is sent all of it again.
 */
export function createOutputPump(api: LeaseFiles, clock: Clock, lease: string): OutputPump {
  const sent = { stdout: 0, stderr: 0 };
  let armed: (() => void) | undefined;
  let last: Promise<void> = Promise.resolve();

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = last.then(work);
    last = done.catch(() => {}); // it is sent again with what comes next, or at the end
    return done;
  }

  async function sendAll(paths: Paths, isAsked: boolean): Promise<void> {
    for (const stream of outputStreams) {
      if (isAsked && sent[stream] > 0) await sendPiece(stream, sent[stream] - 1, await pieceOf(paths[stream], sent[stream] - 1, 1));
      for (;;) {
        const from = sent[stream];
        const piece = await pieceOf(paths[stream], from, pieceBytes);
        if (piece.length > 0) await sendPiece(stream, from, piece);
        if (sent[stream] <= from) break; // all is sent, or the server takes no more
      }
    }
  }

  async function sendPiece(stream: OutputStream, from: number, piece: Uint8Array): Promise<void> {
    sent[stream] = await api.print(lease, stream, from, piece);
  }

  return {
    wake(paths) {
      armed ??= clock.after(gatherMs, () => {
        armed = undefined;
        inTurn(() => sendAll(paths, false)).catch(() => {});
      });
    },
    finish(paths) {
      armed?.();
      armed = () => {};
      return inTurn(() => sendAll(paths, true));
    },
  };
}

async function pieceOf(path: string, from: number, bytes: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
