import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Caller, LiveTenant } from '../../core/engine/engine.ts';
import { callerOf } from '../caller.ts';
import { etagOf, ifMatch, isUnchanged } from '../conditions.ts';
import { type ApiDeps, base } from '../deps.ts';
import { parseTenant, parseTenantPatch } from '../parse-quota.ts';
import { refused } from '../refused.ts';
import { NoBody } from '../schemas/batch.ts';
import { NameParams, RefTo, tenantPattern, tenantRule } from '../schemas/common.ts';
import { ForceQuery } from '../schemas/quota.ts';
import { Empty } from '../schemas/responses.ts';
import { Tenant, TenantInput, TenantList, TenantPatch } from '../schemas/tenant.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { tenantView } from '../views/tenant.ts';

const tags = ['tenants'];
const validName = new RegExp(tenantPattern);
/** Of tenants without limits, how many are told. */
const mostOthers = 100;

export const tenantRoutes =
  ({ engine, options }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/tenants',
      {
        schema: {
          operationId: 'listTenants',
          tags,
          summary: 'Tenants with limits and what they use of them, and the busiest of those without',
          response: { 200: RefTo(TenantList) },
          problems: [],
        },
      },
      async () => ({ tenants: engine.tenants().map(tenantView), unlimited: [...engine.otherTenants(mostOthers)] }),
    );

    app.get(
      '/tenants/:name',
      {
        schema: {
          operationId: 'getTenant',
          tags,
          summary: 'The limits of one tenant and what it uses of them',
          description: 'The ETag is the version of its limits: what it uses is not part of it. 404: it has no limits.',
          params: NameParams,
          response: { 200: RefTo(Tenant), 304: Empty('its limits are unchanged') },
          problems: [404],
        },
      },
      async (request, reply) => {
        const live = tenantNamed(request.params.name, callerOf(request));
        if (isUnchanged(request, reply, live.tenant.version)) return reply.code(304).send(undefined);
        return tenantView(live);
      },
    );

    app.put(
      '/tenants/:name',
      {
        schema: {
          operationId: 'putTenant',
          tags,
          summary: 'Set the limits of a tenant',
          description: 'All of them: what is left out has no limit. Takes effect on the next submit and the next decision.',
          params: NameParams,
          querystring: ForceQuery,
          body: RefTo(TenantInput),
          response: { 200: RefTo(Tenant), 201: RefTo(Tenant) },
          problems: [409, 412, 413, 415, 422, 428],
        },
      },
      async (request, reply) => {
        const { name } = request.params;
        if (!validName.test(name)) throw refused({ path: '/params/name', message: `must be ${tenantRule}` });
        const before = engine.tenant(name);
        const ifVersion = before === undefined ? 0 : ifMatch(request, options.requireIfMatch);
        const { force } = request.query;
        const live = await engine.putTenant(parseTenant(name, request.body), callerOf(request), { ifVersion, force });
        if (before === undefined) reply.code(201).header('location', `${base}/tenants/${encodeURIComponent(name)}`);
        return reply.header('etag', etagOf(live.tenant.version)).send(tenantView(live));
      },
    );

    app.patch(
      '/tenants/:name',
      {
        schema: {
          operationId: 'changeTenant',
          tags,
          summary: 'Change limits of a tenant',
          description: 'A merge patch. Takes effect on the next submit and the next decision; running work is never stopped by it.',
          consumes: ['application/merge-patch+json', 'application/json'],
          params: NameParams,
          querystring: ForceQuery,
          body: RefTo(TenantPatch),
          response: { 200: RefTo(Tenant) },
          problems: [404, 409, 412, 413, 415, 422, 428],
        },
      },
      async (request, reply) => {
        const version = ifMatch(request, options.requireIfMatch);
        const { tenant } = tenantNamed(request.params.name);
        const change = parseTenantPatch(request.body, tenant);
        // Nested fields were merged with what was read just now, so the change holds for that version.
        const ifVersion = version ?? tenant.version;
        const live = await engine.changeTenant(tenant.name, change, callerOf(request), { ifVersion, force: request.query.force });
        return reply.header('etag', etagOf(live.tenant.version)).send(tenantView(live));
      },
    );

    app.delete(
      '/tenants/:name',
      {
        schema: {
          operationId: 'removeTenant',
          tags,
          summary: 'Take all limits of a tenant away',
          params: NameParams,
          body: NoBody,
          response: { 204: Empty('it has no limits any more') },
          problems: [404, 412, 415, 422, 428],
        },
      },
      async (request, reply) => {
        await engine.removeTenant(request.params.name, callerOf(request), ifMatch(request, options.requireIfMatch));
        return reply.code(204).send(undefined);
      },
    );

    /** A key of one tenant sees no other. @throws TaskRouterError `not_found` */
    function tenantNamed(name: string, { tenant = name }: Partial<Caller> = {}): LiveTenant {
      const live = tenant === name ? engine.tenant(name) : undefined;
      if (live === undefined) throw new TaskRouterError('not_found', `Tenant ${name.slice(0, 64)} has no limits. See ${base}/tenants.`);
      return live;
    }
  };
