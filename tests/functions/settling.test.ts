/** How the runs of an organisation's accounts, and then its own, are settled: the aggregator's body on the simulated ledger. */
import { NotMailedError } from '../../src/census/errors.ts';
import {
  accountKeyOf,
  type OrganizationRun,
  openOrganizationRun,
  parentOf,
} from '../../src/census/organization/run.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { RunKey } from '../../src/census/run.ts';
import { type AggregatorDeps, aggregator } from '../../src/functions/aggregator.ts';
import { aRun, counted, DEADLINE_MS, failed, OPENED_MS, SPAN } from '../census/examples.ts';
import { accountIdOf, accountsOf, ORGANIZATION_KEY } from '../census/organization/examples.ts';
import { AGGREGATOR_CONFIG, METRICS } from '../judging/numbers.ts';
import { contextOf, failing, ledgerError, makeWorld, type WorldLedger } from './world.ts';

const IRELAND = 'eu-west-1';
const VIRGINIA = 'us-east-1';
const [ANNE, BERT] = [accountIdOf(0), accountIdOf(1)] as const;
const ORGANIZATION_SPAN = { deadlineAfterMs: 7_200_000, retentionDays: 400 };
const KEYS = { [ANNE]: accountKeyOf(ORGANIZATION_KEY, ANNE), [BERT]: accountKeyOf(ORGANIZATION_KEY, BERT) };

/** A run of the organisation, of two accounts whose runs are there, of two regions each. */
async function open(key: RunKey = ORGANIZATION_KEY) {
  const world = makeWorld();
  const deps: AggregatorDeps = { ...world, config: { ...AGGREGATOR_CONFIG, metrics: METRICS } };
  await openRuns(world.ledger, key);
  return { ...world, deps };
}

async function openRuns(ledger: WorldLedger, key: RunKey): Promise<OrganizationRun> {
  const sources = { accounts: { from: 'parameter' } } as const;
  const run = openOrganizationRun(key, { accounts: accountsOf(2), sources }, OPENED_MS, ORGANIZATION_SPAN);
  await ledger.openOrganization(run);
  for (const accountId of [ANNE, BERT])
    await ledger.openRun(
      aRun([IRELAND, VIRGINIA], { ...accountKeyOf(key, accountId), parent: parentOf(run, accountId) }),
    );
  return run;
}

type Opened = Awaited<ReturnType<typeof open>>;

async function conclude(
  { ledger }: Pick<Opened, 'ledger'>,
  accountId: string,
  ...records: Exclude<RegionRecord, { status: 'attempted' }>[]
) {
  for (const record of records) {
    const own = { ...record, ...accountKeyOf(ORGANIZATION_KEY, accountId) };
    await ledger.writeRecord(own, aRun([]));
    await ledger.strike(own);
  }
}

const nudge = ({ deps }: { deps: AggregatorDeps }, { censusId, runId }: RunKey) =>
  aggregator(deps)(
    { Records: [{ Sns: { Message: JSON.stringify({ version: 1, accountId: censusId, runId }) } }] },
    contextOf('aggregator'),
  );
const sweep = ({ deps }: { deps: AggregatorDeps }) => aggregator(deps)({ sweep: true }, contextOf('aggregator'));

/** Whoever was nudged looks, until nobody is. */
async function settleAll(world: Opened, ...keys: RunKey[]) {
  for (const key of keys) await nudge(world, key);
  for (let next = world.nudged.shift(); next !== undefined; next = world.nudged.shift()) await nudge(world, next);
}

const organizationOf = ({ ledger }: Pick<Opened, 'ledger'>) => ledger.readOrganization(ORGANIZATION_KEY);
const toldOfAll = ({ announcedOfAll }: Opened) =>
  announcedOfAll.map(([, { verdict, streams, counted: complete }]) => ({ verdict, streams, complete }));

async function listOf({ ledger }: Opened, list: 'OPEN' | 'PARTIAL') {
  const keys: string[] = [];
  for await (const { censusId } of ledger.runsForSweep(list)) keys.push(censusId);
  return keys.sort();
}

const BOTH = [counted(IRELAND, 5), counted(VIRGINIA, 7)] as const;
const HALF = [counted(IRELAND, 5), failed(VIRGINIA, { reason: 'denied' })] as const;

describe('An account of an organisation that has settled', () => {
  test('is put on record in the run of the organisation, struck off, and is settled itself', async () => {
    const world = await open();
    await conclude(world, ANNE, ...BOTH);
    await settleAll(world, KEYS[ANNE]!);
    expect(await world.ledger.readAccountRecords(ORGANIZATION_KEY)).toMatchObject([
      { accountId: ANNE, status: 'settled', round: 0, verdict: 'complete', tally: { streams: 12 } },
    ]);
    expect(await organizationOf(world)).toMatchObject({ pending: [BERT] });
    expect(await world.ledger.readRun(KEYS[ANNE]!)).not.toHaveProperty('sweep');
    expect(world.announcedOfAll).toEqual([]);
  });

  test('that is the last has the organisation looked at at once: its total is stored, announced and settled', async () => {
    const world = await open();
    for (const accountId of [ANNE, BERT]) await conclude(world, accountId, ...BOTH);
    await settleAll(world, KEYS[ANNE]!, KEYS[BERT]!);
    const total = { verdict: 'complete', streams: 24, expected: 2, counted: 2, missing: [] };
    expect(world.announcedOfAll).toMatchObject([[ORGANIZATION_KEY, total]]);
    expect(await organizationOf(world)).toMatchObject({ pending: [], total });
    expect(await listOf(world, 'OPEN')).toEqual([]);
    expect(await listOf(world, 'PARTIAL')).toEqual([]);
  });

  test('tells CloudWatch nothing itself: what it has is in the number of the organisation', async () => {
    const world = await open();
    for (const accountId of [ANNE, BERT]) await conclude(world, accountId, ...BOTH);
    await settleAll(world, KEYS[ANNE]!, KEYS[BERT]!);
    expect(world.printed).toMatchObject([
      { censusId: 'organization', Streams: 24, AccountsCounted: 2, AccountsMissing: 0 },
    ]);
  });

  test('as partial adds what it has, and is named among what is missing', async () => {
    const world = await open();
    await conclude(world, ANNE, ...BOTH);
    await conclude(world, BERT, ...HALF);
    await settleAll(world, KEYS[ANNE]!, KEYS[BERT]!);
    expect(world.announcedOfAll[0]?.[1]).toMatchObject({
      verdict: 'partial',
      streams: 17,
      counted: 1,
      missing: [{ accountId: BERT, regions: { missing: 1, expected: 2 }, reasons: { denied: 1 } }],
    });
    expect(await listOf(world, 'PARTIAL')).toEqual([BERT, 'organization']);
  });
});

describe('What is counted late', () => {
  test('reaches the total of the organisation, too, by the next sweeps', async () => {
    const world = await open();
    await conclude(world, ANNE, ...BOTH);
    await conclude(world, BERT, ...HALF);
    await settleAll(world, KEYS[ANNE]!, KEYS[BERT]!);
    await world.ledger.writeRecord({ ...counted(VIRGINIA, 9), ...KEYS[BERT] }, aRun([]));
    await sweep(world);
    await settleAll(world);
    expect(toldOfAll(world)).toEqual([
      { verdict: 'partial', streams: 17, complete: 1 },
      { verdict: 'complete', streams: 26, complete: 2 },
    ]);
    expect(await listOf(world, 'PARTIAL')).toEqual([]);
  });

  test('while others are asked again is told with them, or by the sweep: not one mail an account', async () => {
    const world = await open();
    for (const accountId of [ANNE, BERT]) await conclude(world, accountId, ...HALF);
    await settleAll(world, KEYS[ANNE]!, KEYS[BERT]!);
    const run = (await organizationOf(world))!;
    const deadlineAt = new Date(DEADLINE_MS + 3_600_000).toISOString();
    await world.ledger.openOrganizationRound(run, [ANNE, BERT], 1, deadlineAt);
    for (const accountId of [ANNE, BERT]) {
      await world.ledger.openRound(KEYS[accountId]!, [VIRGINIA], 1, deadlineAt);
      await world.ledger.adoptRun(KEYS[accountId]!, { ...parentOf(run, accountId), round: 1 });
    }
    await conclude(world, ANNE, counted(VIRGINIA, 7, { round: 1 }));
    await settleAll(world, KEYS[ANNE]!);
    expect(await organizationOf(world)).toMatchObject({ round: 1, pending: [BERT] });
    expect(toldOfAll(world)).toHaveLength(1);
    await conclude(world, BERT, counted(VIRGINIA, 7, { round: 1 }));
    await settleAll(world, KEYS[BERT]!);
    expect(toldOfAll(world).slice(1)).toEqual([{ verdict: 'complete', streams: 24, complete: 2 }]);
  });
});

describe('An account whose run waits again', () => {
  test('is not struck off for what it had before: only what is new is told', async () => {
    const world = await open();
    await conclude(world, ANNE, ...BOTH);
    await conclude(world, BERT, ...HALF);
    await settleAll(world, KEYS[ANNE]!, KEYS[BERT]!);
    const run = (await organizationOf(world))!;
    const deadlineAt = new Date(DEADLINE_MS).toISOString();
    await world.ledger.openOrganizationRound(run, [BERT], 1, deadlineAt);
    await world.ledger.openRound(KEYS[BERT]!, [VIRGINIA], 1, deadlineAt);
    await world.ledger.adoptRun(KEYS[BERT]!, { ...parentOf(run, BERT), round: 1 });
    await sweep(world);
    expect(await organizationOf(world)).toMatchObject({ pending: [BERT], total: { streams: 17 } });
    world.clock.step(DEADLINE_MS - OPENED_MS);
    await sweep(world);
    expect(await organizationOf(world)).toMatchObject({ pending: [] });
  });
});

describe('A crash', () => {
  const STEPS = ['writeAccountRecord', 'strikeAccount', 'markSettled'] as const;

  test.each(STEPS)('of whoever settles an account, at the %s, is made up for by the sweep', async (verb) => {
    const world = await open();
    await conclude(world, BERT, ...BOTH);
    await settleAll(world, KEYS[BERT]!);
    await conclude(world, ANNE, ...BOTH);
    const deps = { ...world.deps, ledger: failing(world.ledger, verb, ledgerError()) };
    await expect(nudge({ deps }, KEYS[ANNE]!)).rejects.toThrow('The table is busy.');
    expect(await listOf(world, 'OPEN')).toContain(ANNE);
    world.nudged.length = 0;
    await sweep(world);
    await settleAll(world);
    expect(toldOfAll(world)).toEqual([{ verdict: 'complete', streams: 24, complete: 2 }]);
    expect(await listOf(world, 'OPEN')).toEqual([]);
  });

  test('before the nudge is made up for, too', async () => {
    const world = await open();
    for (const accountId of [ANNE, BERT]) await conclude(world, accountId, ...BOTH);
    await settleAll(world, KEYS[BERT]!);
    const sendNudge = () => Promise.reject(new Error('The topic is gone.'));
    await expect(nudge({ deps: { ...world.deps, sendNudge } }, KEYS[ANNE]!)).rejects.toThrow('The topic is gone.');
    await sweep(world);
    expect(toldOfAll(world)).toEqual([{ verdict: 'complete', streams: 24, complete: 2 }]);
  });

  test('between storing the total of the organisation and announcing it is made up for by the sweep', async () => {
    const world = await open();
    for (const accountId of [ANNE, BERT]) await conclude(world, accountId, ...BOTH);
    for (const key of Object.values(KEYS)) await nudge(world, key);
    const announceOrganization = () => Promise.reject(new Error('The topic is gone.'));
    await expect(nudge({ deps: { ...world.deps, announceOrganization } }, ORGANIZATION_KEY)).rejects.toThrow(
      'The topic is gone.',
    );
    await nudge(world, ORGANIZATION_KEY);
    expect(world.announcedOfAll).toEqual([]);
    await sweep(world);
    expect(toldOfAll(world)).toEqual([{ verdict: 'complete', streams: 24, complete: 2 }]);
    expect(await organizationOf(world)).toMatchObject({ announcedRev: (await organizationOf(world))!.total!.rev });
  });
});

describe('The run of an organisation', () => {
  test('that still waits for an account stays open until its deadline, and then says which', async () => {
    const world = await open();
    await conclude(world, ANNE, ...BOTH);
    await settleAll(world, KEYS[ANNE]!);
    await nudge(world, ORGANIZATION_KEY);
    expect(world.announcedOfAll).toEqual([]);
    world.clock.step(ORGANIZATION_SPAN.deadlineAfterMs);
    // Its accounts' runs are over by then, and are passed on in the same sweep.
    await sweep(world);
    await settleAll(world);
    await sweep(world);
    expect(world.announcedOfAll.at(-1)?.[1]).toMatchObject({ verdict: 'partial', streams: 12 });
    expect(world.announcedOfAll.at(-1)?.[1].missing).toMatchObject([{ accountId: BERT }]);
  });

  test('that waits is looked at without its records, of which there may be thousands', async () => {
    const world = await open();
    await conclude(world, ANNE, ...BOTH);
    await settleAll(world, KEYS[ANNE]!);
    const ledger = failing(world.ledger, 'readAccountRecords', new Error('Nobody reads them.'));
    await nudge({ deps: { ...world.deps, ledger } }, ORGANIZATION_KEY);
    await sweep({ deps: { ...world.deps, ledger } });
    expect(await organizationOf(world)).toMatchObject({ pending: [BERT], sweep: 'OPEN' });
  });

  test('is told of programs even where people cannot be told for an hour, as of any run', async () => {
    const world = await open();
    for (const accountId of [ANNE, BERT]) await conclude(world, accountId, ...BOTH);
    for (const key of Object.values(KEYS)) await nudge(world, key);
    const announceOrganization: AggregatorDeps['announceOrganization'] = async (run, total) => {
      await world.announceOrganization(run, total);
      throw new NotMailedError('The topic for people did not take the total.');
    };
    const deps = { ...world.deps, announceOrganization };
    await expect(nudge({ deps }, ORGANIZATION_KEY)).rejects.toThrow(NotMailedError);
    world.clock.step(3_600_000);
    await sweep({ deps });
    expect(toldOfAll(world)).toHaveLength(2);
    expect(await listOf(world, 'OPEN')).toEqual([]);
  });

  test('says what is new against the run before', async () => {
    const earlier = { ...ORGANIZATION_KEY, runId: '2026-11-20T05:00:00Z' };
    const world = await open(earlier);
    for (const accountId of [ANNE, BERT]) {
      const key = accountKeyOf(earlier, accountId);
      for (const record of BOTH) {
        await world.ledger.writeRecord({ ...record, ...key }, aRun([]));
        await world.ledger.strike({ ...record, ...key });
      }
      await nudge(world, key);
    }
    await settleAll(world);
    await openRuns(world.ledger, ORGANIZATION_KEY);
    await conclude(world, ANNE, ...BOTH);
    await conclude(world, BERT, ...HALF);
    await settleAll(world, KEYS[ANNE]!, KEYS[BERT]!);
    expect(world.announcedOfAll.at(-1)?.[1].before).toEqual({
      runId: earlier.runId,
      streams: 24,
      comparable: { runId: earlier.runId, streams: 24 },
      partialRuns: 1,
    });
  });

  test('gets its total though earlier runs cannot be read', async () => {
    const world = await open();
    for (const accountId of [ANNE, BERT]) await conclude(world, accountId, ...BOTH);
    const deps = { ...world.deps, ledger: failing(world.ledger, 'earlierOrganizations', ledgerError()) };
    await settleAll({ ...world, deps }, KEYS[ANNE]!, KEYS[BERT]!);
    expect(toldOfAll(world)).toEqual([{ verdict: 'complete', streams: 24, complete: 2 }]);
    expect(world.said).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'earlier runs cannot be read', ...ORGANIZATION_KEY }),
    );
  });

  test('is no run of an account, and is not asked for as one', async () => {
    const world = await open();
    await nudge(world, { ...ORGANIZATION_KEY, runId: '2026-11-20T01:00:00Z' });
    expect(world.said).toMatchObject([{ level: 'warn', message: 'nudge for no run' }]);
  });
});

test('A run of an account that stands for itself tells no organisation', async () => {
  const world = await open();
  const key = { censusId: accountIdOf(7), runId: ORGANIZATION_KEY.runId };
  await world.ledger.openRun({
    ...aRun([IRELAND], key),
    deadlineAt: new Date(OPENED_MS + SPAN.deadlineAfterMs).toISOString(),
  });
  const own = { ...counted(IRELAND, 5), ...key };
  await world.ledger.writeRecord(own, aRun([]));
  await world.ledger.strike(own);
  await nudge(world, key);
  expect(await world.ledger.readAccountRecords(ORGANIZATION_KEY)).toEqual([]);
  expect(world.nudged).toEqual([]);
  expect(world.printed[0]).toMatchObject({ Streams: 5 });
});
