import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../deps.ts';

/** Who works here without a key and would be shut out by the first one. */
export interface Keyless {
  /** Names of worker nodes. */
  readonly nodes: readonly string[];
  /** Browsers and programs that follow the live feed. */
  readonly streams: number;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** `null` where keys are wanted already, or never. */
    keyless(): Keyless | null;
  }
}

export function useKeyless(
  app: FastifyInstance,
  { auth, options, engine }: Pick<ApiDeps, 'auth' | 'options' | 'engine'>,
  hub: { readonly streams: number },
): void {
  app.decorate('keyless', () => {
    if (auth === undefined || options.auth === 'off' || auth.keys.size > 0) return null;
    const nodes = engine.nodes.all().filter(({ state }) => state !== 'lost');
    return { nodes: nodes.map(({ id }) => id), streams: hub.streams };
  });
}
