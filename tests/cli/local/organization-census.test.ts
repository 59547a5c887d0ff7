/** `npm start` of a world with accounts: the packaged functions, each account with a session of its own. */
import { join } from 'node:path';
import { ensurePackaged } from '../../../src/local/package.ts';
import { onMachine, write } from '../source/machine.ts';
import { cleanUp, temporaryFolder } from '../world.ts';

beforeAll(async () => {
  await ensurePackaged({ root: join(__dirname, '../../..'), log: () => {} });
});
afterEach(cleanUp);

const [HUB, NORTH, SOUTH] = ['111111111111', '222222222222', '333333333333'];
const WORLD = {
  accountId: HUB,
  regions: { 'eu-west-1': { streams: 5 }, 'us-east-1': { streams: 1 } },
  accounts: [
    { accountId: HUB, name: 'hub' },
    {
      accountId: NORTH,
      name: 'north',
      regions: { 'eu-west-1': { streams: 70 }, 'us-east-1': { fault: 'denied-by-organization' } },
    },
    { accountId: SOUTH, name: 'south', role: 'missing' },
  ],
};

test('every account is told with its number and what is missing from it; where the list is denied, that of the last run holds', async () => {
  const home = temporaryFolder();
  write(home, { 'world.json': JSON.stringify(WORLD) });
  const counted = await onMachine({ home }, 'local --world world.json --json');
  const accounts = [
    {
      accountId: SOUTH,
      name: 'south',
      verdict: null,
      total: null,
      counted: null,
      expected: null,
      missing: [],
      reason: 'no-access',
    },
    {
      accountId: NORTH,
      name: 'north',
      verdict: 'partial',
      total: 70,
      counted: 1,
      expected: 2,
      missing: [{ region: 'us-east-1', reason: 'denied' }],
    },
    { accountId: HUB, name: 'hub', verdict: 'complete', total: 6, counted: 2, expected: 2, missing: [] },
  ];
  const whole = { accountId: 'organization', verdict: 'partial', total: 76, expected: 3, counted: 1, truth: 83 };
  expect(counted.code).toBe(2);
  expect(JSON.parse(counted.out)).toMatchObject({ ...whole, accounts, previous: null });

  const again = await onMachine({ home }, 'local --world world.json --deny organizations');
  expect(again.code).toBe(2);
  expect(again.out).toContain('76 streams in 2 of 3 accounts, 1 complete');
  expect(again.out).toMatch(/south +333333333333 +missing +MISSING +no-access\n/);
  expect(again.out).toContain('The local Kinesis Video holds 83 streams: 7 are where nothing was counted.');
}, 240_000);
