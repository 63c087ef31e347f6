/** The ceiling for files over HTTP: a server that does nothing but copy a body into a file that is synced, and a file into an answer. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const [port = '0', folder = '.'] = process.argv.slice(2);
const path = join(folder, 'copy');

const server = createServer((request, response) => {
  if (request.method === 'GET' && request.url === '/file') return void pipeline(createReadStream(path), response).catch(() => {});
  if (request.method !== 'POST') return void response.end('{}');
  void pipeline(request, createWriteStream(path)).then(async () => {
    const file = await open(path, 'r+');
    await file.sync();
    await file.close();
    response.writeHead(201).end();
  });
});
process.once('SIGTERM', () => process.exit(0));
server.listen(Number(port), '127.0.0.1');
