/** What opens the runs of an organisation's accounts, and its own, and asks again: the dispatcher's body on the simulated ledger. */
import { GaveUpError, InvalidInputError } from '../../src/census/errors.ts';
import { KINESIS_VIDEO_REGIONS } from '../../src/census/kinds/kinesis-video.ts';
import { KINDS } from '../../src/census/kinds.ts';
import type { RegionTask } from '../../src/census/messages.ts';
import type { AccountSettings, AccountsAnswer } from '../../src/census/organization/accounts.ts';
import type { Access } from '../../src/census/organization/ports.ts';
import { accountKeyOf, type OrganizationRun } from '../../src/census/organization/run.ts';
import type { RunKey } from '../../src/census/run.ts';
import { aggregator } from '../../src/functions/aggregator.ts';
import { type DispatcherDeps, dispatcher } from '../../src/functions/dispatcher.ts';
import { ACCOUNT, aRun, counted, failed, MEMORY, OPENED_MS, RUN_ID, SETTINGS } from '../census/examples.ts';
import { anOrganizationRun, ORGANIZATION_KEY } from '../census/organization/examples.ts';
import { AGGREGATOR_CONFIG, DISPATCHER_CONFIG, METRICS } from '../judging/numbers.ts';
import { contextOf, failing, ledgerError, makeWorld, type WorldLedger } from './world.ts';

const IRELAND = 'eu-west-1';
const VIRGINIA = 'us-east-1';
const OWN = ACCOUNT;
const [ANNE, BERT] = ['210987654321', '310987654321'] as const;
const EVERYBODY = [OWN, ANNE, BERT];
const keyOf = (accountId: string, key: RunKey = ORGANIZATION_KEY) => accountKeyOf(key, accountId);

type World = {
  accounts?: AccountsAnswer;
  /** What each asking comes to, in turn; the last for all that follow. */
  access?: Record<string, Access[]>;
  settings?: Partial<AccountSettings>;
  config?: Partial<DispatcherDeps['config']>;
};

function open({ accounts, access = {}, settings, config }: World = {}) {
  const world = makeWorld();
  const asked: string[] = [];
  const askedAtMs = new Map<string, number[]>();
  const published: RegionTask[] = [];
  const deps: DispatcherDeps = {
    ...world,
    async publishTasks(tasks) {
      published.push(...tasks);
      return [];
    },
    random: () => 0.5,
    readLiveRegions: async (_signal, service) => {
      asked.push(`live ${service}`);
      return { regions: [IRELAND, VIRGINIA] };
    },
    readOptInStates: async () => {
      asked.push(`off ${OWN}`);
      return { regions: [] };
    },
    readOptInStatesOf: (accountId) => async () => {
      asked.push(`off ${accountId}`);
      return { regions: [] };
    },
    readAccounts: async () => {
      asked.push('accounts');
      return accounts ?? { accounts: EVERYBODY.map((accountId) => ({ accountId })) };
    },
    askAccess: async (accountId) => {
      asked.push(`access ${accountId}`);
      const times = askedAtMs.get(accountId) ?? [];
      askedAtMs.set(accountId, [...times, world.clock.nowMs()]);
      return access[accountId]?.[times.length] ?? access[accountId]?.at(-1) ?? 'granted';
    },
    config: {
      ...DISPATCHER_CONFIG,
      accounts: { accounts: 'organization', includeOrganizationalUnits: [], excludeAccounts: [], ...settings },
      regionSettings: { ...SETTINGS, regions: [VIRGINIA, IRELAND] },
      ...config,
    },
  };
  return { ...world, deps, asked, askedAtMs, published };
}

type Opened = ReturnType<typeof open>;

const trigger = ({ clock, deps }: Pick<Opened, 'clock' | 'deps'>, event: unknown = { runId: RUN_ID }) =>
  clock.run(dispatcher(deps)(event, contextOf('dispatcher')));
const retry = (world: Opened, round: number, accounts?: readonly string[]) =>
  trigger(world, { runId: RUN_ID, retry: { kind: 'streams', round, ...(accounts && { accounts }) } });

const organizationOf = async ({ ledger }: Pick<Opened, 'ledger'>): Promise<OrganizationRun> =>
  (await ledger.readOrganization(ORGANIZATION_KEY))!;
const runOf = ({ ledger }: Pick<Opened, 'ledger'>, accountId: string) => ledger.readRun(keyOf(accountId));
const tasksOf = ({ published }: Opened) =>
  published.map(({ censusId, region, round }) => `${censusId} ${region} ${round}`).sort();
const recordsOf = ({ ledger }: Opened) => ledger.readAccountRecords(ORGANIZATION_KEY);
const of = (accountId: string, round = 0) => [`${accountId} ${IRELAND} ${round}`, `${accountId} ${VIRGINIA} ${round}`];

/** What the ledger is asked, and how many are at it at the same time. */
function watched(ledger: WorldLedger, verbs: readonly (keyof WorldLedger)[]) {
  let [now, most] = [0, 0];
  const watching = { ...ledger };
  for (const verb of verbs) {
    const ask = ledger[verb] as (...question: unknown[]) => Promise<unknown>;
    Object.assign(watching, {
      [verb]: async (...question: unknown[]) => {
        most = Math.max(most, ++now);
        try {
          await Promise.resolve();
          return await ask(...question);
        } finally {
          now--;
        }
      },
    });
  }
  return { ledger: watching, most: () => most };
}

/** Has the aggregator look at everything that waits for it, as often as it takes. */
async function settle(world: Opened, rounds = 3) {
  const deps = { ...world, config: { ...AGGREGATOR_CONFIG, metrics: METRICS } };
  for (let round = 0; round < rounds; round++) await aggregator(deps)({ sweep: true }, contextOf('aggregator'));
}

/** Whoever was asked answers. */
async function answer(
  { ledger }: Opened,
  accountId: string,
  ...records: (ReturnType<typeof counted> | ReturnType<typeof failed>)[]
) {
  for (const record of records) {
    const own = { ...record, ...keyOf(accountId) };
    await ledger.writeRecord(own, aRun([]));
    await ledger.strike(own);
  }
}

const BOTH = [counted(IRELAND, 5), counted(VIRGINIA, 7)] as const;
const HALF = [counted(IRELAND, 5), failed(VIRGINIA, { reason: 'denied' })] as const;

describe('The first trigger of an instant', () => {
  test('opens a run of the organisation, and in it one of each account, and publishes all of their tasks', async () => {
    const world = open();
    await expect(trigger(world)).resolves.toEqual([{ ...ORGANIZATION_KEY, opened: true, published: 6, accounts: 3 }]);
    const organization = await organizationOf(world);
    expect(organization).toMatchObject({
      pending: EVERYBODY,
      dispatchedRound: 0,
      deadlineAt: new Date(OPENED_MS + DISPATCHER_CONFIG.organizationDeadlineMs).toISOString(),
      sources: { accounts: { from: 'asked' } },
    });
    for (const [position, accountId] of EVERYBODY.entries())
      expect(await runOf(world, accountId)).toMatchObject({
        parent: { position, round: 0 },
        plan: [IRELAND, VIRGINIA],
        dispatchedRound: 0,
      });
    expect(tasksOf(world)).toEqual(EVERYBODY.flatMap((accountId) => of(accountId)));
  });

  test('lists the accounts, asks for access and asks each what is switched on once for all kinds, and of itself by itself', async () => {
    const world = open({ config: { kinds: [...KINDS], regionSettings: SETTINGS } });
    await trigger(world);
    expect([...world.asked].sort()).toEqual([
      `access ${ANNE}`,
      `access ${BERT}`,
      'accounts',
      'live kinesis',
      'live kinesisvideo',
      `off ${OWN}`,
      `off ${ANNE}`,
      `off ${BERT}`,
    ]);
    for (const kind of KINDS.filter((each) => each !== 'streams'))
      expect(
        await world.ledger.readOrganization({ ...ORGANIZATION_KEY, censusId: `organization/${kind}` }),
      ).toMatchObject({
        pending: EVERYBODY,
        dispatchedRound: 0,
      });
  });

  test('asks nobody for accounts that a person named, nor counts itself unless it is one of them', async () => {
    const world = open({ settings: { accounts: [ANNE] } });
    await trigger(world);
    expect(world.asked).toEqual([`access ${ANNE}`]);
    expect(await runOf(world, OWN)).toBeUndefined();
  });

  test('goes on with the accounts of the last run where they cannot be listed, and says so', async () => {
    const world = open({ accounts: { because: 'denied' } });
    await world.ledger.openOrganization(
      anOrganizationRun([{ accountId: OWN }, { accountId: ANNE }], { runId: '2026-11-20T05:00:00Z' }),
    );
    await trigger(world);
    expect(await organizationOf(world)).toMatchObject({
      pending: [OWN, ANNE],
      sources: { accounts: { from: 'cache', because: 'denied' } },
    });
    expect(world.said[0]).toEqual({
      level: 'warn',
      message: 'a source of the plan failed',
      ...ORGANIZATION_KEY,
      source: 'accounts',
      reason: 'denied',
    });
  });

  test.each<[AccountsAnswer, object]>([
    [
      { because: 'denied', cause: Object.assign(new Error('no such unit'), { name: 'ParentNotFoundException' }) },
      { reason: 'denied', error: 'ParentNotFoundException' },
    ],
    [{ accounts: [{ accountId: ANNE }] }, { reason: 'bad-answer' }],
  ])('says in its log what was wrong with the list: %#', async (accounts, why) => {
    const world = open({ accounts });
    const run = anOrganizationRun([{ accountId: OWN }], { runId: '2026-11-20T05:00:00Z' });
    await world.ledger.openOrganization(run);
    await trigger(world);
    expect(world.said[0]).toEqual({
      level: 'warn',
      message: 'a source of the plan failed',
      ...ORGANIZATION_KEY,
      source: 'accounts',
      ...why,
    });
  });

  test.each([
    ['accounts that a person named', { sources: { accounts: { from: 'parameter' as const } } }],
    ['some units', { units: ['ou-ab12-11111111'] }],
  ])('takes the accounts of a run of %s for no others, however new it is', async (_what, changes) => {
    const world = open({ accounts: { because: 'denied' } });
    const named = anOrganizationRun([{ accountId: OWN }], { runId: '2026-11-20T05:00:00Z', ...changes });
    await world.ledger.openOrganization(named);
    await expect(trigger(world)).rejects.toThrow('and no earlier run names them');
    const all = anOrganizationRun([{ accountId: OWN }, { accountId: ANNE }], { runId: '2026-11-20T04:00:00Z' });
    await world.ledger.openOrganization(all);
    await trigger(world);
    expect(await organizationOf(world)).toMatchObject({ pending: [OWN, ANNE] });
  });

  test('opens nothing where they cannot be listed and no run names them', async () => {
    const world = open({ accounts: { because: 'denied' } });
    await expect(trigger(world)).rejects.toThrow('could not be listed (denied), and no earlier run names them');
    expect(world.table.items()).toEqual([]);
  });

  test('waits a minute for the list of accounts, and no longer', async () => {
    const world = open();
    const startedMs = world.clock.nowMs();
    const deps = { ...world.deps, readAccounts: () => new Promise<never>(() => {}) };
    await expect(trigger({ ...world, deps })).rejects.toThrow('could not be listed (timed-out)');
    expect(world.clock.nowMs() - startedMs).toBe(DISPATCHER_CONFIG.accountsTimeoutMs);
  });

  test('opens nothing if no account is left', async () => {
    const world = open({ settings: { excludeAccounts: EVERYBODY } });
    await expect(trigger(world)).rejects.toThrow(InvalidInputError);
    expect(world.table.items()).toEqual([]);
  });

  test('asks so many accounts at the same time, and no more', async () => {
    const accounts = Array.from({ length: 40 }, (_, nth) => ({ accountId: String(400_000_000_000 + nth) }));
    const world = open({
      accounts: { accounts: [{ accountId: OWN }, ...accounts] },
      config: { dispatchConcurrency: 7 },
    });
    const { ledger, most } = watched(world.ledger, ['readRunAndMemory', 'openRun', 'earlierRuns']);
    await trigger({ ...world, deps: { ...world.deps, ledger } });
    expect(most()).toBe(7);
    expect((await organizationOf(world)).pending).toHaveLength(41);
    expect(world.published).toHaveLength(82);
  });
});

/** The ledger, and how often each verb is used. */
function counting(ledger: WorldLedger) {
  const used: Record<string, number> = {};
  const entries = Object.entries(ledger).map(([verb, ask]) => [
    verb,
    (...question: unknown[]) => {
      used[verb] = (used[verb] ?? 0) + 1;
      return (ask as (...given: unknown[]) => unknown)(...question);
    },
  ]);
  return { used, ledger: Object.fromEntries(entries) as unknown as WorldLedger };
}

test('A hundred accounts are asked what docs/organisation.md says: five requests of the ledger each, and two questions', async () => {
  const accounts = [OWN, ...Array.from({ length: 100 }, (_, nth) => String(400_000_000_000 + nth))];
  const world = open({
    accounts: { accounts: accounts.map((accountId) => ({ accountId })) },
    config: { regionSettings: SETTINGS },
  });
  const { ledger, used } = counting(world.ledger);
  await trigger({ ...world, deps: { ...world.deps, ledger } });
  expect(used).toEqual({
    readOrganization: 1,
    organizationBefore: 1,
    openOrganization: 1,
    readRunAndMemory: 101,
    writeMemory: 101,
    openRun: 101,
    earlierRuns: 101,
    markDispatched: 102,
  });
  // For its own account nobody lets it in; where the service is is asked once.
  expect(world.asked).toHaveLength(1 + 100 + 101 + 1);
});

/** Of an account, in the run before. */
async function countBefore(world: ReturnType<typeof open>, streams: number) {
  const key = keyOf(ANNE, { ...ORGANIZATION_KEY, runId: '2026-11-20T05:00:00Z' });
  await world.ledger.openRun(aRun([IRELAND], key));
  const record = { ...counted(IRELAND, streams), ...key };
  await world.ledger.writeRecord(record, aRun([]));
  await world.ledger.strike(record);
  await settle(world);
}

describe('An account whose role refuses', () => {
  test('twice has no run: it is missing, and nobody waits for it; all others are asked', async () => {
    const world = open({ access: { [ANNE]: ['refused'] } });
    await trigger(world);
    expect(await recordsOf(world)).toMatchObject([
      { accountId: ANNE, status: 'failed', reason: 'no-access', round: 0 },
    ]);
    expect(await organizationOf(world)).toMatchObject({ pending: [OWN, BERT], dispatchedRound: 0 });
    expect(await runOf(world, ANNE)).toBeUndefined();
    expect(tasksOf(world)).toEqual([...of(OWN), ...of(BERT)]);
    expect(world.said).toContainEqual({
      level: 'warn',
      message: 'account is missing',
      ...keyOf(ANNE),
      reason: 'no-access',
    });
  });

  test.each([
    ['what was counted there last', 5, { runId: '2026-11-20T05:00:00Z', streams: 5 }],
    ['that nothing ever was', undefined, null],
  ])('says %s', async (_what, streams, lastKnown) => {
    const world = open({ access: { [ANNE]: ['refused'] } });
    if (streams !== undefined) await countBefore(world, streams);
    await trigger(world);
    expect(await recordsOf(world)).toMatchObject([{ accountId: ANNE, reason: 'no-access', lastKnown }]);
  });

  test('says nothing of what was there where nobody can say', async () => {
    const world = open({ access: { [ANNE]: ['refused'] } });
    const ledger = { ...world.ledger, lastTotal: () => Promise.reject(new Error('no answer')) };
    await trigger({ ...world, deps: { ...world.deps, ledger } });
    const [record] = await recordsOf(world);
    expect(record).toMatchObject({ accountId: ANNE, reason: 'no-access' });
    expect(record).not.toHaveProperty('lastKnown');
  });

  test('once is asked once more, ten seconds later, and counted if it lets itself be then', async () => {
    const world = open({ access: { [ANNE]: ['refused', 'granted'] } });
    await trigger(world);
    const [first = 0, second = 0] = world.askedAtMs.get(ANNE) ?? [];
    expect(second - first).toBe(DISPATCHER_CONFIG.accessRetryMs);
    expect(tasksOf(world)).toEqual(EVERYBODY.flatMap((accountId) => of(accountId)));
  });

  test('costs the others no time, and a hundred that refuse no more than one', async () => {
    const accounts = Array.from({ length: 100 }, (_, nth) => ({ accountId: String(400_000_000_000 + nth) }));
    const access = Object.fromEntries(accounts.map(({ accountId }) => [accountId, ['refused' as const]]));
    const world = open({ accounts: { accounts: [{ accountId: OWN }, ...accounts] }, access });
    const publishedAtMs: number[] = [];
    const publishTasks: DispatcherDeps['publishTasks'] = (tasks) => {
      publishedAtMs.push(world.clock.nowMs());
      return world.deps.publishTasks(tasks);
    };
    await trigger({ ...world, deps: { ...world.deps, publishTasks } });
    expect(publishedAtMs).toEqual([OPENED_MS]);
    expect(world.clock.nowMs() - OPENED_MS).toBe(DISPATCHER_CONFIG.accessRetryMs);
    expect(await recordsOf(world)).toHaveLength(100);
  });

  test('and is the last that is waited for has the organisation looked at at once', async () => {
    const world = open({ access: { [ANNE]: ['refused'], [BERT]: ['refused'] }, settings: { accounts: [ANNE, BERT] } });
    await trigger(world);
    expect(world.nudged).toEqual([ORGANIZATION_KEY]);
    await settle(world);
    expect(world.announcedOfAll).toMatchObject([
      [ORGANIZATION_KEY, { verdict: 'partial', streams: 0, accountReasons: { 'no-access': 2 } }],
    ]);
  });

  test('is asked for no kind more than twice', async () => {
    const world = open({ access: { [ANNE]: ['refused'] }, config: { kinds: [...KINDS] } });
    await trigger(world);
    expect(world.askedAtMs.get(ANNE)).toHaveLength(2);
  });
});

describe('An account of which nobody knows whether it lets itself be counted', () => {
  test('is counted by what is remembered of it, and is not asked what it has switched on; why is told', async () => {
    const cause = Object.assign(new Error('secret'), { name: 'Throttling' });
    const world = open({ access: { [ANNE]: [{ because: 'throttled', cause }] }, config: { regionSettings: SETTINGS } });
    await world.ledger.writeMemory(ANNE, MEMORY);
    await trigger(world);
    expect(world.asked).not.toContain(`off ${ANNE}`);
    expect(await runOf(world, ANNE)).toMatchObject({ sources: { optIn: { from: 'cache', because: 'throttled' } } });
    const why = { source: 'off', reason: 'throttled', error: 'Throttling' };
    expect(world.said).toContainEqual(expect.objectContaining({ ...keyOf(ANNE), ...why }));
    expect(world.published.some(({ censusId }) => censusId === ANNE)).toBe(true);
  });

  test('is not waited for longer than any source of a plan', async () => {
    const world = open();
    const askAccess = () => new Promise<never>(() => {});
    await trigger({ ...world, deps: { ...world.deps, askAccess } });
    expect(world.clock.nowMs() - OPENED_MS).toBe(DISPATCHER_CONFIG.regionSourcesTimeoutMs);
    expect(tasksOf(world)).toEqual(EVERYBODY.flatMap((accountId) => of(accountId)));
  });
});

describe('An account that is suspended', () => {
  const accounts = { accounts: [{ accountId: OWN }, { accountId: ANNE, state: 'suspended' as const }] };

  async function openAfter(streams: number) {
    const world = open({ accounts });
    await countBefore(world, streams);
    return world;
  }

  test('and held something is missing, and struck off before anything is published', async () => {
    const world = await openAfter(5);
    const pending: (readonly string[])[] = [];
    const publishTasks: DispatcherDeps['publishTasks'] = async (tasks) => {
      pending.push((await organizationOf(world)).pending);
      return await world.deps.publishTasks(tasks);
    };
    await trigger({ ...world, deps: { ...world.deps, publishTasks } });
    expect(pending).toEqual([[OWN]]);
    expect(await recordsOf(world)).toMatchObject([{ accountId: ANNE, status: 'failed', reason: 'suspended' }]);
    expect(world.asked).toEqual(['accounts']);
    expect(tasksOf(world)).toEqual(of(OWN));
  });

  test('and held nothing is only named', async () => {
    const world = await openAfter(0);
    await trigger(world);
    const organization = await organizationOf(world);
    expect(organization.accounts).toEqual([{ accountId: OWN }, { accountId: ANNE, setAside: 'suspended' }]);
    expect(organization.pending).toEqual([OWN]);
    expect(await recordsOf(world)).toEqual([]);
  });

  test.each<[string, (world: Opened) => WorldLedger]>([
    ['cannot be read', ({ ledger }) => failing(ledger, 'lastTotal', ledgerError())],
    ['does not come in time', ({ ledger }) => ({ ...ledger, lastTotal: () => new Promise(() => {}) })],
  ])('and whose last count %s is asked like any other', async (_what, ledgerOf) => {
    const world = await openAfter(5);
    await trigger({ ...world, deps: { ...world.deps, ledger: ledgerOf(world) } });
    expect(tasksOf(world)).toEqual([...of(OWN), ...of(ANNE)]);
    expect(world.said).toContainEqual(
      expect.objectContaining({ message: 'an earlier count cannot be read', ...keyOf(ANNE) }),
    );
  });

  test.each(['writeAccountRecord', 'strikeAccount'] as const)(
    'is struck off by the second invocation where the first died at the %s',
    async (verb) => {
      const world = await openAfter(5);
      const deps = { ...world.deps, ledger: failing(world.ledger, verb, ledgerError()) };
      await expect(trigger({ ...world, deps })).rejects.toThrow(GaveUpError);
      await trigger(world);
      expect(await organizationOf(world)).toMatchObject({ pending: [OWN], dispatchedRound: 0 });
      expect(await recordsOf(world)).toMatchObject([{ accountId: ANNE, reason: 'suspended' }]);
    },
  );
});

describe('Another trigger of the same instant', () => {
  test('asks nobody and publishes nothing once all accounts were asked', async () => {
    const world = open();
    await trigger(world);
    world.asked.length = 0;
    await expect(trigger(world)).resolves.toEqual([{ ...ORGANIZATION_KEY, opened: false, published: 0, accounts: 0 }]);
    expect(world.asked).toEqual([]);
    expect(world.published).toHaveLength(6);
  });

  test('keeps to the plan of the first, whatever is listed then', async () => {
    const world = open();
    const deps = { ...world.deps, ledger: failing(world.ledger, 'markDispatched', ledgerError()) };
    await expect(trigger({ ...world, deps })).rejects.toThrow(GaveUpError);
    world.asked.length = 0;
    const readAccounts = async () => ({ accounts: [{ accountId: OWN }] });
    await trigger({ ...world, deps: { ...world.deps, readAccounts } });
    expect(await organizationOf(world)).toMatchObject({ pending: EVERYBODY, dispatchedRound: 0 });
    // Their runs are there.
    expect(world.asked).toEqual([]);
  });

  const STEPS = [
    'openOrganization',
    'openRun',
    'earlierRuns',
    'markDispatched',
    'organizationBefore',
    'readOrganization',
  ];
  test.each(STEPS as (keyof WorldLedger)[])('does what is left where the first died at the %s', async (verb) => {
    const world = open({ access: { [BERT]: ['refused'] } });
    const crash = async () => {
      throw Object.assign(new Error('Gone.'), { name: 'Crash' });
    };
    await trigger({ ...world, deps: { ...world.deps, ledger: { ...world.ledger, [verb]: crash } } }).catch(() => {});
    await trigger(world);
    expect(await organizationOf(world)).toMatchObject({ pending: [OWN, ANNE], dispatchedRound: 0 });
    expect(await recordsOf(world)).toMatchObject([{ accountId: BERT, reason: 'no-access' }]);
    expect([...new Set(tasksOf(world))]).toEqual([...of(OWN), ...of(ANNE)]);
  });

  test('is of no use to one whose first was not told of before, and does not fail either', async () => {
    const world = open();
    await trigger(world);
    await answer(world, ANNE, ...BOTH);
    await settle(world);
    await trigger(world);
    expect(await organizationOf(world)).toMatchObject({ pending: [OWN, BERT] });
  });
});

describe('One account that cannot be dispatched', () => {
  /** The ledger answers nothing about it. */
  const without = (world: Opened, accountId: string): Opened => ({
    ...world,
    deps: {
      ...world.deps,
      ledger: {
        ...world.ledger,
        openRun: (run) => (run.censusId === accountId ? Promise.reject(ledgerError()) : world.ledger.openRun(run)),
      },
    },
  });

  test('stops no other; the invocation fails, and says of which it was', async () => {
    const world = open();
    await expect(trigger(without(world, ANNE))).rejects.toThrow(
      '1 of 3 accounts could not be dispatched; the first: It failed with ProvisionedThroughputExceededException (HTTP 400).',
    );
    expect(tasksOf(world)).toEqual([...of(OWN), ...of(BERT)]);
    expect(await organizationOf(world)).not.toHaveProperty('dispatchedRound');
    expect(world.said).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'account could not be dispatched', ...keyOf(ANNE) }),
    );
  });

  test('is dispatched by the next invocation, which asks for no other again', async () => {
    const world = open();
    await trigger(without(world, ANNE)).catch(() => {});
    world.asked.length = 0;
    await trigger(world);
    expect(world.asked).toEqual([`access ${ANNE}`]);
    expect(tasksOf(world)).toEqual(EVERYBODY.flatMap((accountId) => of(accountId)).sort());
    expect(await organizationOf(world)).toMatchObject({ dispatchedRound: 0 });
  });

  test('of one kind stops no other kind', async () => {
    const world = open({ config: { kinds: ['streams', 'channels'] } });
    await expect(trigger(without(world, ANNE))).rejects.toThrow('1 of 2 kinds could not be dispatched');
    expect(
      await world.ledger.readOrganization({ ...ORGANIZATION_KEY, censusId: 'organization/channels' }),
    ).toMatchObject({
      dispatchedRound: 0,
    });
  });
});

describe('An account that has switched on nothing of what is counted', () => {
  const AFRICA = 'af-south-1';
  const others = (region: string) => KINESIS_VIDEO_REGIONS.filter((each) => each !== region);

  /** Of the region that is counted, in Anne's account alone, it is said that it is off. */
  function withoutAfrica() {
    const regionSettings = { ...SETTINGS, excludeRegions: others(AFRICA) };
    const world = open({ config: { regionSettings } });
    world.deps.readLiveRegions = async () => ({ regions: [AFRICA] });
    world.deps.readOptInStatesOf = (accountId) => async () => ({ regions: accountId === ANNE ? [AFRICA] : [] });
    return world;
  }

  test('is counted to its end, with none, and at once; it fails nobody', async () => {
    const world = withoutAfrica();
    await expect(trigger(world)).resolves.toMatchObject([{ opened: true, published: 2, accounts: 3 }]);
    expect(await runOf(world, ANNE)).toMatchObject({ plan: [], off: [{ region: AFRICA }], dispatchedRound: 0 });
    expect(world.nudged).toEqual([keyOf(ANNE)]);
    await settle(world);
    expect(await recordsOf(world)).toMatchObject([{ accountId: ANNE, verdict: 'complete', expected: 0 }]);
    expect(await organizationOf(world)).toMatchObject({ dispatchedRound: 0, pending: [OWN, BERT] });
  });

  test('and held something when it was last counted is missing, at once', async () => {
    const world = withoutAfrica();
    await world.ledger.writeRecord(
      counted(AFRICA, 12, { censusId: ANNE, runId: '2026-11-19T06:00:00Z' }),
      aRun([AFRICA]),
    );
    await trigger(world);
    expect(world.nudged).toEqual([keyOf(ANNE)]);
    await settle(world);
    expect(await recordsOf(world)).toMatchObject([{ accountId: ANNE, reasons: { 'not-enabled': 1 } }]);
  });

  test('is not one of which a person excludes all that there is: that is an error', async () => {
    const world = withoutAfrica();
    world.deps.config = {
      ...world.deps.config,
      regionSettings: { ...SETTINGS, excludeRegions: KINESIS_VIDEO_REGIONS },
    };
    await expect(trigger(world)).rejects.toThrow('No region is left to count');
    expect(await runOf(world, ANNE)).toBeUndefined();
  });
});

describe('A run of an account that is there already, for itself', () => {
  test('becomes part of that of the organisation, and nobody asks for access again', async () => {
    const world = open();
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA], { ...keyOf(ANNE), dispatchedRound: 0 }));
    await trigger(world);
    expect(await runOf(world, ANNE)).toMatchObject({ parent: { position: 1, round: 0, expiresAt: 1_829_714_400 } });
    expect(world.asked).not.toContain(`access ${ANNE}`);
    expect(tasksOf(world)).toEqual([...of(OWN), ...of(BERT)]);
  });

  test('has its tasks published if they were not', async () => {
    const world = open();
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA], keyOf(ANNE)));
    await trigger(world);
    expect(tasksOf(world)).toEqual(EVERYBODY.flatMap((accountId) => of(accountId)).sort());
  });

  test('and has settled is told of at once', async () => {
    const world = open();
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA], { ...keyOf(ANNE), dispatchedRound: 0 }));
    await answer(world, ANNE, ...BOTH);
    await settle(world);
    expect(await recordsOf(world)).toEqual([]);
    await trigger(world);
    expect(world.nudged).toEqual([keyOf(ANNE)]);
    await settle(world);
    expect(await recordsOf(world)).toMatchObject([{ accountId: ANNE, verdict: 'complete' }]);
    expect(await organizationOf(world)).toMatchObject({ pending: [OWN, BERT] });
  });

  test('and whose deadline has passed is looked at at once, though regions are pending', async () => {
    const world = open();
    const deadlineAt = new Date(OPENED_MS - 1).toISOString();
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA], { ...keyOf(ANNE), dispatchedRound: 0, deadlineAt }));
    await trigger(world);
    expect(world.nudged).toEqual([keyOf(ANNE)]);
  });

  test('was opened by another invocation a moment ago: it is no error', async () => {
    const world = open();
    const ledger: WorldLedger = {
      ...world.ledger,
      async openRun(run) {
        await world.ledger.openRun({ ...run, openedAt: run.openedAt });
        return await world.ledger.openRun(run);
      },
    };
    await expect(trigger({ ...world, deps: { ...world.deps, ledger } })).resolves.toMatchObject([{ published: 6 }]);
  });
});

describe('A stack that counts its own account alone', () => {
  test('asks the ledger exactly what it always has, and nobody for accounts, roles or other accounts', async () => {
    const world = open({ settings: { accounts: 'self' }, config: { regionSettings: SETTINGS } });
    const { ledger, used } = counting(world.ledger);
    await trigger({ ...world, deps: { ...world.deps, ledger } });
    expect(used).toEqual({ readRunAndMemory: 1, writeMemory: 1, openRun: 1, earlierRuns: 1, markDispatched: 1 });
    expect(world.asked).toEqual(['live kinesisvideo', `off ${OWN}`]);
    expect(await world.ledger.readRun({ censusId: OWN, runId: RUN_ID })).not.toHaveProperty('parent');
  });

  test('has no run of an organisation to ask again for, and says so', async () => {
    const world = open({ settings: { accounts: 'self' } });
    await expect(retry(world, 1)).rejects.toThrow('This stack counts its own account alone (accounts is self)');
  });
});

describe('A person who asks again', () => {
  /** Of three accounts one is complete, one misses a region, and one refuses. */
  async function settled(access: Access[] = ['refused']) {
    const world = open({ access: { [BERT]: access } });
    await trigger(world);
    await answer(world, OWN, ...BOTH);
    await answer(world, ANNE, ...HALF);
    await settle(world);
    expect(await organizationOf(world)).toMatchObject({ pending: [], total: { verdict: 'partial', streams: 17 } });
    world.published.length = 0;
    world.asked.length = 0;
    world.nudged.length = 0;
    return world;
  }

  test('has the next round opened for every account that is not complete, and each asked for what it misses', async () => {
    const world = await settled(['refused', 'refused', 'granted']);
    await expect(retry(world, 1)).resolves.toEqual([{ ...ORGANIZATION_KEY, opened: true, published: 3, accounts: 2 }]);
    expect(await organizationOf(world)).toMatchObject({ round: 1, pending: [ANNE, BERT], dispatchedRound: 1 });
    expect(await runOf(world, ANNE)).toMatchObject({
      round: 1,
      pending: [VIRGINIA],
      parent: { round: 1 },
      dispatchedRound: 1,
    });
    expect(await runOf(world, BERT)).toMatchObject({
      round: 0,
      parent: { position: 2, round: 1, expiresAt: 1_829_714_400 },
    });
    expect(tasksOf(world)).toEqual([`${ANNE} ${VIRGINIA} 1`, ...of(BERT)]);
  });

  test('gets the total that all of this comes to', async () => {
    const world = await settled(['refused', 'refused', 'granted']);
    await retry(world, 1);
    await answer(world, ANNE, counted(VIRGINIA, 1, { round: 1 }));
    await answer(world, BERT, ...BOTH);
    await settle(world);
    expect(await organizationOf(world)).toMatchObject({ pending: [], total: { verdict: 'complete', streams: 30 } });
  });

  test('may name accounts', async () => {
    const world = await settled();
    await retry(world, 1, [ANNE]);
    expect(await organizationOf(world)).toMatchObject({ round: 1, pending: [ANNE] });
    expect(tasksOf(world)).toEqual([`${ANNE} ${VIRGINIA} 1`]);
  });

  test('for accounts that somebody else has not asked for in the same round is told so, and not forgotten', async () => {
    const world = await settled();
    await retry(world, 1, [ANNE]);
    for (const accounts of [[BERT], [ANNE, BERT], undefined])
      await expect(retry(world, 1, accounts)).rejects.toThrow(
        `The round 1 of the run ${RUN_ID} of the organisation was opened for other accounts, by somebody else; ask for ${BERT} in round 2.`,
      );
    await expect(retry(world, 1, [ANNE])).resolves.toMatchObject([{ opened: false }]);
    await answer(world, ANNE, failed(VIRGINIA, { reason: 'denied', round: 1 }));
    await settle(world);
    await expect(retry(world, 1, [ANNE])).resolves.toMatchObject([{ opened: false }]);
  });

  test('has an account that still refuses struck off at once, in the round', async () => {
    const world = await settled();
    await retry(world, 1, [BERT]);
    expect(await organizationOf(world)).toMatchObject({ round: 1, pending: [] });
    expect(await recordsOf(world)).toContainEqual(
      expect.objectContaining({ accountId: BERT, reason: 'no-access', round: 1 }),
    );
    expect(world.nudged).toEqual([ORGANIZATION_KEY]);
  });

  test('asks once by the number of the round, however often it is sent', async () => {
    const world = await settled();
    await retry(world, 1);
    const [organization, run] = [await organizationOf(world), await runOf(world, ANNE)];
    world.asked.length = 0;
    await expect(retry(world, 1)).resolves.toMatchObject([{ opened: false, published: 0 }]);
    expect(await organizationOf(world)).toEqual(organization);
    expect(await runOf(world, ANNE)).toEqual(run);
    expect(world.asked).toEqual([]);
  });

  test.each([
    'openOrganizationRound',
    'openRound',
    'adoptRun',
    'earlierRuns',
    'markDispatched',
    'openRun',
    'strikeAccount',
  ] as const)('has all of it done by a second invocation where the first died at the %s', async (verb) => {
    const world = await settled(['refused', 'refused', 'granted']);
    const deps = { ...world.deps, ledger: failing(world.ledger, verb, ledgerError()) };
    await retry({ ...world, deps }, 1).catch(() => {});
    await retry(world, 1);
    expect(await organizationOf(world)).toMatchObject({ round: 1, pending: [ANNE, BERT], dispatchedRound: 1 });
    expect(await runOf(world, ANNE)).toMatchObject({ round: 1, pending: [VIRGINIA], parent: { round: 1 } });
    expect([...new Set(tasksOf(world))]).toEqual([`${ANNE} ${VIRGINIA} 1`, ...of(BERT)]);
  });

  test('is told by an account that waits already, for somebody else, when that ends', async () => {
    const world = await settled();
    await world.ledger.openRound(keyOf(ANNE), [VIRGINIA], 1, new Date(OPENED_MS + 5_400_000).toISOString());
    await world.ledger.markDispatched(keyOf(ANNE), 1);
    await retry(world, 1, [ANNE]);
    expect(await runOf(world, ANNE)).toMatchObject({ round: 1, parent: { round: 1 } });
    expect(tasksOf(world)).toEqual([]);
    await settle(world);
    expect(await organizationOf(world)).toMatchObject({ pending: [ANNE] });
    await answer(world, ANNE, counted(VIRGINIA, 1, { round: 1 }));
    await settle(world);
    expect(await organizationOf(world)).toMatchObject({ pending: [], total: { streams: 18 } });
  });

  test('is told at once by an account that has been completed meanwhile', async () => {
    const world = await settled();
    // Nobody has struck it, nor looked.
    await world.ledger.writeRecord({ ...counted(VIRGINIA, 9), ...keyOf(ANNE) }, aRun([]));
    await retry(world, 1, [ANNE]);
    expect(tasksOf(world)).toEqual([]);
    expect(world.nudged).toEqual([keyOf(ANNE)]);
    await settle(world);
    expect(await organizationOf(world)).toMatchObject({ pending: [], total: { streams: 26 } });
  });

  test('has runs opened that expire with that of the organisation, whatever is set by then', async () => {
    const world = await settled(['refused', 'refused', 'granted']);
    const { expiresAt } = await organizationOf(world);
    const config = { ...world.deps.config, retentionDays: 30 };
    await retry({ ...world, deps: { ...world.deps, config } }, 1, [BERT]);
    expect(await runOf(world, BERT)).toMatchObject({ expiresAt });
  });

  test('may ask for a run that is old: whoever sent it has looked at that', async () => {
    const world = await settled();
    world.clock.step(3 * 86_400_000);
    await expect(retry(world, 1, [ANNE])).resolves.toMatchObject([{ opened: true, published: 1 }]);
  });

  test('gives a region all of its time, in a run that is opened for it, too', async () => {
    const world = await settled(['refused', 'refused', 'granted']);
    const earlier = { ...keyOf(BERT), runId: '2026-11-20T05:00:00Z' };
    const missing = [{ region: VIRGINIA, reason: 'timed-out' as const, dark: 3 }];
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA], earlier));
    await world.ledger.storeTotal(
      earlier,
      { verdict: 'partial', streams: 0, expected: 2, counted: 1, missing, tally: counted(IRELAND, 0).tally },
      0,
      '2026-11-20T05:30:00.000Z',
    );
    await retry(world, 1, [BERT]);
    expect(world.published.map(({ quick, previous }) => ({ quick, previous }))).toEqual([
      { quick: undefined, previous: earlier.runId },
      { quick: undefined, previous: earlier.runId },
    ]);
  });

  test.each([
    [{ kind: 'streams', round: 3 }, 'is in round 0; expected 2'],
    [{ kind: 'streams', round: 1, accounts: [OWN] }, `has counted the account ${OWN} already`],
    [{ kind: 'streams' }, 'The round (none) of the retry'],
    [{ kind: 'channels', round: 1 }, `There is no run ${RUN_ID} of the organisation.`],
  ])('is refused in a sentence: %j', async (wish, why) => {
    const world = await settled();
    const before = world.table.items();
    await expect(trigger(world, { runId: RUN_ID, retry: wish })).rejects.toThrow(why);
    expect(world.table.items()).toEqual(before);
  });

  test('is refused while the run is under way', async () => {
    const world = open();
    await trigger(world);
    await expect(retry(world, 1)).rejects.toThrow('is still under way');
  });

  /** Of two accounts one was suspended when the run opened, and the other is complete. */
  async function withSuspended(access: Access) {
    const world = open({ accounts: { accounts: [{ accountId: OWN }] }, access: { [ANNE]: [access] } });
    const before = { runId: '2026-11-20T05:00:00Z', streams: 4, countedAt: '2026-11-20T05:00:09.000Z' };
    await world.ledger.openOrganization(
      anOrganizationRun([{ accountId: OWN }, { accountId: ANNE, setAside: 'suspended', lastKnown: before }]),
    );
    await trigger(world);
    await answer(world, OWN, ...BOTH);
    await settle(world);
    world.published.length = 0;
    await retry(world, 1);
    return world;
  }

  test('has an account that was suspended asked: it may have been reinstated', async () => {
    expect(tasksOf(await withSuspended('granted'))).toEqual(of(ANNE));
  });

  test('is told of an account that was suspended, and refuses, that it is suspended: its role is not to blame', async () => {
    const records = await recordsOf(await withSuspended('refused'));
    expect(records).toContainEqual(expect.objectContaining({ accountId: ANNE, round: 1, reason: 'suspended' }));
  });
});
