import closeWithGrace from 'close-with-grace';
import { readConfig } from './config.ts';
import { helpText } from './config-help.ts';
import { TaskRouterError } from './core/domain/errors.ts';
import { StartupError } from './core/domain/startup-error.ts';
import { packageVersion } from './package-version.ts';
import { findRunning } from './run-file.ts';
import type { RunningServer } from './start-server.ts';
import { drainSeconds, readyLines } from './startup-lines.ts';
import { createLogger, prettyErrorStream } from './telemetry/logger.ts';

/** Beyond the drain: stopping what does not end by itself, the last commits, closing connections. */
const closeMs = 10_000;

type Env = Readonly<Record<string, string | undefined>>;

/** `trx serve`: reads the settings, starts the server, says where it is, and ends it on a signal. Never throws; the exit code tells. */
export async function serve(args: readonly string[], env: Env): Promise<void> {
  // A reader that went away (a closed pipe) is no reason to stop serving.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const read = readConfig(args, env);
  if (read.kind === 'help') return print(helpText());
  if (read.kind === 'version') return print(`${packageVersion()}\n`);
  if (read.kind === 'errors') return leave(process.stderr, `${read.errors.join('\n')}\n`, 78);
  const { config } = read;
  const to = process.stderr.isTTY ? { to: await prettyErrorStream({ colour: env['NO_COLOR'] === undefined }) } : {};
  const logger = createLogger({ level: config.logLevel, ...to });

  try {
    // Loaded only now: help and a mistaken flag are answered at once.
    const { startServer } = await import('./start-server.ts');
    const server = await startServer(config, logger, (reason, exitCode) => {
      logger.fatal({ reason }, 'the server cannot go on; start it again to recover');
      process.exit(exitCode);
    });
    stopOnSignal(server, logger);
    const algorithm = await server.begin();
    print(readyLines({ config, algorithm, ...server }));
  } catch (error) {
    await explain(error, config.dataDir);
  }
}

const exitCodes = { SIGTERM: 0, SIGINT: 130, SIGHUP: 129 } as const;
type StopSignal = keyof typeof exitCodes;

/** First signal: drain. Second: now; what still runs is released and run again after the next start. Third: at once, and it is lost. */
function stopOnSignal({ stop, hurry }: Pick<RunningServer, 'stop' | 'hurry'>, logger: ReturnType<typeof createLogger>): void {
  const received: StopSignal[] = [];
  const { close } = closeWithGrace(
    {
      delay: drainSeconds * 1_000 + closeMs,
      logger: false,
      skip: Object.keys(exitCodes) as StopSignal[], // the library ends the process on the second signal, whatever its handler does
      onSecondError: () => process.exit(70),
      onTimeout: () => {
        logger.error({}, 'stopping took too long');
        process.exit(70);
      },
    },
    async ({ err }) => {
      if (err) {
        // Nobody knows what else is broken: the database is right, memory may not be. Recovery is what a start does anyway.
        logger.fatal({ err }, 'internal fault');
        process.exit(70);
      }
      const [signal = 'SIGTERM'] = received;
      logger.info({ signal }, 'stopping');
      await stop(drainSeconds * 1_000);
      process.exit(exitCodes[signal]);
    },
  );

  const onSignal = (signal: StopSignal) => {
    received.push(signal);
    if (received.length === 1) close();
    else if (received.length === 2) hurry();
    else process.exit(exitCodes[signal] || 143);
  };
  for (const signal of Object.keys(exitCodes) as StopSignal[]) process.on(signal, onSignal);
}

async function explain(error: unknown, dataDir: string): Promise<void> {
  if (error instanceof StartupError && error.exitCode === 75) {
    const running = await findRunning(dataDir);
    if (running !== undefined) return leave(process.stdout, `TaskRouterX is already running at ${running.url}\n`, 0);
  }
  if (error instanceof StartupError) return leave(process.stderr, `${error.message}\n`, error.exitCode);
  if (error instanceof TaskRouterError) return leave(process.stderr, `${error.message}\n`, error.code.startsWith('storage') ? 70 : 78);
  return leave(process.stderr, `${error instanceof Error ? error.stack : error}\n`, 70);
}

function print(text: string): void {
  process.stdout.write(text);
}

/** Ends the process once the text is out; whatever is half started ends with it. */
function leave(stream: NodeJS.WriteStream, text: string, code: number): Promise<never> {
  return new Promise(() => stream.write(text, () => process.exit(code)));
}
