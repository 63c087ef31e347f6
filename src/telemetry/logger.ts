import { type DestinationStream, destination, type Logger as Pino, pino, stdSerializers, stdTimeFunctions } from 'pino';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** Fields that hold secrets, or what people sent us: none of it belongs into a log that is shipped elsewhere. */
const secretNames = ['authorization', 'cookie', 'set-cookie', 'password', 'secret', 'token', 'apiKey', 'api_key', 'payload', 'metadata'];
const redact = {
  paths: ['req.headers', 'headers', '*', ''].flatMap((parent) =>
    secretNames.map((name) => (parent === '' ? `["${name}"]` : `${parent}["${name}"]`)),
  ),
  censor: '[redacted]',
};

/**
 * The operator's log: one JSON object a line on standard error, or coloured text when that is a terminal. Written at once: the line that
 * says why a server died must not be the one that is lost.
 */
export function createLogger(options: { readonly level: LogLevel; readonly to?: DestinationStream }): Pino {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.err },
      redact,
    },
    options.to ?? destination({ dest: 2, sync: true }),
  );
}

/** Standard error as people read it; pino-pretty is loaded only where there is a terminal. */
export async function prettyErrorStream(options: { readonly colour: boolean }): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({ colorize: options.colour, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' });
  return { write: (line) => void process.stderr.write(pretty(line) ?? '') };
}
