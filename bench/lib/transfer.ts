import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

const chunk = Buffer.alloc(262_144, 'The rain began before the morning did. ');

/** A body of `bytes`, made while it is sent, between `head` and `tail`. @returns what the server answered, once it has */
export async function upload(url: string, bytes: number, headers: Record<string, string>, head = '', tail = ''): Promise<string> {
  const length = bytes + Buffer.byteLength(head) + Buffer.byteLength(tail);
  const sending = request(url, { method: 'POST', headers: { ...headers, 'content-length': String(length) } });
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  sending.write(head);
  for (let left = bytes; left > 0; left -= chunk.length) if (!sending.write(chunk.subarray(0, left))) await once(sending, 'drain');
  sending.end(tail);
  const [answer] = await answered;
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += part;
  if (answer.statusCode !== 201) throw new Error(`the upload was answered ${answer.statusCode}: ${text}`);
  return text;
}

/** @returns bytes of the answer, which are looked at by nobody */
export async function download(url: string): Promise<number> {
  const sending = request(url).end();
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`the download was answered ${answer.statusCode}`);
  let bytes = 0;
  for await (const part of answer) bytes += (part as Buffer).length;
  return bytes;
}
