import { parseJson } from './json-limits.ts';
import { refused } from './refused.ts';

const numbers = ['processors', 'seed'];

/**
 * The body of a replay from the fields of a form, to be checked as any: JSON in `request`, and what is said beside it.
 * @throws TaskRouterError `validation_failed`, `malformed_json`
 */
export function replayFromFields(fields: Readonly<Record<string, string>>): unknown {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'request') Object.assign(body, objectIn(value));
    else if (name === 'strategies') body[name] = value.split(',').map((algorithm) => ({ algorithm: algorithm.trim() }));
    else if (!numbers.includes(name))
      throw refused({ path: `/body/${name}`, message: `is no field here; there are request, strategies, ${numbers.join(', ')}` });
    else body[name] = Number.isFinite(Number(value)) && value.trim() !== '' ? Number(value) : value;
  }
  return body;
}

function objectIn(text: string): object {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw refused({ path: '/body/request', message: 'must be a JSON object' });
}
