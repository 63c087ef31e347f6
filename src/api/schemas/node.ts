import { attemptOutcomes } from '../../core/domain/attempt.ts';
import { namePattern } from '../../core/domain/name.ts';
import { mostNodeSlots } from '../../core/domain/pool.ts';
import { BundleSettings } from './bundle.ts';
import { AnyJson, AnyObject, Millis, Name, Nullable, RefTo, Strict, StringEnum, Time } from './common.ts';
import { EndedParent } from './dependency.ts';
import { Problem } from './problem.ts';
import { type Static, Type } from './type.ts';

/** As the engine keeps of the handlers of this server. */
export const maxResultChars = 1_048_576;
/** One for each slot. */
const maxLeases = mostNodeSlots;
export const nodeStates = ['live', 'silent', 'draining', 'lost'] as const;

export const LeaseId = Type.String({ maxLength: 80, description: 'Names one attempt; opaque, echoed as it was given.' });
const Held = Type.Array(LeaseId, {
  maxItems: 2 * maxLeases,
  description: 'Every lease the node still has, results that were not confirmed included.',
});
const Stops = Type.Array(
  Strict({
    lease: LeaseId,
    reason: Type.String({
      description:
        'cancel, timeout, deadline, drain, or part (another part of its task failed): stop and report. lease_lost: stop and throw away.',
    }),
  }),
  { description: 'Work to stop.' },
);

export const NodeInput = Strict(
  {
    id: Name('Its name, unique among live nodes. Registering a name again takes it over.'),
    pool: Type.String({ maxLength: 64, description: 'A pool of the node executor.' }),
    types: Type.Array(Type.String({ pattern: `^\\*$|${namePattern}`, maxLength: 64 }), {
      minItems: 1,
      maxItems: 1_000,
      uniqueItems: true,
      description: 'Task types it runs; ["*"] is any its pool accepts.',
    }),
    slots: Type.Integer({ minimum: 1, maximum: maxLeases, description: 'How much it runs at once.' }),
    parts: Type.Optional(
      Type.Boolean({
        description: 'It runs parts of tasks of several: it looks at part and parts of a lease. Default false: it is given none.',
      }),
    ),
    agent: Type.Optional(Type.String({ maxLength: 100, description: 'Program and version, for people.' })),
    leases: Type.Optional(Held),
  },
  { $id: 'NodeInput' },
);

export const Registration = Strict(
  {
    id: Type.String(),
    session: Type.String({ description: 'Send it as Node-Session with every further request.' }),
    lease_ms: Millis('Without a heartbeat for so long, all its leases are lost.'),
    heartbeat_ms: Millis('Send one so often.'),
    stop: Stops,
  },
  { $id: 'Registration' },
);

export const Heartbeat = Strict({ leases: Held }, { $id: 'Heartbeat' });
export const HeartbeatAnswer = Strict(
  { state: StringEnum(nodeStates), lease_ms: Millis('The leases hold so long from now.'), stop: Stops },
  { $id: 'HeartbeatAnswer' },
);

/** Not required: a poll without a body renews nothing. */
export const Poll = Nullable(
  Strict({ leases: Type.Optional(Held) }, { description: 'With `leases` it is a heartbeat too, and no other is due while it waits.' }),
);
export const LeaseQuery = Strict({
  max: Type.Optional(Type.Integer({ minimum: 0, maximum: maxLeases, description: 'Leases at once; 0 only hears what to stop.' })),
  wait: Type.Optional(Type.Integer({ minimum: 0, maximum: 60, description: 'Seconds to wait for something. Default 30.' })),
});

export const ReadyQuery = Strict({
  wait: Type.Optional(Type.Integer({ minimum: 0, maximum: 60, description: 'Seconds to wait for the others. Default 30.' })),
});
export const ReadyAnswer = Strict({ begin: Type.Boolean({ description: 'All parts are as far.' }) });

const LeasedTask = Strict({
  lease: LeaseId,
  task_id: Type.String(),
  attempt: Type.Integer(),
  part: Type.Integer({ description: 'Which part of the task it is for, from 0; 0 where it has one.' }),
  parts: Type.Integer({ description: 'Parts of the task, each with a lease of its own; 1 for most.' }),
  type: Type.String(),
  tenant: Type.String(),
  slots: Type.Integer(),
  timeout_ms: Millis('The server says stop after so long.'),
  deadline: Nullable(Time('')),
  payload: AnyJson('Input of the handler.'),
  parents: Type.Array(EndedParent, { description: 'Tasks it depends on, and what they returned.' }),
  metadata: Nullable(AnyObject("The client's own.")),
  bundle: Nullable(BundleSettings),
});
export type LeasedTaskBody = Static<typeof LeasedTask>;
export const LeaseAnswer = Strict({ leases: Type.Array(LeasedTask), stop: Stops }, { $id: 'LeaseAnswer' });

export const resultOutcomes = ['succeeded', 'failed', 'stopped', 'released'] as const;
const outcomeFields = {
  outcome: StringEnum(resultOutcomes, { description: 'stopped: as it was told. released: handed back unfinished, to be run again.' }),
  result: Type.Optional(AnyJson(`Of a success: any JSON, up to ${maxResultChars} characters.`)),
  error: Type.Optional(
    Strict({
      code: Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-z][a-z0-9_]*$' }),
      message: Type.String({ maxLength: 2_000 }),
    }),
  ),
  retryable: Type.Optional(Type.Boolean({ description: 'Of a failure, default true.' })),
};
export const ResultInput = Strict(outcomeFields);
export type ResultInputBody = Static<typeof ResultInput>;
export const ResultsInput = Strict({
  results: Type.Array(Strict({ lease: LeaseId, ...outcomeFields }), { minItems: 1, maxItems: maxLeases }),
});

export const ResultAnswer = Strict(
  {
    lease: LeaseId,
    status: Type.Integer({
      description:
        'Of this result alone: 200, 202, 403, 404, 409, 413 or 422. 202: it is of a part, and others of its task still run; keep it, list its lease, and report it again later.',
    }),
    outcome: Type.Optional(
      StringEnum(attemptOutcomes, { description: 'How it is recorded. cancelled: the result was dropped, as promised to who cancelled.' }),
    ),
    error: Type.Optional(RefTo(Problem)),
  },
  { $id: 'ResultAnswer' },
);
export type ResultAnswerBody = Static<typeof ResultAnswer>;
export const ResultsAnswer = Strict({ results: Type.Array(RefTo(ResultAnswer), { description: 'Answer i belongs to result i.' }) });

export const NotesInput = Strict({
  notes: Type.Array(
    Strict({
      lease: LeaseId,
      progress: Type.Optional(
        Strict({ ratio: Type.Number({ minimum: 0, maximum: 1 }), note: Type.Optional(Type.String({ maxLength: 1_000 })) }),
      ),
      log: Type.Optional(Type.String({ maxLength: 8_192 })),
    }),
    { minItems: 1, maxItems: 1_000 },
  ),
});
export const NotesAnswer = Strict({ stop: Stops });

export const NodePatch = Strict({
  state: StringEnum(['live', 'draining'] as const, { description: 'draining: it ends what it has and gets nothing new.' }),
});
export const NodeQuery = Strict({
  type: Type.Optional(Type.String({ maxLength: 64, description: 'Live nodes that run this type.' })),
  pool: Type.Optional(Type.String({ maxLength: 64 })),
  state: Type.Optional(StringEnum(nodeStates)),
});
/** Not required by the schema: what is missing is said in our words, with the cure. */
export const SessionHeader = Type.Object({
  'node-session': Type.Optional(Type.String({ description: 'Required: what registering the node answered.' })),
});

export const NodeParams = Strict({ id: Type.String({ description: 'name of the node' }) });
export const NodeLeaseParams = Strict({ id: Type.String({ description: 'name of the node' }), lease: LeaseId });

const nodeFields = {
  id: Type.String(),
  pool: Type.String(),
  types: Type.Array(Type.String()),
  slots: Type.Integer(),
  slots_used: Type.Integer(),
  parts: Type.Boolean({ description: 'It runs parts of tasks of several.' }),
  state: StringEnum(nodeStates, { description: 'silent: no heartbeat when one was due. lost: none for a whole lease.' }),
  agent: Nullable(Type.String()),
  registered_at: Time(''),
  seen_at: Time('Its last heartbeat.'),
  silent_for_ms: Type.Integer({ description: 'Since its last heartbeat.' }),
  results: Type.Integer({ description: 'It reported since it registered first.' }),
  last_error: Nullable(Type.String()),
};
export const Node = Strict(nodeFields, { $id: 'Node' });
export type NodeBody = Static<typeof Node>;
export const NodeDetail = Strict(
  {
    ...nodeFields,
    leases: Type.Array(
      Strict({
        lease: LeaseId,
        task_id: Type.String(),
        attempt: Type.Integer(),
        part: Nullable(Type.Integer({ description: 'Of a task of several parts: which one.' })),
        type: Type.String(),
        started_at: Nullable(Time('')),
        stop: Nullable(Type.String({ description: 'Why it is to stop.' })),
      }),
    ),
  },
  { $id: 'NodeDetail' },
);
export type NodeDetailBody = Static<typeof NodeDetail>;
export const NodeList = Strict({ nodes: Type.Array(RefTo(Node)) }, { $id: 'NodeList' });
