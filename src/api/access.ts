import type { Role } from '../core/domain/api-key.ts';

/** Who may use a route, once there are keys. */
export interface Access {
  /** A key with one of these, or one that contains it; `open`: nobody needs a key. */
  readonly roles: readonly Role[] | 'open';
  /** Also for keys of one tenant: what the route shows and does is that tenant's alone. */
  readonly ofOneTenant: boolean;
}

type Rule = readonly [methods: 'read' | 'write' | 'any', path: RegExp, roles: Access['roles'], scope?: 'tenant'];

/**
 * One table for all routes, the first line that fits. The last two fit everything: a new route is for readers of everything, or for operators,
 * until a line says otherwise. tests/api/keys.test.ts tries every route with every kind of key.
 */
const rules: readonly Rule[] = [
  ['any', /^(?:\/api\/v1)?\/health(?:\/|$)/, 'open'],
  ['read', /^\/(?:openapi\.json|redoc|docs(?:\/.*)?|problems(?:\/.*)?|\.well-known\/.*|assets\/.*|favicon\.svg)$/, 'open'],
  ['any', /^\/(?:login|logout)$/, 'open'],

  ['any', /^\/api\/v1\/keys\/self$/, ['read', 'node'], 'tenant'],
  ['any', /^(?:\/api\/v1)?\/keys(?:\/|$)/, ['admin']],

  ['read', /^\/api\/v1\/nodes(?:\/:id)?$/, ['read', 'node']],
  ['write', /^\/api\/v1\/nodes\/:id$/, ['operate', 'node']],
  ['any', /^\/api\/v1\/nodes(?:\/|$)/, ['node']],

  ['read', /^\/api\/v1\/(?:tasks|operations)(?:\/|$)/, ['read'], 'tenant'],
  ['read', /^\/api\/v1\/(?:events|types|pools|workers|algorithms|config\/algorithm|tenants\/:name)(?:\/:name)?$/, ['read'], 'tenant'],
  ['write', /^\/api\/v1\/(?:tasks|jobs|operations)(?:\/|$)/, ['submit'], 'tenant'],

  // A page is open to whom the API shows the same.
  ['read', /^\/(?:(?:tasks|operations)(?:\/.*)?|pools(?:\/:name)?|algorithms|search)?$/, ['read'], 'tenant'],
  ['write', /^\/(?:tasks|operations)\//, ['submit'], 'tenant'],
  ['write', /^\/preferences$/, ['read'], 'tenant'],

  ['read', /^\//, ['read']],
  ['write', /^\//, ['operate']],
];

/** @param url pattern of the route, such as `/api/v1/tasks/:id` */
export function accessOf(method: string, url: string): Access {
  const kind = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? 'read' : 'write';
  const rule = rules.find(([methods, path]) => (methods === 'any' || methods === kind) && path.test(url));
  if (rule === undefined) throw new Error(`no rule says who may use ${method} ${url}`);
  const [, , roles, scope] = rule;
  return { roles, ofOneTenant: roles === 'open' || scope === 'tenant' };
}
