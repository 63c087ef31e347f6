import { NodeApiError } from './node-api.ts';

/** The server is away, starting, stopping or busy: it may take the same again later. */
export function isPassing(error: unknown): boolean {
  return error instanceof NodeApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

export function wantsKey(error: unknown): boolean {
  return error instanceof NodeApiError && (error.status === 401 || error.status === 403);
}

/** For a worker that was let in without one. */
export const newKey =
  'the server takes no more of this worker without a key with the role node: make one there with trx keys add NAME --role node. Where TRX_API_KEY_FILE names a file, put it into that and this worker goes on; else start it again with TRX_API_KEY. What runs goes on until its lease ends';
