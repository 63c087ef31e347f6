import { constraintText } from '../../core/domain/constraint.ts';
import type { WaitingWork } from '../../core/engine/waiting-work.ts';
import type { WaitingWorkBody } from '../schemas/waiting.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';

export function waitingView({ at, tasks, reasons, groups, groupsTotal }: WaitingWork): WaitingWorkBody {
  return {
    as_of: isoTime(at),
    tasks,
    reasons: reasons.map((reason) => ({
      code: reason.code,
      who: reason.clearedBy,
      tasks: reason.tasks,
      past_max_wait: reason.past,
      groups: reason.groups,
      oldest_task_id: reason.oldest ?? null,
      oldest_ready_at: isoTimeOrNull(reason.oldestReadyAt ?? null),
    })),
    groups: groups.map(groupView),
    groups_total: groupsTotal,
  };
}

function groupView({
  hold,
  tasks,
  oldest,
  oldestReadyAt,
  past,
  tenant,
  needs,
}: WaitingWork['groups'][number]): WaitingWorkBody['groups'][number] {
  return {
    code: hold.code,
    who: hold.clearedBy,
    summary: hold.summary,
    until: isoTimeOrNull(hold.until ?? null),
    tasks,
    past_max_wait: past,
    oldest_task_id: oldest ?? null,
    oldest_ready_at: isoTime(oldestReadyAt),
    tenant,
    needs: {
      type: needs.type,
      resource_type: needs.resourceType,
      regions: [...needs.regions],
      region_mode: needs.regionMode,
      slots: needs.slots,
      parts: needs.parts,
      max_cost_per_unit: needs.priceCap,
      constraints: needs.constraints.map(constraintText),
    },
  };
}
