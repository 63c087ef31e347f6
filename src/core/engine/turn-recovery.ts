import type { LogEntry } from '../domain/events.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { TaskType } from '../domain/task-type.ts';
import type { LogStore } from '../ports/log-store.ts';
import type { SchedulingCore, Turn } from '../scheduling/core.ts';

/** Starts that are looked at: about 0.1 s of reading. */
const mostStarts = 10_000;
const perPage = 1_000;

/**
 * Whose turn it is goes on where it stood when the last server ended: each start says in the log how many turns its tenant has had. A tenant whose
 * latest start lies further back goes on where the others are, as one that comes back.
 */
export async function recallTurns(deps: {
  readonly store: LogStore;
  readonly core: SchedulingCore;
  readonly types: readonly TaskType[];
}): Promise<void> {
  const { store, core } = deps;
  /** Types whose entries still count: looking back, they end with the change that let tenants take turns. */
  const open = new Set(deps.types.filter(takesTurns).map(({ name }) => name));
  const found = new Set<string>();
  let before: number | undefined;
  for (let read = 0; read < mostStarts && open.size > 0; read += perPage) {
    const page = await store.log({
      types: ['scheduled', 'type_added', 'type_changed'],
      limit: perPage,
      ...(before === undefined ? {} : { before }),
    });
    for (const entry of page.entries) look(entry);
    before = page.entries.at(-1)?.seq;
    if (!page.hasOlder) return;
  }

  function look({ type, details }: LogEntry): void {
    if (type !== 'scheduled') {
      if (details['between_tenants'] !== 'round_robin') open.delete(String(details['type']));
      return;
    }
    const turn = turnOf(details['turn']);
    if (turn === undefined || !open.has(turn.type)) return;
    const key = JSON.stringify([turn.type, turn.tenant]);
    if (found.has(key)) return;
    found.add(key);
    core.recallTurn(turn);
  }
}

function takesTurns({ betweenTenants }: TaskType): boolean {
  return betweenTenants === 'round_robin';
}

function turnOf(value: Json | undefined): Turn | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { type, tenant, taken } = value as JsonObject & { type?: Json; tenant?: Json; taken?: Json };
  return typeof type === 'string' && typeof tenant === 'string' && typeof taken === 'number' ? { type, tenant, taken } : undefined;
}
