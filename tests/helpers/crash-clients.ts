import { createSeededRandom, type SeededRandom } from '../../src/core/replay/seeded-random.ts';

/** What clients know after a run: the only witness of what the server promised. */
export interface Ledger {
  /** Ids answered 201 (or 200 in a batch). */
  readonly acknowledged: Set<string>;
  /** Requests whose answer was lost: key and body, to be sent again. */
  readonly unknown: Map<string, unknown>;
  /** Key to the id it was answered with. */
  readonly byKey: Map<string, string>;
  /** Ids whose cancel was answered 204 or 202. */
  readonly cancelled: Set<string>;
  /** Answers no client should ever see. */
  readonly surprises: string[];
}

export function newLedger(): Ledger {
  return { acknowledged: new Set(), unknown: new Map(), byKey: new Map(), cancelled: new Set(), surprises: [] };
}

const kinds = [
  { type: 'order', priority: 5, cost: 1, region: 'us-east' },
  { type: 'query', priority: 9, cost: 2.5, region: 'eu-west' },
  { type: 'hash', payload: 'hello' },
  { type: 'sum', payload: [1, 2, 3] },
];

/** Submits singly and in batches and cancels some, as fast as it is answered, until the server is gone. Every submit has a key. */
export async function runClient(url: string, name: string, ledger: Ledger): Promise<void> {
  const random = createSeededRandom(name);
  const mine: string[] = [];
  for (let i = 0; ; i++) {
    const dice = random.next();
    const answered =
      dice < 0.7
        ? await submitOne(url, `${name}-${i}`, random, ledger, mine)
        : dice < 0.85
          ? await submitBatch(url, `${name}-${i}`, random, ledger, mine)
          : await cancelOne(url, random, ledger, mine);
    if (!answered) return;
  }
}

async function submitOne(url: string, key: string, random: SeededRandom, ledger: Ledger, mine: string[]): Promise<boolean> {
  const body = kinds[random.uint32() % kinds.length];
  return submitWith(url, key, body, ledger, mine);
}

/** @returns false when the server is gone; the outcome is unknown then. */
export async function submitWith(url: string, key: string, body: unknown, ledger: Ledger, mine: string[] = []): Promise<boolean> {
  const answer = await post(`${url}/api/v1/tasks`, body, { 'idempotency-key': key });
  if (answer === undefined) {
    ledger.unknown.set(key, body);
    return false;
  }
  const { id } = answer.body as { id: string };
  if (answer.status === 201) acknowledge(ledger, key, id, mine);
  else if (answer.status !== 503) ledger.surprises.push(`${answer.status} ${JSON.stringify(answer.body)}`);
  return true;
}

async function submitBatch(url: string, key: string, random: SeededRandom, ledger: Ledger, mine: string[]): Promise<boolean> {
  const items = Array.from({ length: 20 }, (_, i) => ({ ...kinds[random.uint32() % kinds.length], idempotency_key: `${key}-${i}` }));
  const answer = await post(`${url}/api/v1/tasks/batch`, items, {});
  if (answer === undefined) {
    for (const { idempotency_key, ...body } of items) ledger.unknown.set(idempotency_key, body);
    return false;
  }
  if (answer.status === 200) {
    for (const [i, { id }] of (answer.body as { results: { id: string }[] }).results.entries())
      acknowledge(ledger, `${key}-${i}`, id, mine);
  } else if (answer.status !== 503) ledger.surprises.push(`batch ${answer.status} ${JSON.stringify(answer.body)}`);
  return true;
}

async function cancelOne(url: string, random: SeededRandom, ledger: Ledger, mine: readonly string[]): Promise<boolean> {
  const id = mine[random.uint32() % Math.max(1, mine.length)];
  if (id === undefined) return true;
  const answer = await fetch(`${url}/api/v1/tasks/${id}`, { method: 'DELETE' }).catch(() => undefined);
  if (answer === undefined) return false;
  await answer.arrayBuffer().catch(() => undefined);
  if (answer.status === 204 || answer.status === 202) ledger.cancelled.add(id);
  else if (![409, 503].includes(answer.status)) ledger.surprises.push(`cancel ${answer.status}`);
  return true;
}

function acknowledge(ledger: Ledger, key: string, id: string, mine: string[]): void {
  const before = ledger.byKey.get(key);
  if (before !== undefined && before !== id) ledger.surprises.push(`key ${key} gave ${before}, then ${id}`);
  ledger.acknowledged.add(id);
  ledger.byKey.set(key, id);
  mine.push(id);
}

async function post(url: string, body: unknown, headers: Record<string, string>): Promise<{ status: number; body: unknown } | undefined> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return undefined; // cut off: the answer is unknown
  }
}
