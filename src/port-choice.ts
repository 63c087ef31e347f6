import { once } from 'node:events';
import { createServer } from 'node:net';
import { StartupError } from './core/domain/startup-error.ts';
import { portOwner } from './port-owner.ts';

/** The last port that is tried for somebody who did not choose one. */
const lastPort = 8_019;

export interface PortWish {
  readonly host: string;
  readonly port: number;
  /** Somebody asked for exactly this one. */
  readonly isExplicit: boolean;
}

/**
 * The port to listen on: the one wished for, or the next free one where nobody chose.
 * @throws StartupError 69 taken · 78 the host is no address of this machine, or the port is not ours to take
 */
export async function choosePort({ host, port, isExplicit }: PortWish): Promise<number> {
  for (let candidate = port; candidate <= (isExplicit ? port : lastPort); candidate++) {
    const problem = await tryListening(host, candidate);
    if (problem === undefined) return candidate;
    if (problem !== 'EADDRINUSE') throw new StartupError(78, `Cannot listen on ${host} port ${candidate}: ${problem}.`);
  }
  if (!isExplicit) throw new StartupError(69, `Ports ${port}-${lastPort} are all in use. Use --port with a free one.`);
  const owner = await portOwner(port);
  throw new StartupError(
    69,
    `Port ${port} is used by ${owner ?? 'another program'}. Use --port ${port === 65_535 ? port - 1 : port + 1} or stop it.`,
  );
}

async function tryListening(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    server.close();
  }
}
