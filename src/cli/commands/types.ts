import type { Command } from 'commander';
import type { TaskTypeBody } from '../../api/schemas/task-type.ts';
import { presentRows } from '../output/present.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

/** `trx types`: what a server can run. */
export const types: CliCommand = {
  addTo(program: Command, io) {
    withServer(
      program.command('types').summary('list task types').description('Lists the types of tasks the server knows, with their limits.'),
    ).action(async (flags: ServerFlags) => {
      const answer = await clientFor(flags, io).ask<{ readonly types: readonly TaskTypeBody[] }>('GET', '/types');
      presentRows(io, flags, answer, [
        ['type', 'origin', 'timeout ms', 'attempts', 'at once', 'per tenant', 'what it does'],
        ...answer.types.map((type) => [
          type.name,
          type.origin,
          type.timeout_ms,
          type.max_attempts,
          type.limit_total,
          type.limit_per_tenant,
          type.description,
        ]),
      ]);
    });
  },
};
