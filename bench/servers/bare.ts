/**
 * What our HTTP side is measured against: bare Fastify with the product's schemas for POST /tasks and nothing else, no store, no plugins, no
 * log. With a folder as argument it also keeps the task, one commit per request: task row, log row and link, as the product writes them.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import Fastify from 'fastify';
import { useStrictValidation } from '../../src/api/plugins/validation.ts';
import { RefTo } from '../../src/api/schemas/common.ts';
import { Task, TaskInput, type TaskInputBody } from '../../src/api/schemas/task.ts';
import { openRawRows } from '../lib/raw-rows.ts';

const [port = '0', folder] = process.argv.slice(2);
const app = Fastify();
useStrictValidation(app);
let seq = 0;

app.get('/health/live', () => ({}));
app.post('/api/v1/tasks', { schema: { body: RefTo(TaskInput), response: { 201: RefTo(Task) } } }, (request, reply) => {
  const body = request.body as TaskInputBody;
  keep(body);
  reply.code(201).header('location', `/api/v1/tasks/${seq}`).send(viewOf(body));
});

const keep = folder === undefined ? () => {} : keepIn(folder);
process.once('SIGTERM', () => process.exit(0));
await app.listen({ port: Number(port), host: '127.0.0.1' });

function keepIn(dataDir: string): (body: TaskInputBody) => void {
  const rows = openRawRows(new Database(join(dataDir, 'tasks.sqlite')), null);
  return () => rows.submit(1);
}

/** One flat literal: spreads would make the route that stores nothing three times as dear, and every ratio against it a lie. */
function viewOf({ type, payload = null, metadata = null }: TaskInputBody): object {
  const at = new Date().toISOString();
  seq++;
  return {
    id: randomUUID(),
    type,
    priority: 5,
    cost: 1,
    region: 'us-east',
    status: 'queued',
    enqueued_at: at,
    started_at: null,
    completed_at: null,
    worker_id: null,
    algorithm_used: null,
    task_metadata: metadata,
    seq,
    tenant: 'default',
    region_mode: 'prefer',
    resource_type: null,
    slots: 1,
    estimate_ms: null,
    deadline: null,
    max_cost: null,
    run_at: null,
    due_at: null,
    timeout_ms: 60_000,
    max_attempts: 3,
    attempt: 0,
    attempts_used: 0,
    pool: null,
    node_id: null,
    initiated_by: 'bench',
    handled_by: null,
    actual_cost: null,
    error: null,
    cancel_requested_at: null,
    retry_of: null,
    version: seq,
    metadata,
    payload,
    result: null,
  };
}
