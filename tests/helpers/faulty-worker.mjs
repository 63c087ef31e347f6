/**
 * A small worker node with a fault planted: `node faulty-worker.mjs URL POOL NAME FAULT`. Without a fault it keeps the protocol, so what a
 * check says of one is said of the fault.
 */
const [url, pool, id, fault = 'none'] = process.argv.slice(2);
const held = new Map();
let session = '';
let every = 0;
let lease = 0;
let renewed = 0;

const wait = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => resolve(clearTimeout(timer)));
  });
const kept = () => [...held.keys()];

async function call(method, path, body) {
  const headers = { 'content-type': 'application/json', ...(session === '' || fault === 'no session' ? {} : { 'node-session': session }) };
  const answer = await fetch(`${url}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await answer.text();
  if (answer.ok) {
    const said = text === '' ? {} : JSON.parse(text);
    if (fault === 'minds unknown fields' && 'from_a_later_version' in said) process.exit(3);
    return said;
  }
  throw Object.assign(new Error(text), { code: JSON.parse(text).code });
}

async function register() {
  const leases = fault === 'forgets what it holds' ? [] : kept();
  const more = { 'wrong JSON': { speed: 'high' }, 'forgets parts': { parts: true } }[fault] ?? {};
  const answer = await call('POST', '/nodes', { id, pool, types: ['reverse', 'wait'], slots: 4, leases, ...more });
  ({ session, heartbeat_ms: every, lease_ms: lease } = answer);
  renewed = Date.now();
  obey(answer.stop);
}

function obey(stops) {
  if (fault === 'ignores stops') return;
  for (const { lease: name, reason } of stops) {
    const work = held.get(name);
    if (work === undefined) continue;
    if (reason === 'lease_lost' && fault !== 'reports what is lost') held.delete(name);
    work.abort();
  }
}

async function recover(error) {
  if (error.code === 'node_replaced' && fault !== 'stays when replaced') process.exit(1);
  if (error.code === 'unknown_node') await register().catch(() => {});
}

async function beat() {
  for (;;) {
    await wait(every * (fault === 'rare heartbeats' ? 2.5 : 1));
    const sent = Date.now();
    try {
      obey((await call('POST', `/nodes/${id}/heartbeats`, { leases: kept() })).stop);
      renewed = sent;
    } catch (error) {
      await recover(error);
    }
    if (Date.now() - renewed < lease * 0.75 || fault === 'never gives up') continue;
    for (const work of held.values()) work.abort();
    held.clear();
  }
}

async function run({ lease: name, type, payload }) {
  if (fault === 'runs nothing') return;
  if (held.has(name) && fault !== 'runs twice') return;
  const work = new AbortController();
  held.set(name, work);
  if (type === 'wait') await wait(payload * 1_000, work.signal);
  const body = work.signal.aborted
    ? { outcome: 'stopped' }
    : { outcome: 'succeeded', result: fault === 'runs twice' ? Math.random() : null };
  for (let isAnswered = false; !isAnswered && (held.has(name) || fault === 'runs twice'); ) {
    try {
      await call('POST', `/nodes/${id}/leases/${name}/result`, body);
      isAnswered = true;
    } catch (error) {
      isAnswered = error.code === 'lease_lost' || fault === 'reports once';
      await recover(error);
      if (!isAnswered) await wait(200);
    }
  }
  held.delete(name);
}

process.on('SIGTERM', async () => {
  if (fault === 'ignores SIGTERM') return;
  await call('DELETE', `/nodes/${id}`).catch(() => {});
  process.exit(fault === 'ends with an error' ? 4 : 0);
});

for (let known = false; !known; )
  known = await register().then(
    () => true,
    (error) => (error.code === 'validation_failed' ? process.exit(2) : wait(100)),
  );
void beat();
for (;;) {
  try {
    const { leases, stop } = await call('POST', `/nodes/${id}/leases?wait=5`);
    obey(stop);
    for (const one of leases) void run(one);
  } catch (error) {
    await recover(error);
    if (fault !== 'hammers') await wait(200);
  }
}
