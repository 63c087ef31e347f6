/** How many tasks wait (queued or delayed), by tenant and by type, with those that are on their way into the store. Kept, never counted. */
export interface Backlog {
  enter(owner: Owner): void;
  leave(owner: Owner): void;
  ofTenant(tenant: string): number;
  ofType(type: string): number;
  /** Those that have something waiting. */
  readonly tenants: ReadonlyMap<string, number>;
  readonly types: ReadonlyMap<string, number>;
}

/** Whose task it is and of which type; a task, its spec and its entry are owners. */
export interface Owner {
  readonly tenant: string;
  readonly type: string;
}

export function createBacklog(): Backlog {
  const byTenant = new Map<string, number>();
  const byType = new Map<string, number>();

  return {
    enter({ tenant, type }) {
      byTenant.set(tenant, (byTenant.get(tenant) ?? 0) + 1);
      byType.set(type, (byType.get(type) ?? 0) + 1);
    },
    leave({ tenant, type }) {
      takeOne(byTenant, tenant);
      takeOne(byType, type);
    },
    ofTenant: (tenant) => byTenant.get(tenant) ?? 0,
    ofType: (type) => byType.get(type) ?? 0,
    tenants: byTenant,
    types: byType,
  };
}

/** Names come and go with their tasks; one that is back at 0 is forgotten. A count below 0 would be a bug, and must show. */
function takeOne(counts: Map<string, number>, name: string): void {
  const left = (counts.get(name) ?? 0) - 1;
  if (left === 0) counts.delete(name);
  else counts.set(name, left);
}
