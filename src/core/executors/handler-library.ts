import { builtInHandlers } from './built-in-handlers.ts';
import type { Handler, HandlerDefinition } from './handler.ts';

/** Handlers by type inside one thread; a user's file is imported when its first attempt comes. */
export interface HandlerLibrary {
  /** @throws Error that says what is wrong with the file. */
  get(type: string): Promise<HandlerDefinition>;
}

export function createHandlerLibrary(files: ReadonlyMap<string, string>): HandlerLibrary {
  const known = new Map<string, HandlerDefinition>(Object.entries(builtInHandlers));

  return {
    async get(type) {
      const found = known.get(type);
      if (found) return found;
      const file = files.get(type);
      if (file === undefined) throw new Error(`no handler for the type ${type}`);
      const loaded = readModule(await import(file));
      known.set(type, loaded);
      return loaded;
    },
  };
}

/** `export default` (or `module.exports =`) a function; beside it, if wanted, `description` and `shared`. */
function readModule(exported: Readonly<Record<string, unknown>>): HandlerDefinition {
  const { default: handler, description = '', shared = false } = exported;
  if (typeof handler !== 'function') throw new Error('its default export must be a function (input, ctx) => result');
  if (typeof description !== 'string') throw new Error('its export "description" must be a text');
  if (typeof shared !== 'boolean') throw new Error('its export "shared" must be true or false');
  return { description: description.slice(0, 500), shared, handler: handler as Handler };
}
