/**
 * docs/openapi.json, made from the schemas of the routes.
 *
 *     npm run openapi              writes it
 *     npm run openapi -- --check   exits 1 when it is not what the routes say, or is not valid OpenAPI 3.1
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { Guesses } from '../src/api/guesses.ts';
import { buildServer } from '../src/api/server.ts';
import type { Sessions } from '../src/api/sessions.ts';
import type { Engine } from '../src/core/engine/engine.ts';
import type { Keyring } from '../src/core/engine/keyring.ts';
import { createSystemClock } from '../src/core/system/system-clock.ts';
import { packageVersion } from '../src/package-version.ts';

const file = fileURLToPath(new URL('../docs/openapi.json', import.meta.url));

async function documentOfRoutes(): Promise<string> {
  const subscribe = () => () => {};
  // Routes are only registered, never called: all they ask of the engine is to be told of events.
  const engine = { events: { onEntries: subscribe, onChange: subscribe } } as unknown as Engine;
  const app = await buildServer({
    engine,
    clock: createSystemClock(),
    auth: { keys: {} as Keyring, sessions: {} as Sessions, guesses: {} as Guesses },
    random: { next: () => 0 },
    logger: { info() {}, warn() {}, error() {} },
    metrics: { text: async () => ({ type: 'text/plain', body: '' }) },
    options: {
      ...{ version: packageVersion(), nodeName: 'docs', hosts: [], corsOrigins: [], requireIfMatch: false },
      ...{ currency: '', auth: 'off', durability: 'full' },
    },
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}

async function mistakesIn(document: string): Promise<string | undefined> {
  const { valid, errors } = await new Validator().validate(JSON.parse(document) as Record<string, unknown>);
  return valid ? undefined : JSON.stringify(errors, null, 2);
}

const made = await documentOfRoutes();
const mistakes = await mistakesIn(made);
if (mistakes !== undefined) {
  console.error(`The routes do not make a valid OpenAPI document: ${mistakes}`);
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) {
  writeFileSync(file, made);
} else if (readFileSync(file, 'utf8') !== made) {
  console.error('docs/openapi.json is not what the routes say: run `npm run openapi`, look at the difference and commit it.');
  process.exitCode = 1;
}
