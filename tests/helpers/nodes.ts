import type { Json } from '../../src/core/domain/json.ts';
import type { NodeSpec } from '../../src/core/executors/node/node.ts';
import type { Handed } from '../../src/core/executors/node/nodes.ts';
import { aPool, type SetupOptions, setup } from './engine.ts';

export const nodePool = aPool({ name: 'n', executor: 'node', capacity: 0, simulated: null });

/** An engine with a pool of nodes, and nodes in the hands of the test. A lease is 30 s, a heartbeat is due every 10 s. */
export async function setupNodes(options: SetupOptions = {}) {
  const bench = await setup({ pools: [nodePool], ...options });
  const { engine, answered, pass } = bench;

  function join(id: string, changes: Partial<NodeSpec> = {}, held: readonly string[] = []) {
    const registration = engine.nodes.register({ id, pool: 'n', types: ['*'], slots: 1, runsParts: false, agent: null, ...changes }, held);
    const { session } = registration;
    const poll = (waitMs = 0, most = Number.POSITIVE_INFINITY): Promise<Handed> =>
      engine.nodes.poll(id, session, { most, waitMs, signal: new AbortController().signal });
    return {
      registration,
      session,
      poll,
      beat: (leases: readonly string[] = []) => engine.nodes.heartbeat(id, session, leases),
      /** Leases there are for it now. */
      async fetch(): Promise<string[]> {
        await pass();
        return (await answered(poll())).leases.map((lease) => lease.id);
      },
      succeed: (lease: string, result: Json = null) =>
        answered(engine.nodes.report(id, session, [{ lease, outcome: { kind: 'succeeded', result } }])),
      report: (lease: string, outcome: Parameters<typeof engine.nodes.report>[2][number]['outcome']) =>
        answered(engine.nodes.report(id, session, [{ lease, outcome }])),
    };
  }

  /** Lets time pass while these nodes send what they owe. */
  async function beating(ms: number, ...nodes: { beat(leases: readonly string[]): unknown; leases?: readonly string[] }[]): Promise<void> {
    for (let passed = 0; passed < ms; passed += 5_000) {
      await pass(Math.min(5_000, ms - passed));
      for (const node of nodes) node.beat(node.leases ?? []);
    }
  }

  return { ...bench, join, beating };
}
