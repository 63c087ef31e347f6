import { expect, it } from 'vitest';
import type { TaskBody } from '../../../src/api/schemas/task.ts';
import { taskView } from '../../../src/api/views/task.ts';
import { taskFields } from '../../../src/cli/output/task-fields.ts';
import { anAttempt } from '../../helpers/attempts.ts';

const { task } = anAttempt();
const said = (progress: Parameters<typeof taskView>[1]): TaskBody => taskView(task, progress);

it('says how far a task is that says so, never more than it is', () => {
  expect(taskFields(said({ ratio: 0.999, note: 'nearly', at: 0 }), '/')).toMatchObject({ progress: '99 %, nearly' });
  expect(taskFields(said({ ratio: 1, note: null, at: 0 }), '/')).toMatchObject({ progress: '100 %' });
  expect(taskFields(said(undefined), '/')).not.toHaveProperty('progress');
});

it('says where the parts of a task are that has several, pools and nodes', () => {
  const [placement, partNodes] = [
    ['near', 'far'],
    [null, 'eu-1'],
  ];
  const gang = taskView({ ...task, parts: 2, placement, partNodes });
  expect(taskFields(gang, '/')).toMatchObject({ parts: 2, placements: placement, nodes: partNodes });
  expect(taskFields(said(undefined), '/')).not.toHaveProperty('nodes');
});
