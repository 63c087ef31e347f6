import type { Command } from 'commander';
import type { PoolBody } from '../../api/schemas/pool.ts';
import { mostCapacity } from '../../core/domain/pool.ts';
import { numberBetween } from '../number-between.ts';
import { presentFields, presentRows } from '../output/present.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

/** `trx pools`: what there is, and the two changes that are wanted at night. */
export const pools: CliCommand = {
  addTo(program: Command, io) {
    const group = withServer(
      program.command('pools').summary('list pools; pause, resume and resize them').description('Lists pools, or changes one.'),
    );
    withServer(group.command('ls', { isDefault: true }).description('Lists pools with what runs there.')).action(
      async (flags: ServerFlags) => {
        const answer = await clientFor(flags, io).ask<{ readonly pools: readonly PoolBody[] }>('GET', '/pools');
        presentRows(io, flags, answer, [
          ['pool', 'region', 'kind', 'price', 'load', 'capacity', 'state', 'executor', 'types'],
          ...answer.pools.map((pool) => [
            pool.name,
            pool.region,
            pool.resource_type,
            pool.cost_per_unit,
            pool.current_load,
            pool.capacity,
            pool.cools_until === null || pool.state !== 'active' ? pool.state : `cooling until ${pool.cools_until}`,
            pool.executor,
            pool.types.join(','),
          ]),
        ]);
      },
    );

    const change = (name: string, summary: string, state: 'active' | 'paused') =>
      withServer(group.command(name).argument('<pool>', 'its name').description(summary)).action(
        async (pool: string, flags: ServerFlags) => {
          await patch(pool, { state }, flags);
        },
      );
    change('pause', 'Starts nothing new there; what runs goes on.', 'paused');
    change('resume', 'Starts tasks there again.', 'active');
    withServer(
      group
        .command('resize')
        .argument('<pool>', 'its name')
        .argument('<capacity>', 'slots', numberBetween(0, mostCapacity))
        .description('Changes its capacity.'),
    ).action(async (pool: string, capacity: number, flags: ServerFlags) => {
      await patch(pool, { capacity }, flags);
    });

    async function patch(name: string, fields: object, flags: ServerFlags): Promise<void> {
      const pool = await clientFor(flags, io).ask<PoolBody>('PATCH', `/pools/${encodeURIComponent(name)}`, { body: fields });
      const { state, capacity, current_load: load } = pool;
      presentFields(io, flags, pool, { pool: pool.name, state, capacity, load });
    }
  },
};
