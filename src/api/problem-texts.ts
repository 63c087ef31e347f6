import type { ErrorCode } from '../core/domain/errors.ts';

export interface ProblemText {
  readonly status: number;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

/** Status and words of every code: what an answer says in short and the page behind its `type` in full. */
export const problemTexts: Readonly<Record<ErrorCode, ProblemText>> = {
  bad_url: text(
    400,
    'Unreadable URL',
    'The URL holds a broken % escape.',
    'Encode each part of the path and query with percent signs and two hex digits.',
  ),
  bad_header: text(
    400,
    'Unreadable request',
    'A header, or the request as a whole, is not valid HTTP.',
    'Correct the header that the detail names.',
  ),
  invalid_cursor: text(
    400,
    'Invalid cursor',
    'A cursor is text that this server made for one list with one filter.',
    'Start again without cursor.',
  ),
  invalid_filter: text(
    400,
    'Invalid filter',
    'A filter names a status, type or region that does not exist.',
    'Use one of the values in the detail.',
  ),
  unauthenticated: text(
    401,
    'Sign in',
    'The request carries no key, or one that is not valid.',
    'Send Authorization: Bearer with a key; trx takes it from TRX_API_KEY.',
  ),
  forbidden: text(
    403,
    'Not allowed',
    'A web page of another origin sent this, or the key lacks the role.',
    'Send it from the dashboard or a program, or list the origin in TRX_CORS_ORIGINS.',
  ),
  not_found: text(404, 'Not found', 'Nothing has this id or name, or it belongs to somebody else.', 'List what there is and use its id.'),
  route_not_found: text(404, 'No such address', 'No route of this server has this path.', 'See /docs for the routes there are.'),
  method_not_allowed: text(405, 'Method not allowed', 'The path exists, with other methods.', 'Use a method of the Allow header.'),
  not_acceptable: text(
    406,
    'Not acceptable',
    'Nothing that the Accept header allows can be served here.',
    'Send another Accept header or none.',
  ),
  unknown_node: text(
    404,
    'Unknown node',
    'The server does not know this node: it was silent for longer than its lease, was removed, or the server started again.',
    'Register again, with the leases it still holds.',
  ),
  lease_lost: text(409, 'Lease lost', 'The attempt has ended or runs elsewhere by now.', 'Stop the work and throw its result away.'),
  node_replaced: text(
    409,
    'Node replaced',
    'Another program has registered under the name of this node.',
    'Stop all work and end; or register under a name of its own.',
  ),
  wrong_status: text(
    409,
    'Its status does not allow this',
    'What was asked is not possible in the status it has, such as cancelling a task that ended.',
    'Read it again; retry makes a new task of one that ended.',
  ),
  already_exists: text(409, 'Already exists', 'The name is taken.', 'Change what is there with PATCH or PUT, or use another name.'),
  pool_in_use: text(
    409,
    'Pool in use',
    'Something runs on the pool.',
    'Set its state to draining, wait until its load is 0, and remove it then.',
  ),
  quota_in_use: text(
    409,
    'More is in use',
    'The limit is below what runs or waits already.',
    'Use a limit of at least that, wait, or send ?force=true: nothing is stopped, and nothing new starts until there is room.',
  ),
  idempotency_in_progress: text(
    409,
    'Still in progress',
    'The first request with this idempotency key has not been answered yet.',
    'Repeat it after Retry-After.',
  ),
  sandbox_unavailable: text(
    409,
    'No sandbox here',
    'A bundle is run in a sandbox only, and this machine cannot provide one.',
    'Do what the detail says, or run a worker on a machine that can.',
  ),
  files_gone: text(409, 'Files removed', 'The files of the task were removed to make room.', 'Submit the bundle again.'),
  version_mismatch: text(
    412,
    'Changed meanwhile',
    'If-Match names a version that is no longer the current one.',
    'Read it again, look at what changed, repeat with the new ETag.',
  ),
  version_required: text(
    428,
    'If-Match required',
    'This server takes changes only against a version.',
    'Read it first and send its ETag as If-Match.',
  ),
  range_not_satisfiable: text(
    416,
    'No such part',
    'The file ends before the part that the Range header asks for.',
    'Ask for a part within its bytes, or for all of it.',
  ),
  body_too_large: text(
    413,
    'Body too large',
    'A body may have 1 MiB, a batch 16 MiB, a bundle 400 MiB and 1 GiB unpacked.',
    'Send less at once.',
  ),
  uri_too_long: text(414, 'URL too long', 'A URL may have 8 KiB.', 'Use fewer or shorter filters.'),
  unsupported_media_type: text(
    415,
    'Unsupported content type',
    'The body is of a type this route does not read.',
    'Send application/json, or what /docs says of the route.',
  ),
  misdirected: text(
    421,
    'Misdirected request',
    'The Host header names a host this server does not serve.',
    'Use localhost, or list the name in TRX_HOSTS.',
  ),
  headers_too_large: text(431, 'Headers too large', 'The headers may have 16 KiB together.', 'Send fewer or shorter headers.'),
  request_timeout: text(408, 'Too slow', 'Headers must arrive in 4 s and a JSON body in 5 s.', 'Send it again, at once.'),
  validation_failed: text(
    422,
    'Validation failed',
    'A field is missing, unknown, or has a value that does not fit.',
    'Correct each field of errors.',
  ),
  malformed_json: text(
    422,
    'Malformed JSON',
    'The body is not JSON, is empty, is nested too deeply, or has a forbidden key.',
    'Send one JSON document: at most 32 levels, 1,000 keys, numbers a double can hold.',
  ),
  unknown_reference: text(
    422,
    'Unknown name',
    'The body names a type, pool or algorithm that does not exist.',
    'Use one of the names in the detail.',
  ),
  unroutable: text(
    422,
    'No pool could run it',
    'With the pools there are today this task would wait for ever.',
    'Change the task or the pools, or send accept_unroutable: true.',
  ),
  idempotency_key_reused: text(422, 'Idempotency key reused', 'The key was used for another body.', 'Use a new key for a new request.'),
  bundle_refused: text(
    422,
    'Bundle refused',
    'A file of the bundle cannot be taken: its name leads out of the folder or is there twice, it is a link, or run.sh is missing or unusable.',
    'Correct the file that the detail names and send the bundle again.',
  ),
  rate_limited: text(429, 'Too many requests', 'More requests than the rate allows.', 'Repeat after Retry-After.'),
  queue_full: text(429, 'Queue full', 'As many tasks wait as may wait.', 'Repeat after Retry-After.'),
  quota_exceeded: text(429, 'Quota exceeded', 'A limit of the tenant is reached.', 'Repeat after Retry-After, or ask for a larger quota.'),
  internal: text(500, 'Internal error', 'A fault of the server.', 'Tell the operator the request_id: the log has the rest.'),
  overloaded: text(503, 'Overloaded', 'The server is full for the moment.', 'Repeat after Retry-After.'),
  draining: text(503, 'Stopping', 'The server stops and takes nothing new.', 'Repeat when it is back.'),
  starting: text(503, 'Starting', 'The server is not ready yet.', 'Repeat after Retry-After.'),
  storage_full: text(
    503,
    'Disk full',
    'There is no room to store anything; reading still works.',
    'Free disk space: writing goes on by itself.',
  ),
  storage_failed: text(
    503,
    'Storage failed',
    'The disk or the database does not work.',
    'See the log of the server; it stops and must be started again.',
  ),
};

function text(status: number, title: string, cause: string, remedy: string): ProblemText {
  return { status, title, cause, remedy };
}

/** Registered types where there is one, else a page of this server. @see https://www.iana.org/assignments/http-problem-types */
export function problemType(code: ErrorCode): string {
  if (code === 'quota_exceeded' || code === 'rate_limited') return 'https://iana.org/assignments/http-problem-types#quota-exceeded';
  if (code === 'overloaded' || code === 'queue_full') return 'https://iana.org/assignments/http-problem-types#temporary-reduced-capacity';
  return `/problems/${slugOf(code)}`;
}

export function slugOf(code: ErrorCode): string {
  return code.replaceAll('_', '-');
}
