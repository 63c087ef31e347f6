import type { Engine } from '../../core/engine/engine.ts';
import { type OutputPiece, outputStreams, type Readable } from '../../core/ports/task-files.ts';
import { anyone } from '../caller.ts';
import type { Bundles } from '../deps.ts';
import type { Format } from './frames.ts';
import type { Sink } from './sink.ts';
import { maxBuffered } from './stream.ts';

interface OutputDeps {
  readonly engine: Pick<Engine, 'task'>;
  readonly bundles: Bundles;
  readonly failed: (error: unknown) => void;
}

/** What is followed. */
export interface Printing {
  readonly task: string;
  /** 0, where a task has only one. */
  readonly part: number;
}

/**
 * Puts what a bundle prints into a live stream: what is there already, then each piece as it is written. Frames have no id; a client that
 * comes back gets everything anew and goes by `attempt` and `offset`. Whether it may see the task was asked before.
 */
export function followOutput({ engine, bundles, failed }: OutputDeps, sink: Sink, format: Format, { task, part }: Printing): void {
  let early: OutputPiece[] | undefined = [];
  /** Bytes sent of the attempt, by stream. */
  const sent = { attempt: 0, stdout: 0, stderr: 0 };
  const stop = bundles.output.on(task, (piece) => {
    if (piece.part !== part) return;
    if (early === undefined) tell(piece);
    else early.push(piece);
  });
  sink.onClose(stop);
  catchUp().catch((error: unknown) => {
    failed(error);
    sink.cut();
  });

  async function catchUp(): Promise<void> {
    const known = await engine.task(task, anyone);
    const found = known === undefined || part >= known.parts ? undefined : await bundles.files.of(known, undefined, part);
    if (found !== undefined) {
      sent.attempt = found.attempt;
      for (const stream of outputStreams) {
        const text = await textOf(await found.output(stream));
        if (text !== '') send({ task, attempt: found.attempt, part, stream, offset: 0, text });
        sent[stream] = Buffer.byteLength(text);
      }
    }
    const missed = early ?? [];
    early = undefined;
    for (const piece of missed) tell(piece);
  }

  function tell(piece: OutputPiece): void {
    if (piece.attempt < sent.attempt) return;
    if (piece.attempt > sent.attempt) Object.assign(sent, { attempt: piece.attempt, stdout: 0, stderr: 0 });
    if (piece.offset < sent[piece.stream]) return;
    send(piece);
  }

  function send({ attempt, stream, offset, text }: OutputPiece): void {
    sink.write(format.state('output', JSON.stringify({ task_id: task, attempt, part, stream, offset, text })));
    if (sink.buffered > 3 * maxBuffered) sink.cut();
  }
}

async function textOf(file: Readable): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
