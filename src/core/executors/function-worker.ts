/** The thread's side of the `function` executor: runs handlers, one message per step, and outlives everything they throw. */
import { parentPort, workerData } from 'node:worker_threads';
import { createHandlerContext } from './handler-context.ts';
import { createHandlerLibrary } from './handler-library.ts';
import { describeFailure, toJsonResult } from './handler-result.ts';
import { createOutbox } from './outbox.ts';
import { createStopSwitch, type StopSwitch } from './stop-switch.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';

if (!parentPort) throw new Error('function-worker runs in a worker thread only');
const port = parentPort;
// The parent starts it with exactly this.
const { files, maxResultChars } = workerData as ThreadData;
const library = createHandlerLibrary(files);
const running = new Map<number, StopSwitch>();
const send = createOutbox<FromThread>((messages) => port.postMessage(messages));

port.on('message', (messages: readonly ToThread[]) => messages.forEach(take));
/** A handler that computes tells how far it is before it lets go of the thread. */
const tell = (message: FromThread) => port.postMessage([message]);
send({ kind: 'ready' });

function take(message: ToThread): void {
  if (message.kind === 'run') void run(message);
  else if (message.kind === 'describe') void describe(message.id, message.type);
  else stop(message.id);
}

async function run({ id, type, input, ...attempt }: Extract<ToThread, { kind: 'run' }>): Promise<void> {
  const stop = createStopSwitch();
  running.set(id, stop);
  try {
    const { handler } = await library.get(type);
    const context = createHandlerContext({ id, ...attempt, stop }, tell);
    const result = toJsonResult(await handler(input, context), Math.floor(maxResultChars / attempt.parts));
    send({ kind: 'succeeded', id, result });
  } catch (error) {
    send({ kind: 'failed', id, ...describeFailure(error) });
  } finally {
    running.delete(id);
  }
}

function stop(id: number): void {
  // Gone already: the result and this message crossed.
  running.get(id)?.throw();
  send({ kind: 'stopping', id });
}

async function describe(id: number, type: string): Promise<void> {
  try {
    const { description, shared } = await library.get(type);
    send({ kind: 'described', id, description, shared });
  } catch (error) {
    send({ kind: 'failed', id, ...describeFailure(error) });
  }
}
