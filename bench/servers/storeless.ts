/** Our own HTTP server, whole, in front of an engine that keeps nothing: what is left of a request when the store and the engine are free. */
import { V7Generator } from 'uuidv7';
import { buildServer } from '../../src/api/server.ts';
import type { Task } from '../../src/core/domain/task.ts';
import type { TaskInput } from '../../src/core/domain/task-input.ts';
import type { Engine, Submitted } from '../../src/core/engine/engine.ts';
import { createRandomWords } from '../../src/core/system/random-words.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { createSystemRandom } from '../../src/core/system/system-random.ts';

const [port = '0'] = process.argv.slice(2);
const ids = new V7Generator(createRandomWords());
let seq = 0;

const engine = {
  events: { onEntries: () => () => {}, onChange: () => () => {} },
  health: async () => ({ phase: 'ready', database: true, queue: true, scheduler: true, storage: 'ok' }),
  submit: async (input: TaskInput): Promise<Submitted> => ({ task: taskOf(input), replayed: false }),
};

const app = await buildServer({
  engine: engine as unknown as Engine, // the one route that is asked needs no more
  logger: { info() {}, warn() {}, error: (fields, message) => console.error(message, fields) },
  clock: createSystemClock(),
  random: createSystemRandom(),
  metrics: { text: async () => ({ type: 'text/plain', body: '' }) },
  options: {
    ...{ version: '0', nodeName: 'bench', hosts: [], corsOrigins: [], requireIfMatch: false, currency: '$', auth: 'off' },
    durability: 'full',
  },
});
process.once('SIGTERM', () => process.exit(0));
await app.listen({ port: Number(port), host: '127.0.0.1' });

function taskOf({ type, payload = null, metadata = null }: TaskInput): Task {
  const at = Date.now();
  seq++;
  return {
    seq,
    id: ids.generate().toString(),
    tenant: 'default',
    type,
    status: 'queued',
    priority: 5,
    cost: 1,
    region: 'us-east',
    regions: null,
    regionMode: 'prefer',
    resourceType: null,
    constraints: null,
    slots: 1,
    parts: 1,
    estimateMs: null,
    deadline: null,
    maxCost: null,
    runAt: null,
    timeoutMs: 60_000,
    maxAttempts: 3,
    metadata,
    payload,
    attempt: 0,
    attemptsUsed: 0,
    enqueuedAt: at,
    readyAt: at,
    dueAt: null,
    startedAt: null,
    completedAt: null,
    pool: null,
    placement: null,
    nodeId: null,
    partNodes: null,
    initiatedBy: 'bench',
    handledBy: null,
    algorithmUsed: null,
    actualCost: null,
    result: null,
    error: null,
    cancelRequestedAt: null,
    retryOf: null,
    dependsOn: null,
    version: seq,
  };
}
