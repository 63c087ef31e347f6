import type { Command } from 'commander';
import type { NodeBody, NodeDetailBody } from '../../api/schemas/node.ts';
import { presentFields, presentRows } from '../output/present.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

interface ListFlags extends ServerFlags {
  readonly pool?: string;
  readonly type?: string;
  readonly state?: string;
}

/** `trx nodes`: which machines run tasks, and the change that is wanted before one of them is switched off. */
export const nodes: CliCommand = {
  addTo(program: Command, io) {
    const group = withServer(
      program.command('nodes').summary('list the machines that run tasks; drain one').description('Lists worker nodes, or changes one.'),
    );
    withServer(
      group
        .command('ls', { isDefault: true })
        .description('Lists nodes, those that were lost lately last.')
        .option('--pool <name>', 'of this pool')
        .option('--type <name>', 'live ones that run this type')
        .option('--state <state>', 'live, silent, draining or lost'),
    ).action(async (flags: ListFlags) => {
      const { pool, type, state } = flags;
      const answer = await clientFor(flags, io).ask<{ readonly nodes: readonly NodeBody[] }>('GET', '/nodes', {
        query: { pool, type, state },
      });
      presentRows(io, flags, answer, [
        ['node', 'pool', 'state', 'used', 'slots', 'heard of', 'results', 'types', 'agent', 'last error'],
        ...answer.nodes.map((node) => [
          ...[node.id, node.pool, node.state, node.slots_used, node.slots, node.seen_at, node.results],
          ...[node.types.join(','), node.agent, node.last_error],
        ]),
      ]);
    });

    withServer(group.command('show').argument('<node>', 'its name').description('Shows one node and what it runs.')).action(
      async (name: string, flags: ServerFlags) => {
        const node = await clientFor(flags, io).ask<NodeDetailBody>('GET', pathOf(name));
        const { types, leases, ...rest } = node;
        presentFields(io, flags, node, {
          ...{ ...rest, types: types.join(',') },
          ...Object.fromEntries(
            leases.map(({ task_id: task, attempt, type, started_at: at, stop }, i) => [
              `task ${i + 1}`,
              `${task} ${type}, attempt ${attempt}, since ${at ?? '-'}${stop === null ? '' : `, told to stop: ${stop}`}`,
            ]),
          ),
        });
      },
    );

    const change = (name: string, summary: string, state: 'live' | 'draining') =>
      withServer(group.command(name).argument('<node>', 'its name').description(summary)).action(
        async (node: string, flags: ServerFlags) => {
          const after = await clientFor(flags, io).ask<NodeBody>('PATCH', pathOf(node), { body: { state } });
          const { id, pool, state: now, slots_used: used, slots } = after;
          presentFields(io, flags, after, { node: id, pool, state: now, used, slots });
        },
      );
    change('drain', 'Ends what runs there and gives it nothing new.', 'draining');
    change('undrain', 'Gives it work again.', 'live');
  },
};

function pathOf(node: string): string {
  return `/nodes/${encodeURIComponent(node)}`;
}
