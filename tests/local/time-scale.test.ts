import { join } from 'node:path';
import { ensurePackaged } from '../../src/local/package.ts';
import { builtInWorld, defaultWorld } from '../../src/local/parse-world.ts';
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
  expect(patience(packageDir, timeScale, { kinds, parameters: {}, isOrganization: false })).toEqual(expected);
});

test('several kinds take several times as long to be dispatched', () => {
  const scales = [['streams'], ['streams', 'channels'], ['streams', 'channels', 'data-streams']].map((kinds) =>
    fittingTimeScale(defaultWorld(), packageDir, kinds),
  );
  expect(scales).toEqual([40, 20, 13]);
});

test('an organisation is given more time, and its functions never less than a busy laptop needs', () => {
  const world = builtInWorld('organisation')!;
  expect(fittingTimeScale(world, packageDir)).toBe(20);
  expect(fittingTimeScale(world, packageDir, ['streams', 'channels'])).toBe(10);
  const floors = { HTTP_CONNECT_TIMEOUT_MS: '1000', HTTP_REQUEST_TIMEOUT_MS: '1000' };
  const counted = { kinds: 1, parameters: { Accounts: 'organization' }, isOrganization: true };
  expect(patience(packageDir, 20, counted)).toEqual({ REGION_SOURCES_TIMEOUT_MS: '5000', ...floors });
  expect(patience(packageDir, 1, counted)).toEqual({});
});
