/** npm run planted: looks for each bug until it is caught, and writes down where, so that the tests begin there. */
import { writeFileSync } from 'node:fs';
import { ALL_BUGS } from './all-bugs.ts';
import { CAUGHT_AT, caughtAt } from './catching.ts';

const caught: Record<string, number> = {};
for (const bug of ALL_BUGS.filter(({ schedule }) => schedule === undefined)) {
  const at = await caughtAt(bug);
  console.log(at === undefined ? `nobody notices that ${bug.name}` : `${at}: ${bug.name}`);
  if (at === undefined) process.exitCode = 1;
  else caught[bug.name] = at;
}
writeFileSync(CAUGHT_AT, `${JSON.stringify(caught, undefined, 2)}\n`);
