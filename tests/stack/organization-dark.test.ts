/**
 * A region that never answers, in every account of an organisation, on the packaged functions: it is missing in each, nothing else
 * is, and it takes the time of a few accounts however many there are.
 */
import type { FunctionLog } from '../../src/local/stack.ts';
import { ACCOUNT as HUB, testWorld } from './harness.ts';
import { type OrganizationHarness, plannedIn, type Settled, startOrganization } from './organization-harness.ts';

jest.setTimeout(180_000);

const DARK = 'eu-west-1';
const FEW = 4;
const MANY = 20;

/** So many tasks of a stack are worked on at the same time unless somebody asks for more. */
const AT_ONCE = 5;
/** Accounts that a region is shown to be dark by, and whose tasks keep all of their tries. */
const WITNESSES = 3;
/**
 * Those that may have been asked before anybody knew: whatever is worked on when the last witness speaks, and what took the places
 * of the others.
 */
const UNWARNED = AT_ONCE + WITNESSES - 1;

/** An account has a number of its own in each region, so that a sum tells what is in it. */
const worldOf = (accounts: number) => ({
  defaults: { streams: 0 },
  regions: { 'af-south-1': {}, [DARK]: { fault: 'hang' }, 'us-east-1': {} },
  accounts: Array.from({ length: accounts }, (_, n) => ({
    accountId: n === 0 ? HUB : String(200_000_000_000 + n),
    regions: { 'af-south-1': { streams: 2 ** n % 1009 }, 'us-east-1': { streams: 2000 + n } },
  })),
});

let harness: OrganizationHarness;
let lines: string[] = [];
beforeAll(async () => {
  harness = await startOrganization(worldOf(FEW), {
    // Calls that are long enough for a busy machine, and hardly a wait between five tries of four of them.
    environment: { HTTP_REQUEST_TIMEOUT_MS: '1000', TASK_BACKOFF_MS: '250,250,250,250' },
    onLog: ({ line }: FunctionLog) => void lines.push(line),
  });
});
afterAll(async () => {
  await harness?.stop();
});

/** The calls of each try of the dark region, in the order in which they ended: by the number of the account, as a JSON list. */
function triesOfEach(): string[] {
  const tries = new Map<string, number[]>();
  for (const line of lines) {
    if (!line.includes('region not counted')) continue;
    const { censusId, calls } = JSON.parse(line) as { censusId: string; calls: number };
    tries.set(censusId, [...(tries.get(censusId) ?? []), calls]);
  }
  return [...tries.values()].map((calls) => JSON.stringify(calls));
}

async function count(accounts: number) {
  harness.become(() => testWorld(worldOf(accounts)));
  await harness.forget();
  lines = [];
  const startedAtMs = performance.now();
  const run = await harness.settled(await harness.open());
  return { run, seconds: (performance.now() - startedAtMs) / 1000, tries: triesOfEach() };
}

/** What there is in the regions that answer. */
function numberIn(accounts: number): number {
  const answering = worldOf(accounts).accounts.flatMap(({ regions }) => Object.values(regions));
  return answering.reduce((sum, { streams }) => sum + streams, 0);
}

/** What is missing of each account that was planned. */
async function gapsIn(run: Settled) {
  const keys = plannedIn(run).map((censusId) => ({ censusId, runId: run.runId }));
  const records = await Promise.all(keys.map((key) => harness.ledger.readRecords(key)));
  return records.map((ofAccount) =>
    ofAccount.flatMap((record) =>
      record.status === 'counted' ? [] : [{ region: record.region, reason: record.reason }],
    ),
  );
}

test('a region that hangs in many accounts is missing in each of them, alone, and takes no longer than in a few', async () => {
  const few = await count(FEW);
  const { run, seconds, tries } = await count(MANY);

  expect(run.total).toMatchObject({ verdict: 'partial', streams: numberIn(MANY), expected: MANY, counted: 0 });
  expect(run.total.regions).toEqual({ expected: 3 * MANY, counted: 2 * MANY });
  const isDark = { region: DARK, reason: expect.stringMatching(/^(timed-out|unreachable)$/) };
  expect(await gapsIn(run)).toEqual(Array.from({ length: MANY }, () => [isDark]));

  // Five tries of four calls each; one call; and both of it, where the first try had begun before anybody knew.
  const [whole, quick, late] = ['[4,4,4,4,4]', '[1]', '[4,1]'].map(
    (each) => tries.filter((its) => its === each).length,
  );
  expect([whole, quick! + late!]).toEqual([WITNESSES, MANY - WITNESSES]);
  expect(quick).toBeGreaterThanOrEqual(MANY - UNWARNED);
  // If all were tried so often, five times as many accounts would take five times as long.
  expect(seconds).toBeLessThan(2 * few.seconds);
});
