import type { FieldError } from '../core/domain/errors.ts';
import type { Engine } from '../core/engine/engine.ts';
import { maxRegions } from './schemas/task.ts';

/**
 * Type and regions of a task that nobody knows, in a body that is refused for its shape anyway: so that whoever mends it mends both. A body
 * that has its shape is the engine's to judge, and of a list that is too long it is enough to say that.
 */
export function unknownNames(body: unknown, engine: Pick<Engine, 'types' | 'defaults'>): readonly FieldError[] {
  if (typeof body !== 'object' || body === null) return [];
  const { type, region, regions, accept_unroutable: waits } = body as Readonly<Record<string, unknown>>;
  const types = () => engine.types().map(({ name }) => name);
  const places = () => engine.defaults().regions;
  return [
    ...strange('/body/type', type, types),
    ...(waits === true ? [] : strange('/body/region', region, places)),
    ...(waits === true || !Array.isArray(regions) || regions.length > maxRegions
      ? []
      : regions.flatMap((name, i) => strange(`/body/regions/${i}`, name, places))),
  ];
}

function strange(path: string, name: unknown, known: () => readonly string[]): FieldError[] {
  if (typeof name !== 'string') return [];
  const names = known();
  return names.includes(name) ? [] : [{ path, message: `must be one of ${names.join(', ')}, and it was ${name.slice(0, 64)}` }];
}
