import { expect, it } from 'vitest';
import { openHistory } from '../../../src/store/sqlite/history.ts';
import { aSubmission } from '../../contract/store-builders.ts';
import { openDatabase } from './a-database.ts';

it('a row of the log that cannot be read says so, and those behind it are read', async () => {
  const { store, file, writerDb } = openDatabase();
  await store.submitTasks([aSubmission()]);
  const told = (number: number) => ({ number, decided: 0, items: ['+1'] });
  for (let number = 0; number < 4; number++) await store.recordInputs(told(number), 1_000);
  const damage = writerDb.prepare('UPDATE log SET details = ? WHERE seq = ?');
  const { head } = store.logBounds();
  damage.run('{"inputs":[0,', head - 3);
  damage.run('{"inputs":["0",0,"+1"]}', head - 2);
  damage.run('[1,2]', head - 1);
  const history = openHistory(file);
  const rows = [...history.decisions(0)];
  history.close();
  expect(rows.map(({ isDamaged, inputs }) => isDamaged ?? inputs)).toEqual([true, true, true, told(3)]);
});
