import type { Family, Relative } from '../../core/engine/engine.ts';
import type { FamilyBody } from '../schemas/dependency.ts';

export function familyView({ onFailure, parents, children, moreChildren }: Family): FamilyBody {
  return {
    on_parent_failure: onFailure,
    parents: parents.map(relativeView),
    children: children.map(relativeView),
    more_children: moreChildren,
  };
}

function relativeView({ id, name, type, status }: Relative): FamilyBody['parents'][number] {
  return { task: id, name, type, status };
}
