import { turns } from './app.ts';

export interface EventFrame {
  readonly id: number | undefined;
  readonly event: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  readonly data: any;
  readonly retry: number | undefined;
}

/** What a browser makes of a stream. */
export function framesIn(text: string): readonly EventFrame[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      const [id, retry] = [field('id'), field('retry')];
      return {
        id: id === undefined ? undefined : Number(id),
        event: field('event'),
        data: data === undefined ? undefined : JSON.parse(data),
        retry: retry === undefined ? undefined : Number(retry),
      };
    });
}

/** An `EventSource` as the standard has it, on an injected request: it keeps the last id over cuts and says it when it comes back. */
export interface EventClient {
  readonly frames: readonly EventFrame[];
  /** The frames that carry log entries, batches taken apart. */
  readonly entries: readonly { readonly seq: number; readonly type: string }[];
  readonly lastId: number | undefined;
  readonly ended: boolean;
  /** Takes turns until it holds. */
  until(holds: () => boolean): Promise<void>;
  /** The connection breaks. */
  cut(): Promise<void>;
  reconnect(): Promise<void>;
}

interface Injectable {
  inject(options: object): Promise<unknown>;
}
interface Streamed {
  readonly statusCode: number;
  readonly raw: { readonly res: { destroy(): void } };
  stream(): NodeJS.ReadableStream;
}

/** @param app where to connect; asked again at each reconnect, so that it may be another server by then */
export async function eventClient(app: () => Injectable, url: string): Promise<EventClient> {
  let past = '';
  let text = '';
  let ended = false;
  let response: Streamed;

  async function connect(): Promise<void> {
    const lastId = lastIdIn(frames());
    const headers = lastId === undefined ? {} : { 'last-event-id': String(lastId) };
    past += text;
    text = '';
    ended = false;
    response = (await app().inject({ method: 'GET', url, headers, payloadAsStream: true })) as Streamed;
    if (response.statusCode !== 200) throw new Error(`events: ${response.statusCode}`);
    const mine = response;
    const stream = response.stream();
    stream.on('data', (chunk: Buffer) => {
      if (mine === response) text += chunk.toString('utf8');
    });
    stream.on('end', () => {
      ended = true;
    });
    stream.on('error', () => {
      ended = true;
    });
    await turns(3); // what was written at once arrives
  }

  const frames = () => framesIn(past + text);
  await connect();
  return {
    get frames() {
      return frames();
    },
    get entries() {
      return frames().flatMap(({ event, data }) => (event === 'batch' ? data : event?.includes('.') ? [data] : []));
    },
    get lastId() {
      return lastIdIn(frames());
    },
    get ended() {
      return ended;
    },
    async until(holds) {
      while (!holds()) await turns(1);
    },
    async cut() {
      response.raw.res.destroy();
      await turns();
    },
    reconnect: connect,
  };
}

function lastIdIn(frames: readonly EventFrame[]): number | undefined {
  return frames.findLast(({ id }) => id !== undefined)?.id;
}
