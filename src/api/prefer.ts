import type { FastifyReply, FastifyRequest } from 'fastify';

const maxWaitS = 60;

export interface Preferences {
  /** Seconds to wait for the end, 0-60. */
  readonly waitS: number | undefined;
  /** Leave the body out. */
  readonly minimal: boolean;
}

const none: Preferences = { waitS: undefined, minimal: false };

/** What a client would like; a preference that is not understood is not an error. @see https://www.rfc-editor.org/rfc/rfc7240 */
export function preferencesOf({ headers }: FastifyRequest): Preferences {
  const { prefer } = headers;
  if (prefer === undefined) return none;
  const parts = String(prefer)
    .toLowerCase()
    .split(/[,;]/)
    .map((part) => part.trim());
  const wait = parts.map((part) => /^wait\s*=\s*"?(\d{1,9})"?$/.exec(part)?.[1]).find((seconds) => seconds !== undefined);
  return { waitS: wait === undefined ? undefined : Math.min(maxWaitS, Number(wait)), minimal: parts.includes('return=minimal') };
}

/** Says which preferences were honoured. */
export function applied(reply: FastifyReply, { waitS, minimal }: Preferences): void {
  const said = [...(waitS === undefined ? [] : [`wait=${waitS}`]), ...(minimal ? ['return=minimal'] : [])];
  if (said.length > 0) reply.header('preference-applied', said.join(', '));
}
