import { join } from 'node:path';
import { ensurePackaged } from '../../src/local/package.ts';
import { defaultWorld } from '../../src/local/parse-world.ts';
import { fittingTimeScale, patience } from '../../src/local/time-scale.ts';

let packageDir: string;
beforeAll(async () => {
  packageDir = await ensurePackaged({ root: join(__dirname, '../..'), log: () => {} });
});

test.each([
  ['as the template says, where time is not made to pass faster', 1, 1, {}],
  ['longer than a fortieth of that, which would be too short', 40, 1, { REGION_SOURCES_TIMEOUT_MS: '750' }],
  ['half of the dispatcher’s time at most', 200, 1, { REGION_SOURCES_TIMEOUT_MS: '150' }],
  ['a share of that for each kind', 40, 3, { REGION_SOURCES_TIMEOUT_MS: '250' }],
])('who is asked about regions has %s', (_, timeScale, kinds, expected) => {
  expect(patience(packageDir, timeScale, kinds)).toEqual(expected);
});

test('several kinds take several times as long to be dispatched', () => {
  const scales = [['streams'], ['streams', 'channels'], ['streams', 'channels', 'data-streams']].map((kinds) =>
    fittingTimeScale(defaultWorld(), packageDir, kinds),
  );
  expect(scales).toEqual([40, 20, 13]);
});
