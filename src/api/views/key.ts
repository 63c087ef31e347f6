import type { ListedKey } from '../../core/engine/keyring.ts';
import type { KeyBody } from '../schemas/key.ts';
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
