import { NodeApiError } from './node-api.ts';

/** The server is away, starting, stopping or busy: it may take the same again later. */
export function isPassing(error: unknown): boolean {
  return error instanceof NodeApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

export function wantsKey(error: unknown): error is NodeApiError {
  return error instanceof NodeApiError && (error.status === 401 || error.status === 403);
}

/** What is to be done. 403 says more than one thing: what the server says of it goes first then. */
export function keyAdvice({ status }: NodeApiError): string {
  return status === 401 ? noKey : otherKey;
}

/** For a worker that was let in without one. */
const noKey =
  'the server takes no more of this worker without a key with the role node: make one there with trx keys add NAME --role node. Where TRX_API_KEY_FILE names a file, put it into that and this worker goes on; else start it again with TRX_API_KEY. What runs goes on until its lease ends';

const otherKey =
  'the server refuses this worker, and err says why. Where it is the key: it takes one with the role node, for this pool or for all, which trx keys add NAME --role node makes there. Where TRX_API_KEY_FILE names a file, put it into that, in place of the other, and this worker goes on; else start it again with TRX_API_KEY. What runs goes on until its lease ends';
