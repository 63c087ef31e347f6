import { describe, expect, it } from 'vitest';
import { admittedSink } from '../../../src/api/live/admitted-sink.ts';
import type { Sink } from '../../../src/api/live/sink.ts';
import { createKeyring, type ListedKey } from '../../../src/core/engine/keyring.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { createSecrets } from '../../../src/core/system/secrets.ts';
import { createMemoryStore } from '../../../src/store/memory/memory-store.ts';
import { testOptions } from '../../helpers/app.ts';
import { silent } from '../../helpers/engine.ts';

async function setup() {
  const virtual = createVirtualClock();
  const clock: Clock = { ...virtual, soon: (fn) => void setImmediate(fn) };
  const keys = createKeyring({ store: createMemoryStore({ clock, logger: silent }), clock, secrets: createSecrets() });
  const add = async (name: string, role: 'admin' | 'read', expiresAt: number | null = null) =>
    (await keys.add({ name, role, tenant: null, pool: null, expiresAt }, 'test')).listed;
  const open = (key: ListedKey | null, auth: 'off' | 'keys' = 'keys') => {
    const heard: string[] = [];
    const sink = { buffered: 0, isFull: false, write: (text) => heard.push(text), end: () => heard.push('end') } as Partial<Sink> as Sink;
    const rest = { sessions: undefined as never, guesses: undefined as never }; // a sink asks for keys alone
    const admitted = admittedSink(sink, key, { auth: { keys, ...rest }, options: { ...testOptions, auth } });
    return { heard, tell: () => admitted.write('news') };
  };
  return { virtual, keys, add, open };
}

describe('a live stream', () => {
  it('ends with the first key when it was opened without one', async () => {
    const { add, open } = await setup();
    const [stream, unguarded] = [open(null), open(null, 'off')];
    stream.tell();
    await add('me', 'admin');
    for (const each of [stream, unguarded]) each.tell();
    expect([stream.heard, unguarded.heard]).toEqual([['news', 'end'], ['news']]);
  });

  it('ends with its key, when that is removed or over, and goes on with every other', async () => {
    const { virtual, keys, add, open } = await setup();
    const admin = await add('me', 'admin');
    const removed = await add('gone', 'read');
    const streams = [open(admin), open(removed), open(await add('short', 'read', virtual.now() + 1_000))];
    await keys.remove(removed.prefix, 'test');
    await virtual.settleTo(2_000, async () => {});
    for (const stream of streams) stream.tell();
    expect(streams.map(({ heard }) => heard)).toEqual([['news'], ['end'], ['end']]);
  });

  it('is no use of its key: what it writes says nothing of when somebody came with it', async () => {
    const { keys, add, open } = await setup();
    const { heard, tell } = open(await add('me', 'admin'));
    tell();
    expect([heard, keys.all()[0]?.lastUsedAt]).toEqual([['news'], null]);
  });
});
