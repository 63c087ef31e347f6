import type { Command } from 'commander';
import type { ExplanationBody } from '../../api/schemas/explanation.ts';
import type { WaitingWorkBody } from '../../api/schemas/waiting.ts';
import { presentFields, presentRows } from '../output/present.ts';
import { taskIdOf } from '../server/tasks.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

const examples = `
Examples:
  $ trx explain 4711            why this task waits, or why it went where it went
  $ trx explain                 everything that waits, by reason
`;

/** `trx explain`: why. */
export const explain: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('explain')
      .argument('[task]', 'id or number; all that waits when left out')
      .summary('say why a task waits, or why it went where it went')
      .description('Says why a task waits and who can change that, or why it went where it went; without a task, what waits by reason.');
    withServer(command)
      .addHelpText('after', examples)
      .action(async (name: string | undefined, flags: ServerFlags) => {
        const client = clientFor(flags, io);
        if (name === undefined) {
          const waiting = await client.ask<WaitingWorkBody>('GET', '/explain/waiting');
          presentRows(io, flags, waiting, [
            ['tasks', 'too long', 'reason', 'who can clear it', 'type', 'summary'],
            ...waiting.groups.map(({ tasks, past_max_wait: past, code, who, needs, summary }) => [
              ...[tasks, past, code, who, needs.type, summary],
            ]),
          ]);
          return;
        }
        const explanation = await client.ask<ExplanationBody>('GET', `/tasks/${await taskIdOf(client, name)}/explain`);
        presentFields(io, flags, explanation, explanationFields(explanation));
      });
  },
};

function explanationFields(explanation: ExplanationBody) {
  const { status, summary, holds, forecast, strategy, holders, unblock, max_wait: passed, task_id: id } = explanation;
  return {
    task: id,
    status,
    why: summary,
    ...Object.fromEntries(holds.map((hold, i) => [`${i + 1}. ${hold.code}`, `${hold.summary} (${hold.who} can clear it)`])),
    ...Object.fromEntries(unblock.map((one, i) => [`cure ${i + 1}`, `${one.summary} (${one.who} can do it)`])),
    start: forecast === null ? null : `${forecast.when}: ${forecast.basis}`,
    'newer work': passed?.summary ?? null,
    holders: holders.map(({ tenant, type, tasks, slots }) => `${tenant}/${type}: ${tasks} tasks on ${slots} slots`).join(', '),
    strategy,
  };
}
