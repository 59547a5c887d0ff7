import { misplaced } from './mirror.ts';

const house = ['src/cli/watch.ts', 'src/cli/render/csv.ts', 'src/config.ts'];

test.each([
  'tests/cli/watch.test.ts',
  'tests/cli/render.test.ts',
  'tests/cli/render/csv.test.ts',
  'tests/cli/cli.test.ts',
  'tests/cli/watch/stops.test.ts',
  'tests/stack/storm.test.ts',
  'tests/cli/storm.ts',
])('%s stands where it is looked for', (file) => {
  expect(misplaced([...house, file])).toEqual([]);
});

test.each(['tests/cli/csv.test.ts', 'tests/cli/storm.test.ts', 'tests/cli/render/watch.test.ts'])(
  '%s stands where nobody looks for it',
  (file) => {
    expect(misplaced([...house, file])).toEqual([file]);
  },
);
