import type { ApiKeySpec } from '../../core/domain/api-key.ts';
import type { ListedKey } from '../../core/engine/keyring.ts';
import type { KeyBody, KeyInputBody } from '../schemas/key.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';

export function keyView({ prefix, name, role, tenant, pool, expiresAt, createdAt, createdBy, lastUsedAt }: ListedKey): KeyBody {
  return {
    ...{ prefix, name, role, tenant, pool },
    expires_at: isoTimeOrNull(expiresAt),
    created_at: isoTime(createdAt),
    created_by: createdBy,
    last_used_at: isoTimeOrNull(lastUsedAt),
  };
}

/** What is left out is not limited. */
export function keySpecOf({ name, role, tenant = null, pool = null, expires_at: expiresAt = null }: KeyInputBody): ApiKeySpec {
  return { name, role, tenant, pool, expiresAt: expiresAt === null ? null : Date.parse(expiresAt) };
}
