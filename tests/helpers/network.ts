import { spawnSync } from 'node:child_process';

/** A machine of its own, as far as the network goes. */
export interface Host {
  /** The server's address as this host sees it. */
  readonly server: string;
  /** What a command line begins with to run there. */
  readonly prefix: readonly string[];
  /** Its packets vanish, both ways, without a word to either side. */
  unplug(): void;
  plug(): void;
}

export interface Network {
  readonly hosts: readonly Host[];
  /** Why the hosts share one network and cannot be unplugged; `undefined`: each has its own. */
  readonly why: string | undefined;
  remove(): void;
}

/**
 * `count` network namespaces, each with one cable to this one. Where they cannot be made (no root, no `ip`), hosts on loopback. Addresses are
 * of 198.18.0.0/15, which is set aside for tests of networks (RFC 2544).
 */
export function openNetwork(count: number): Network {
  const third = process.pid % 256;
  const made: string[] = [];
  const remove = () => {
    for (const name of made.splice(0)) spawnSync('ip', ['netns', 'delete', name]); // the cable goes with it
  };
  try {
    const hosts = Array.from({ length: count }, (_, i) => {
      const [name, cable, far] = [`trx${process.pid}-${i}`, `trx${process.pid}v${i}`, `trx${process.pid}w${i}`];
      const [here, there] = [`198.18.${third}.${4 * i + 1}`, `198.18.${third}.${4 * i + 2}`];
      ip('netns', 'add', name);
      made.push(name);
      ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', far);
      ip('link', 'set', far, 'netns', name);
      ip('address', 'add', `${here}/30`, 'dev', cable);
      ip('link', 'set', cable, 'up');
      ip('-n', name, 'address', 'add', `${there}/30`, 'dev', far);
      ip('-n', name, 'link', 'set', far, 'up');
      return {
        ...{ server: here, prefix: ['ip', 'netns', 'exec', name] },
        unplug: () => ip('link', 'set', cable, 'down'),
        plug: () => ip('link', 'set', cable, 'up'),
      };
    });
    return { hosts, why: undefined, remove };
  } catch (error) {
    remove();
    const why = error instanceof Error ? error.message : String(error);
    const cannot = () => {
      throw new Error(`no cable to unplug: ${why}`);
    };
    return { hosts: Array(count).fill({ server: '127.0.0.1', prefix: [], unplug: cannot, plug: cannot }), why, remove };
  }
}

function ip(...args: string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.slice(0, 2).join(' ')}: ${error?.message ?? stderr.trim()}`);
}
