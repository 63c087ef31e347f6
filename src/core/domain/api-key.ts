import type { EpochMs } from './units.ts';

/**
 * What a key is for. `read`, `submit`, `operate` and `admin` contain one another in this order; `node` stands beside them: it does the work
 * of a worker node and nothing else. `admin` contains all.
 */
export const roles = ['read', 'submit', 'operate', 'node', 'admin'] as const;
export type Role = (typeof roles)[number];

export interface ApiKeySpec {
  /** Who or what holds it; told in the log as who did something. No two keys have the same. */
  readonly name: string;
  readonly role: Role;
  /** The one tenant it sees and submits for, of `read` and `submit`; `null`: all. */
  readonly tenant: string | null;
  /** The one pool its nodes may join, of `node`; `null`: any. */
  readonly pool: string | null;
  /** From when on it opens nothing; `null`: never. */
  readonly expiresAt: EpochMs | null;
}

/** A key as it is stored: the secret itself is nowhere. */
export interface ApiKey extends ApiKeySpec {
  /** The public part of the key: what it is found and shown by. */
  readonly prefix: string;
  /** SHA-256 of the secret part, in hexadecimal digits. */
  readonly hash: string;
  readonly createdAt: EpochMs;
  readonly createdBy: string;
}

const ranks: Readonly<Record<Exclude<Role, 'node'>, number>> = { read: 0, submit: 1, operate: 2, admin: 3 };

/** Whether a key with `role` may do what one of `any` is needed for. */
export function allows(role: Role, any: readonly Role[]): boolean {
  if (role === 'admin') return true;
  return any.some((needed) => role === needed || (role !== 'node' && needed !== 'node' && ranks[role] >= ranks[needed]));
}
