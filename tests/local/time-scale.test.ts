import { join } from 'node:path';
import { ensurePackaged } from '../../src/local/package.ts';
import { patience } from '../../src/local/time-scale.ts';

let packageDir: string;
beforeAll(async () => {
  packageDir = await ensurePackaged({ root: join(__dirname, '../..'), log: () => {} });
});

test.each([
  ['as the template says, where time is not made to pass faster', 1, {}],
  ['longer than a fortieth of that, which would be too short', 40, { REGION_SOURCES_TIMEOUT_MS: '750' }],
  ['half of the dispatcher’s time at most', 200, { REGION_SOURCES_TIMEOUT_MS: '150' }],
])('who is asked about regions has %s', (_, timeScale, expected) => {
  expect(patience(packageDir, timeScale)).toEqual(expected);
});
