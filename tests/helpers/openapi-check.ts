import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>>;
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export interface Answer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** What any path may answer before a route is reached, and so is said of no route. */
const beforeRoutes = new Set([404, 405, 414, 421, 431]);

/** Compares answers with what the OpenAPI document promises of them. Throws where they differ. */
export function createAnswerCheck(document: OpenApi): (answer: Answer) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'doc');
  const validators = new Map<string, ValidateFunction>();

  function validatorOf(pointer: string): ValidateFunction {
    const known = validators.get(pointer);
    if (known !== undefined) return known;
    const made = ajv.compile({ $ref: `doc#${pointer}` });
    validators.set(pointer, made);
    return made;
  }

  return (answer) => {
    const path = pathOf(document, answer.url);
    const operation = path === undefined ? undefined : document.paths[path]?.[answer.method.toLowerCase()];
    const said = `${answer.method} ${answer.url} answered ${answer.status} ${answer.contentType}: ${answer.body.slice(0, 500)}`;
    if (answer.status >= 500 && answer.status !== 503) throw new Error(`a fault: ${said}`);
    if (answer.status >= 400) checkProblem(answer, said, validatorOf('/components/schemas/Problem'));
    if (operation === undefined || path === undefined || (answer.status >= 400 && beforeRoutes.has(answer.status))) return;
    const response = operation.responses[String(answer.status)];
    if (response === undefined) throw new Error(`an undocumented status: ${said}`);
    const type = answer.contentType?.split(';', 1)[0];
    if (answer.body === '' || type === undefined) return;
    if (response.content?.[type] === undefined) throw new Error(`an undocumented content type: ${said}`);
    if (!/[/+]json$/.test(type)) return;
    const pointer = ['paths', path, answer.method.toLowerCase(), 'responses', String(answer.status), 'content', type, 'schema'];
    const validate = validatorOf(
      `/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`,
    );
    if (!validate(JSON.parse(answer.body))) throw new Error(`not as documented: ${ajv.errorsText(validate.errors)}: ${said}`);
  };
}

function checkProblem(answer: Answer, said: string, isProblem: ValidateFunction): void {
  if (!answer.contentType?.startsWith('application/problem+json')) throw new Error(`a refusal that is no problem document: ${said}`);
  const problem: unknown = JSON.parse(answer.body);
  if (!isProblem(problem) || (problem as { status: number }).status !== answer.status) throw new Error(`a wrong problem document: ${said}`);
  if (/\n\s+at |node_modules|\.ts:\d/.test(answer.body)) throw new Error(`a stack: ${said}`);
}

/** The template of the document that `url` is of; the one with the fewest placeholders where two fit. */
function pathOf(document: OpenApi, url: string): string | undefined {
  const parts = (url.split('?', 1)[0] ?? '').split('/');
  return Object.keys(document.paths)
    .filter((path) => {
      const wanted = path.split('/');
      return wanted.length === parts.length && wanted.every((part, i) => part.startsWith('{') || part === parts[i]);
    })
    .sort((a, b) => a.split('{').length - b.split('{').length)[0];
}
