/** All accounts of an organisation, on the packaged functions: one number, or what is missing from it and why. */
import { announcementOf } from '../../src/census/announcement.ts';
import { KINDS } from '../../src/census/kinds.ts';
import { organizationAnnouncementOf } from '../../src/census/organization/announcement.ts';
import type { Run } from '../../src/census/run.ts';
import { parametersFor } from '../../src/cli/local/counted.ts';
import {
  withAccount,
  withFault,
  withOrganizationFault,
  withoutAccount,
  withRoleFault,
} from '../../src/local/changed-world.ts';
import { STREAMS } from '../../src/local/kinds.ts';
import type { World } from '../../src/local/world.ts';
import { ACCOUNT as HUB, testWorld } from './harness.ts';
import { type OrganizationHarness, plannedIn, type Settled, startOrganization } from './organization-harness.ts';

jest.setTimeout(120_000);

const NORTH = '200000000001';
const SOUTH = '200000000002';
const EMPTY = '200000000003';
const LATE = '200000000004';
/** A stack goes on for a while with the session that an account gave it; so only these refuse one, and nobody asked them before. */
const REFUSING = '200000000005';
const STRICT = '200000000006';
const NEW = '200000000007';

const ON = { fault: null };
/** Each account has its own numbers, so that a sum tells which of them are in it. */
const WORLD = {
  defaults: { streams: 0 },
  regions: { 'eu-west-1': {}, 'us-east-1': {}, 'af-south-1': { fault: 'not-enabled' } },
  accounts: [
    { accountId: HUB, name: 'hub', regions: { 'us-east-1': { streams: 1 } } },
    { accountId: NORTH, name: 'north', regions: { 'eu-west-1': { streams: 1020 } } },
    {
      accountId: SOUTH,
      name: 'south',
      regions: { 'us-east-1': { streams: 200 }, 'af-south-1': { streams: 100, ...ON } },
    },
    { accountId: EMPTY, name: 'empty' },
    { accountId: LATE, regions: { 'eu-west-1': { streams: 4000 } } },
  ],
};
const CALM = testWorld(WORLD);
const TRUTH = 1 + 1020 + 300 + 4000;

/** With further accounts, and how many streams there are in each. */
function calmWith(joined: Readonly<Record<string, number>>): World {
  const accounts = Object.entries(joined).map(([accountId, streams]) => {
    return { accountId, name: `joined ${accountId}`, regions: { 'eu-west-1': { streams } } };
  });
  return testWorld({ ...WORLD, accounts: [...WORLD.accounts, ...accounts] });
}

let harness: OrganizationHarness;
/** Without a sweep, which may repeat an announcement that comes in its way: nobody needs it where nobody dies. */
beforeAll(async () => {
  harness = await startOrganization(WORLD, { sweep: false });
});
afterAll(async () => {
  await harness?.stop();
});
beforeEach(async () => {
  harness.become(() => CALM);
  await harness.forget();
});

async function count(world: World = CALM): Promise<Settled> {
  harness.become(() => world);
  return await harness.settled(await harness.open());
}

const gapsOf = ({ total }: Settled) =>
  Object.fromEntries(total.missing.map(({ accountId, reason, reasons }) => [accountId, reason ?? reasons]));
const asideIn = ({ accounts }: Settled) =>
  Object.fromEntries(accounts.flatMap(({ accountId, setAside }) => (setAside ? [[accountId, setAside]] : [])));

describe('the accounts of an organisation', () => {
  test('are counted exactly, each in the regions that it has switched on, and everybody is told what he should be', async () => {
    const [totals, mails, detail] = [
      await harness.listen('TotalsTopic'),
      await harness.listen('TotalsMailTopic'),
      await harness.listen('TotalsDetailTopic'),
    ];
    const run = await count();
    expect(run.total).toMatchObject({ verdict: 'complete', streams: TRUTH, expected: 5, counted: 5, missing: [] });
    expect(run.total.regions).toEqual({ expected: 11, counted: 11 });
    expect(run.sources).toMatchObject({ accounts: { from: 'asked' } });

    const accounts = await Promise.all(plannedIn(run).map((accountId) => harness.runOf(run, accountId)));
    const expiresAt = accounts[0]?.expiresAt;
    expect(accounts.map((each) => each?.parent)).toEqual(
      [0, 1, 2, 3, 4].map((position) => ({ position, round: 0, expiresAt })),
    );
    expect(accounts.map((each) => each?.total?.streams)).toEqual(plannedIn(run).map((id) => harness.truthOf(id)));
    expect(accounts.map((each) => each?.off?.length ?? 0)).toEqual([1, 1, 0, 1, 1]);

    const told = async (queue: string) => (await harness.takeAll(queue)).map((body) => JSON.parse(body));
    expect(await told(totals)).toEqual([organizationAnnouncementOf(run, run.total)]);
    const ofAccounts = (accounts as Run[]).map((each) => announcementOf(each, each.total!));
    expect((await told(detail)).sort(byAccount)).toEqual(ofAccounts.sort(byAccount));
    const [mail, ...more] = await harness.takeAll(mails);
    expect({ mail, more }).toEqual({
      mail: expect.stringContaining('5,321 streams in 5 accounts (complete)'),
      more: [],
    });
  });

  test('are asked once for an instant, however often that is triggered', async () => {
    const { censusId, runId, total } = await count();
    const again = await harness.stack.invoke('DispatcherLambdaFunction', { runId });
    expect(again).toEqual([{ censusId, runId, opened: false, published: 0, accounts: 0 }]);
    expect((await harness.settled({ censusId, runId })).total).toEqual(total);
  });

  test('are counted without one that cannot be assumed: it is missing, and its number is not known', async () => {
    const world = calmWith({ [REFUSING]: 70, [STRICT]: 80 });
    const broken = withRoleFault(withRoleFault(world, REFUSING, 'missing'), STRICT, 'wrong-external-id');
    const mails = await harness.listen('TotalsMailTopic');
    const run = await count(broken);
    expect(run.total).toMatchObject({ verdict: 'partial', streams: TRUTH, expected: 7, counted: 5 });
    expect(gapsOf(run)).toEqual({ [REFUSING]: 'no-access', [STRICT]: 'no-access' });
    expect(await harness.runOf(run, REFUSING)).toBeUndefined();
    const mail = await harness.take(mails);
    expect(mail.Body).toContain('at least 5,321 streams in 5 of 7 accounts (partial)');
    expect(mail.Body).toContain(`Missing: ${STRICT}, joined ${STRICT} (no-access). What it holds is not known.`);

    harness.become(() => world);
    const asked = await harness.askAgain(run);
    expect(asked.total).toMatchObject({ verdict: 'complete', streams: TRUTH + 150, expected: 7, counted: 7 });
    expect(asked.round).toBe(1);
    // Who had answered was not asked again.
    expect(await harness.runOf(run, NORTH)).toMatchObject({ round: 0, parent: { round: 0 } });
  });

  test('are counted in all but the regions that refuse, and asked again for just these', async () => {
    const denied = withFault(CALM, { kind: STREAMS, region: 'us-east-1' }, 'denied', SOUTH);
    const run = await count(denied);
    expect(run.total).toMatchObject({ verdict: 'partial', streams: TRUTH - 200, expected: 5, counted: 4 });
    expect(run.total.regions).toEqual({ expected: 11, counted: 10 });
    expect(gapsOf(run)).toEqual({ [SOUTH]: { denied: 1 } });

    harness.become(() => CALM);
    const asked = await harness.askAgain(run);
    expect(asked.total).toMatchObject({ verdict: 'complete', streams: TRUTH });
    expect(await harness.runOf(run, SOUTH)).toMatchObject({ round: 1, parent: { round: 1 } });
  });

  test('are named where they are closed or suspended, and missing if something was counted there', async () => {
    await count();
    const closed = withAccount(withAccount(CALM, SOUTH, { state: 'SUSPENDED' }), EMPTY, { state: 'CLOSED' });
    const run = await count(closed);
    expect(asideIn(run)).toEqual({ [SOUTH]: 'suspended', [EMPTY]: 'closed' });
    expect(plannedIn(run)).toEqual([HUB, NORTH, SOUTH, LATE]);
    expect(run.total).toMatchObject({ verdict: 'partial', streams: TRUTH - 300, expected: 4, counted: 3 });
    expect(gapsOf(run)).toEqual({ [SOUTH]: 'suspended' });
    expect(run.accounts).toContainEqual(
      expect.objectContaining({ accountId: SOUTH, lastKnown: expect.objectContaining({ streams: 300 }) }),
    );
  });

  test('come and go: who leaves is named once, and is missing for as long as something was counted there', async () => {
    await count();
    const left = (world: World) => withoutAccount(withoutAccount(world, SOUTH), EMPTY);
    const run = await count(left(calmWith({ [NEW]: 50 })));
    expect(asideIn(run)).toEqual({ [SOUTH]: 'left', [EMPTY]: 'left' });
    expect(run.total).toMatchObject({ verdict: 'partial', streams: TRUTH - 300 + 50, expected: 5, counted: 4 });
    expect(gapsOf(run)).toEqual({ [SOUTH]: 'suspended' });

    const next = await count(left(CALM));
    expect(asideIn(next)).toEqual({ [SOUTH]: 'left', [NEW]: 'left' });
    expect(gapsOf(next)).toEqual({ [SOUTH]: 'suspended', [NEW]: 'suspended' });
  });
});

describe('an organisation that cannot be listed', () => {
  const denied = withOrganizationFault(CALM, 'denied');

  test('is not counted where no earlier run names its accounts: somebody is told why, and nothing is said of them', async () => {
    const heard = await harness.listen('TotalsTopic');
    harness.become(() => denied);
    const { runId } = await harness.open();
    const { Body = '' } = await harness.take(harness.stack.resource('FailedInvocationsQueue').url as string);
    expect(JSON.parse(Body)).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { runId },
      responsePayload: {
        errorMessage: expect.stringMatching(
          /^The accounts of the organisation could not be listed \(denied\), and no earlier run names them\. Let /,
        ),
      },
    });
    expect(await harness.items()).toEqual([]);
    expect(await harness.takeAll(heard)).toEqual([]);
  });

  test('is counted by the accounts of its last run, and the run says so', async () => {
    await count();
    const run = await count(denied);
    expect(run.sources).toEqual({ accounts: { from: 'cache', because: 'denied' } });
    expect(run.total).toMatchObject({ verdict: 'complete', streams: TRUTH, expected: 5, counted: 5 });
  });
});

const byAccount = (one: { accountId: string }, other: { accountId: string }) =>
  one.accountId < other.accountId ? -1 : 1;

describe('of an organisation', () => {
  const UNIT = 'ou-root-workload';
  const BELOW = 'ou-root-below000';
  let others: OrganizationHarness | undefined;
  afterEach(async () => {
    await others?.stop();
    others = undefined;
  });

  test('every kind is counted at once, of the accounts in its units that nobody excludes', async () => {
    const its = (n: number) => ({ 'eu-west-1': { streams: n } });
    const ofKind = (kind: string, n: number) => ({ [kind]: { regions: { 'us-east-1': { [kind]: n } } } });
    const regions = { 'eu-west-1': {}, 'us-east-1': {} };
    const kinds = Object.fromEntries(
      KINDS.filter((kind) => kind !== STREAMS).map((kind) => [kind, { defaults: { [kind]: 0 }, regions }]),
    );
    const world = {
      defaults: { streams: 0 },
      regions,
      kinds,
      organization: {
        units: [
          { id: UNIT, name: 'Workloads' },
          { id: BELOW, name: 'Below', parentId: UNIT },
        ],
      },
      accounts: [
        { accountId: HUB, regions: its(9) },
        {
          accountId: NORTH,
          unit: UNIT,
          regions: its(10),
          kinds: { ...ofKind('channels', 3), ...ofKind('data-streams', 5) },
        },
        { accountId: SOUTH, unit: BELOW, regions: its(20), kinds: ofKind('channels', 4) },
        { accountId: EMPTY, unit: BELOW, regions: its(1000) },
      ],
    };
    others = await startOrganization(world, {
      sweep: false,
      environment: {
        KINDS: KINDS.join(','),
        REGIONS: Object.keys(regions).join(','),
        EXCLUDE_REGIONS: 'none',
        INCLUDE_ORGANIZATIONAL_UNITS: UNIT,
        EXCLUDE_ACCOUNTS: EMPTY,
      },
      parameters: { ...parametersFor(KINDS), IncludeOrganizationalUnits: UNIT },
    });
    const [totals, detail] = [await others.listen('TotalsTopic'), await others.listen('TotalsDetailTopic')];
    const key = await others.open();
    const numbers: Record<string, number> = { streams: 30, channels: 7, 'data-streams': 5 };
    for (const kind of KINDS) {
      const run = await others.settled(key, kind);
      expect(plannedIn(run)).toEqual([NORTH, SOUTH]);
      expect(run.excluded).toEqual([EMPTY]);
      expect(run.total).toMatchObject({ verdict: 'complete', streams: numbers[kind], expected: 2, counted: 2 });
    }
    const heard = async (queue: string) => (await others!.takeAll(queue)).map((body) => JSON.parse(body));
    expect((await heard(totals)).map(({ scope, kind }) => `${scope} ${kind}`)).toEqual(['organization streams']);
    const expected = KINDS.flatMap((kind) => [
      ...[NORTH, SOUTH].map((accountId) => `${accountId} ${kind}`),
      ...(kind === STREAMS ? [] : [`organization ${kind}`]),
    ]);
    expect((await heard(detail)).map(({ accountId, kind }) => `${accountId} ${kind}`).sort()).toEqual(expected.sort());
  });

  test('a list of accounts is counted without asking Organizations', async () => {
    const services = new Set<string>();
    const stranger = '299999999999';
    others = await startOrganization(
      { ...WORLD, organization: { fault: 'denied' } },
      {
        environment: { ACCOUNTS: `${SOUTH},${HUB},${stranger}` },
        onRequest: ({ service }) => void services.add(service),
      },
    );
    const run = await others.settled(await others.open());
    expect(run.sources).toEqual({ accounts: { from: 'parameter' } });
    expect(plannedIn(run)).toEqual([HUB, SOUTH, stranger]);
    expect(run.total).toMatchObject({ verdict: 'partial', streams: 301, expected: 3, counted: 2 });
    expect(gapsOf(run)).toEqual({ [stranger]: 'no-access' });
    expect([...services]).toEqual(expect.arrayContaining(['sts', 'kinesisvideo']));
    expect([...services]).not.toContain('organizations');
  });
});
