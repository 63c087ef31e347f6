import { roles } from '../../core/domain/api-key.ts';
import { namePattern } from '../../core/domain/name.ts';
import { Name, Nullable, RefTo, Strict, StringEnum, Time, tenantPattern } from './common.ts';
import { type Static, Type } from './type.ts';

const tenant = Type.String({
  pattern: tenantPattern,
  maxLength: 64,
  description: 'Of read and submit: the one tenant it is for; null: all.',
});
const pool = Type.String({ pattern: namePattern, maxLength: 64, description: 'Of node: the one pool its nodes may join; null: any.' });
const expiresAt = Time('From when on it opens nothing; null: never.');
const role = StringEnum(roles, {
  description:
    'read < submit < operate < admin, each may do what those before it may. node does the work of worker nodes and nothing else.',
});

export const KeyInput = Strict(
  {
    name: Name('Who or what holds it. What is done with it is told in the log by this name.'),
    role,
    tenant: Type.Optional(Nullable(tenant)),
    pool: Type.Optional(Nullable(pool)),
    expires_at: Type.Optional(Nullable(expiresAt)),
  },
  { $id: 'KeyInput' },
);
export type KeyInputBody = Static<typeof KeyInput>;

const told = {
  prefix: Type.String({ description: 'The public part: what it is found by.' }),
  name: Type.String(),
  role,
  tenant: Nullable(tenant),
  pool: Nullable(pool),
  expires_at: Nullable(expiresAt),
  created_at: Time(''),
  created_by: Type.String(),
  last_used_at: Nullable(Time('Since this server started.')),
};

export const Key = Strict(told, { $id: 'Key' });
export type KeyBody = Static<typeof Key>;
export const NewKey = Strict(
  { ...told, key: Type.String({ description: 'The key. It is told this once and kept nowhere.' }) },
  { $id: 'NewKey' },
);
export type NewKeyBody = Static<typeof NewKey>;
export const KeyList = Strict(
  {
    keys: Type.Array(RefTo(Key)),
    without_key: Nullable(
      Strict(
        {
          nodes: Type.Array(Type.String(), { description: 'Worker nodes by their names.' }),
          streams: Type.Integer({ description: 'Live streams of browsers and programs.' }),
        },
        { description: 'Who works here without a key now, and will be shut out by the first one; null: nobody, or never.' },
      ),
    ),
  },
  { $id: 'KeyList' },
);
export type KeyListBody = Static<typeof KeyList>;
export const KeySelf = Strict(
  {
    required: Type.Boolean({ description: 'Whether this server wants keys.' }),
    key: Nullable(Strict(told, { description: 'The key of this request; null: it had none and needed none.' })),
  },
  { $id: 'KeySelf' },
);
