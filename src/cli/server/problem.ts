import { CliError, type ExitCode, exitCodes } from '../cli-error.ts';

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

const codes: Readonly<Record<number, ExitCode>> = {
  400: exitCodes.usage,
  401: exitCodes.notAllowed,
  403: exitCodes.notAllowed,
  404: exitCodes.notFound,
  409: exitCodes.conflict,
  412: exitCodes.conflict,
  413: exitCodes.usage,
  415: exitCodes.usage,
  422: exitCodes.usage,
  428: exitCodes.conflict,
  429: exitCodes.limited,
};

/** What a server's refusal means to whoever typed the command. */
export function problemError(status: number, text: string): CliError {
  const problem = parse(text);
  const words = problem === undefined ? '' : problemText(problem);
  return new CliError(codes[status] ?? exitCodes.failed, words === '' ? `the server answered ${status}` : words);
}

/** Its detail, and a line for each field where more than one is wrong. */
export function problemText({ detail, title = '', errors = [] }: Problem): string {
  const fields = errors.length < 2 ? [] : errors.map(({ path, message }) => `  ${path.replace(/^\/(body|query|params)\//, '')} ${message}`);
  return [detail ?? title, ...fields].join('\n');
}

function parse(text: string): Problem | undefined {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return undefined;
  }
}
