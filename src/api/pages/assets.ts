import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

type Encoding = 'br' | 'gzip';

/** One file as it goes over the wire. */
interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  /** Made by the first request for it, beside the event loop, and kept. */
  readonly compressed: Map<Encoding, Promise<Buffer>>;
}

export interface Assets {
  /** `/assets/<hash of everything below>`: a changed file is a new address, so every address may be kept for ever. */
  readonly base: string;
  send(path: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** The cascade, in order. They go out as one file: eleven requests would only delay the first paint. */
const styles = ['tokens', 'base', 'controls', 'shell', 'overview', 'pools', 'tables', 'screens', 'media'];

/**
 * Reads the fixed list of files that browsers may have: scripts, the style sheet, the icon, the one vendored module. Nothing else under
 * the package can be asked for, and no path of a request ever reaches the file system.
 * @throws Error when a file of the list is missing: a broken installation, found at start
 */
export function loadAssets(): Assets {
  const frontend = join(packageRoot(), 'frontend');
  const files = new Map<string, Buffer>();
  for (const file of walk(join(frontend, 'js'))) {
    if (extname(file) !== '.js') continue;
    const path = relative(join(frontend, 'js'), file).split(sep).join('/');
    files.set(`js/${path}`, Buffer.from(withoutComments(readFileSync(file, 'utf8'))));
  }
  files.set('app.css', Buffer.concat(styles.map((name) => readFileSync(join(frontend, 'css', `${name}.css`)))));
  files.set('favicon.svg', readFileSync(join(frontend, 'favicon.svg')));
  addIdiomorph(files);
  return served(files);
}

/** The folder that holds package.json: the same one under tsx, vitest and the build. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('package.json is missing: the installation is incomplete');
    folder = dirname(folder);
  }
  return folder;
}

/**
 * Leaves out comments that have lines of their own. They are a third of our scripts and nothing to a browser; more than this is not worth a
 * build step. That the program stays the same is tested with a parser.
 */
export function withoutComments(script: string): string {
  return script.replace(/^[ \t]*\/\*\*(?:[^*]|\*(?!\/))*\*\/[ \t]*\n/gm, '').replace(/^[ \t]*\/\/.*\n/gm, '');
}

function* walk(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.isDirectory()) yield* walk(join(folder, entry.name));
    else yield join(folder, entry.name);
  }
}

/** Its small file is a script; the line that makes it a module is the one its own build adds. */
function addIdiomorph(files: Map<string, Buffer>): void {
  const main = createRequire(import.meta.url).resolve('idiomorph/dist/idiomorph.min.js');
  files.set('js/vendor/idiomorph.js', Buffer.concat([readFileSync(main), Buffer.from('\nexport { Idiomorph };\n')]));
  files.set('js/vendor/idiomorph.LICENSE.txt', readFileSync(join(dirname(main), '..', 'LICENSE')));
}

function served(files: ReadonlyMap<string, Buffer>): Assets {
  const hash = createHash('sha256');
  const assets = new Map<string, Asset>();
  for (const [path, plain] of files) {
    hash.update(path).update('\0').update(plain);
    assets.set(path, { type: types[extname(path)] ?? 'application/octet-stream', plain, compressed: new Map() });
  }
  const base = `/assets/${hash.digest('hex').slice(0, 12)}`;
  return { base, send: (path, request, reply) => send(assets.get(path), request, reply) };
}

const compress: Readonly<Record<Encoding, (plain: Buffer) => Promise<Buffer>>> = {
  br: (plain) =>
    promisify(brotliCompress)(plain, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
    }),
  gzip: (plain) => promisify(gzip)(plain, { level: 9 }),
};

async function send(asset: Asset | undefined, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (asset === undefined) {
    reply.callNotFound();
    return reply;
  }
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : undefined;
  if (encoding !== undefined) reply.header('content-encoding', encoding);
  return reply
    .header('content-type', asset.type)
    .header('vary', 'accept-encoding')
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('x-content-type-options', 'nosniff')
    .send(encoding === undefined ? asset.plain : await compressed(asset, encoding));
}

function compressed(asset: Asset, encoding: Encoding): Promise<Buffer> {
  let done = asset.compressed.get(encoding);
  if (done === undefined) {
    done = compress[encoding](asset.plain);
    asset.compressed.set(encoding, done);
  }
  return done;
}
