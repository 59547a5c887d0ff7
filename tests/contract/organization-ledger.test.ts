/** What is promised of each verb of the ledger that is about an organisation. */
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { makeLedger } from '../../src/aws/ledger.ts';
import { makeOrganizationLedger } from '../../src/aws/organization-ledger.ts';
import { RUNS_LOOKED_AT } from '../../src/census/look-back.ts';
import { type AccountRecord, mayReplaceAccount } from '../../src/census/organization/account-record.ts';
import { accountKeyOf, type OrganizationRun } from '../../src/census/organization/run.ts';
import { type OrganizationSummary, plannedOf } from '../../src/census/organization/summary.ts';
import type { RunKey } from '../../src/census/run.ts';
import { aRun, aTotal, DEADLINE, EXPIRES_AT, RUN_ID, tallyOf } from '../census/examples.ts';
import {
  accountIdOf,
  accountsOf,
  anOrganizationRun,
  anOrganizationTotal,
  failedAccount,
  settledAccount,
} from '../census/organization/examples.ts';
import { BACKENDS, type Backend } from './ledger-backends.ts';

const NOW_MS = Date.parse('2026-11-20T07:00:00Z');
const SETTLED_AT = '2026-11-20T06:00:30.000Z';
const EXPIRES = { expiresAt: EXPIRES_AT };
const [ANNE, BERT, CARL] = [accountIdOf(0), accountIdOf(1), accountIdOf(2)] as const;

/** Each test has an instant of its own, so that all can share a table. There is only one organisation. */
let instants = Date.parse(RUN_ID);
function newRunId(): string {
  instants += 1000;
  return new Date(instants).toISOString().replace('.000Z', 'Z');
}

describe.each(Object.keys(BACKENDS))('On %s', (name) => {
  let backend: Backend;
  let key: RunKey;
  const options = (nowMs: number) => ({
    client: backend.client,
    tableName: backend.tableName,
    nowMs: () => nowMs,
  });
  const at = (nowMs: number) => ({ ...makeLedger(options(nowMs)), ...makeOrganizationLedger(options(nowMs)) });
  let ledger: ReturnType<typeof at>;
  beforeAll(async () => {
    backend = await BACKENDS[name]!();
    ledger = at(NOW_MS);
  });
  afterAll(() => backend.close());
  beforeEach(() => {
    key = { censusId: 'organization', runId: newRunId() };
  });

  const anne = () => accountKeyOf(key, ANNE);
  const own = <R extends AccountRecord>(record: R): R => ({ ...record, ...key });
  const run = (accounts = accountsOf(3), changes: Partial<OrganizationRun> = {}) =>
    anOrganizationRun(accounts, { ...key, ...changes });

  async function opened(accounts = accountsOf(3), changes: Partial<OrganizationRun> = {}): Promise<OrganizationRun> {
    const fresh = run(accounts, changes);
    expect(await ledger.openOrganization(fresh)).toBe('opened');
    return fresh;
  }

  /** With a total, and nothing pending. */
  async function settled(): Promise<OrganizationRun> {
    await opened();
    for (const position of [0, 1, 2]) await ledger.strikeAccount(key, { position, round: 0 }, true);
    await ledger.storeOrganizationTotal(key, anOrganizationTotal({ verdict: 'partial' }), 3, SETTLED_AT);
    return (await ledger.readOrganization(key))!;
  }

  async function isOpen(of: RunKey): Promise<boolean> {
    for await (const each of ledger.runsForSweep('OPEN'))
      if (each.censusId === of.censusId && each.runId === of.runId) return true;
    return false;
  }

  describe('openOrganization and readOrganization', () => {
    test('a run opens once, and reads back as it was opened, whoever else had another plan', async () => {
      const fresh = await opened();
      expect(await ledger.openOrganization(run(accountsOf(5)))).toBe('exists');
      expect(await ledger.openOrganization(fresh)).toBe('exists');
      expect(await ledger.readOrganization(key)).toEqual(fresh);
    });

    test('all that a plan says is kept', async () => {
      const lastKnown = { runId: RUN_ID, streams: 12, countedAt: SETTLED_AT };
      const accounts = [
        { accountId: ANNE, name: 'Anne & Söhne' },
        { accountId: BERT, setAside: 'left', lastKnown } as const,
        { accountId: CARL, name: 'carl', setAside: 'closed' } as const,
      ];
      const sources = { accounts: { from: 'cache', because: 'denied' } } as const;
      const fresh = await opened(accounts, { excluded: [accountIdOf(9)], sources });
      expect(fresh.pending).toEqual([ANNE, BERT]);
      expect(await ledger.readOrganization(key)).toEqual(fresh);
    });

    test('another kind is another run', async () => {
      const channels = await opened(accountsOf(2), { censusId: 'organization/channels' });
      expect(await ledger.readOrganization(key)).toBeUndefined();
      expect(await ledger.readOrganization(channels)).toEqual(channels);
    });

    test('a plan of thousands is read whole, in the order in which it was written', async () => {
      const fresh = await opened(accountsOf(2001));
      expect(await ledger.readOrganization(key)).toEqual(fresh);
    });

    test('a run may have no accounts', async () => {
      const fresh = await opened([]);
      expect(await ledger.readOrganization(key)).toEqual(fresh);
    });

    test('what died after the plan was written goes on where it stopped', async () => {
      const fresh = run();
      let left = 1;
      const dying = { send: (command: never) => (left-- > 0 ? backend.client.send(command) : dies()) };
      const dies = () => Promise.reject(new Error('It died.'));
      const client = dying as unknown as typeof backend.client;
      const doomed = makeOrganizationLedger({ ...options(NOW_MS), client });
      await expect(doomed.openOrganization(fresh)).rejects.toThrow('It died.');
      expect(await ledger.readOrganization(key)).toBeUndefined();
      expect(await ledger.openOrganization(fresh)).toBe('opened');
      expect(await ledger.readOrganization(key)).toEqual(fresh);
    });

    test('a run is absent from the second in which it expires', async () => {
      await opened();
      expect(await at(EXPIRES_AT * 1000 - 1).readOrganization(key)).toBeDefined();
      expect(await at(EXPIRES_AT * 1000).readOrganization(key)).toBeUndefined();
    });

    test('it is never taken for the run of an account, nor the other way round', async () => {
      await opened();
      await ledger.openRun(aRun(['eu-west-1'], anne()));
      await expect(ledger.readRun(key)).rejects.toThrow('is damaged: accountId: it is no account');
      await expect(ledger.readOrganization(anne())).rejects.toThrow('is damaged');
      const later = { ...key, runId: newRunId() };
      expect(await ledger.earlierRuns(later)).toEqual([]);
      expect(await ledger.earlierOrganizations(accountKeyOf(later, ANNE))).toEqual([]);
      await ledger.strikeAccount(anne(), { position: 0, round: 0 }, true);
      expect(await ledger.adoptRun(key, { position: 0, round: 0, expiresAt: 1_800_000_000 })).toBeUndefined();
      expect(await ledger.readOrganization(key)).toMatchObject({ rev: 0 });
      expect(await ledger.readRun(anne())).toMatchObject({ rev: 0 });
    });
  });

  describe('strikeAccount', () => {
    const parent = (position: number, round = 0) => ({ position, round });

    test('takes an account off, and tells when nobody is left', async () => {
      await opened();
      expect(await ledger.strikeAccount(key, parent(0), true)).toBe(false);
      expect(await ledger.readOrganization(key)).toMatchObject({ pending: [BERT, CARL], rev: 1 });
      expect(await ledger.strikeAccount(key, parent(2), true)).toBe(false);
      expect(await ledger.strikeAccount(key, parent(1), true)).toBe(true);
      expect(await ledger.readOrganization(key)).toMatchObject({ pending: [], rev: 3, sweep: 'OPEN' });
    });

    test('of an account whose run still waits only says that there is news', async () => {
      await opened(accountsOf(1));
      await ledger.markSettled(key, 0, 'forget');
      expect(await ledger.strikeAccount(key, parent(0), false)).toBe(false);
      expect(await ledger.readOrganization(key)).toMatchObject({ pending: [ANNE], rev: 1, sweep: 'OPEN' });
      expect(await isOpen(key)).toBe(true);
    });

    test('of one that was struck already changes nothing but rev, and whoever is told looks again', async () => {
      await opened(accountsOf(1));
      await ledger.strikeAccount(key, parent(0), true);
      for (const ended of [true, false]) expect(await ledger.strikeAccount(key, parent(0), ended)).toBe(true);
      expect(await ledger.readOrganization(key)).toMatchObject({ pending: [], rev: 3 });
    });

    test('in a round that is over, or has not come, takes nobody off', async () => {
      const { rev } = await settled();
      const again = (await ledger.readOrganization(key))!;
      await ledger.openOrganizationRound(again, [BERT], 1, DEADLINE);
      expect(await ledger.strikeAccount(key, parent(1, 0), true)).toBe(false);
      expect(await ledger.strikeAccount(key, parent(1, 2), true)).toBe(false);
      expect(await ledger.readOrganization(key)).toMatchObject({ pending: [BERT], rev: rev + 3 });
      expect(await ledger.strikeAccount(key, parent(1, 1), true)).toBe(true);
    });

    test('of a place that the plan does not have takes nobody off', async () => {
      const fresh = await opened();
      for (const position of [3, -1, 9e15]) await ledger.strikeAccount(key, parent(position), true);
      expect(await ledger.readOrganization(key)).toEqual({ ...fresh, rev: 3 });
    });

    test('creates no run', async () => {
      for (const ended of [true, false]) expect(await ledger.strikeAccount(key, parent(0), ended)).toBe(false);
      expect(await ledger.readOrganization(key)).toBeUndefined();
      expect(await isOpen(key)).toBe(false);
    });
  });

  describe('writeAccountRecord and readAccountRecords', () => {
    const anyRecord = fc
      .record({ isSettled: fc.boolean(), round: fc.nat(2), rev: fc.nat(3), suspended: fc.boolean() })
      .map(({ isSettled, round, rev, suspended }): AccountRecord => {
        if (isSettled) return settledAccount(ANNE, 10 * round + rev, { round, rev });
        return failedAccount(ANNE, { round, reason: suspended ? 'suspended' : 'no-access' });
      });

    test('whatever is written in whatever order, the table keeps what the domain would keep', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 6 }), async (records) => {
          key = { ...key, runId: newRunId() };
          let stored: AccountRecord | undefined;
          for (const record of records.map(own)) {
            const allowed = mayReplaceAccount(stored, record);
            expect(await ledger.writeAccountRecord(record, EXPIRES)).toBe(allowed ? 'written' : 'refused');
            if (allowed) stored = record;
          }
          expect(await ledger.readAccountRecords(key)).toEqual([stored]);
        }),
        { numRuns: 60 },
      );
    });

    test('all records of a run are read, page after page, and nothing else', async () => {
      await opened(accountsOf(30));
      await ledger.noteDark(key, 'me-south-1', ANNE, EXPIRES);
      const records = accountsOf(30).map(({ accountId }, nth) => own(settledAccount(accountId, nth)));
      for (const record of records) await ledger.writeAccountRecord(record, EXPIRES);
      await ledger.writeAccountRecord({ ...records[0]!, runId: newRunId() }, EXPIRES);
      expect(await ledger.readAccountRecords(key)).toEqual(records);
    });

    test('all that a record says is kept', async () => {
      const record = own(
        settledAccount(ANNE, 7, {
          verdict: 'partial',
          counted: 17,
          reasons: { denied: 1, unanswered: 1 },
          missing: [{ region: 'me-south-1', reason: 'denied' }],
          lost: 1,
          quota: { highest: { region: 'eu-west-1', percent: 91.5 }, above: ['eu-west-1'], unknown: 2 },
          firstCountedAt: SETTLED_AT,
          lastCountedAt: SETTLED_AT,
        }),
      );
      await ledger.writeAccountRecord(record, EXPIRES);
      const lastKnown = { runId: RUN_ID, streams: 7, countedAt: SETTLED_AT };
      const failed = [failedAccount(BERT, { lastKnown }), failedAccount(CARL, { lastKnown: null })].map(own);
      for (const each of failed) await ledger.writeAccountRecord(each, EXPIRES);
      expect(await ledger.readAccountRecords(key)).toEqual([record, ...failed]);
    });
  });

  describe('storeOrganizationTotal', () => {
    const total = anOrganizationTotal({
      verdict: 'partial',
      streams: 7,
      tally: tallyOf(7),
      expected: 3,
      counted: 1,
      regions: { expected: 38, counted: 37 },
      accountReasons: { 'no-access': 1, unanswered: 0 },
      regionReasons: { denied: 1 },
      missing: [
        {
          accountId: ANNE,
          name: 'anne',
          reason: 'no-access',
          lastKnown: { runId: RUN_ID, streams: 7, countedAt: SETTLED_AT },
        },
        { accountId: BERT, regions: { missing: 1, expected: 19 }, reasons: { denied: 1 } },
      ],
      lost: 1,
      quota: {
        alarmPercent: 80,
        highest: { accountId: CARL, region: 'eu-west-1', percent: 99.5 },
        above: [{ accountId: CARL, region: 'eu-west-1' }],
        aboveRegions: 1,
        unknownRegions: 2,
      },
      firstCountedAt: SETTLED_AT,
      lastCountedAt: SETTLED_AT,
      before: { runId: RUN_ID, streams: 8, comparable: { runId: RUN_ID, streams: 8 }, partialRuns: 2 },
    });

    test('stores it with the rev that it makes, and reads back whole', async () => {
      await opened();
      const stored = { ...total, rev: 1, settledAt: SETTLED_AT };
      expect(await ledger.storeOrganizationTotal(key, total, 0, SETTLED_AT)).toEqual(stored);
      expect(await ledger.readOrganization(key)).toMatchObject({ total: stored, rev: 1, sweep: 'OPEN' });
    });

    test('is refused if there was news since it was read', async () => {
      await opened();
      await ledger.strikeAccount(key, { position: 0, round: 0 }, false);
      expect(await ledger.storeOrganizationTotal(key, total, 0, SETTLED_AT)).toBe('refused');
      expect(await ledger.readOrganization(key)).not.toHaveProperty('total');
    });

    test('is refused of a run that has expired, or was never there', async () => {
      expect(await ledger.storeOrganizationTotal(key, total, 0, SETTLED_AT)).toBe('refused');
      await opened();
      const expired = new Date(EXPIRES_AT * 1000).toISOString();
      expect(await ledger.storeOrganizationTotal(key, total, 0, expired)).toBe('refused');
    });

    test('can be announced, and its run be settled, as those of accounts', async () => {
      await opened();
      await ledger.storeOrganizationTotal(key, total, 0, SETTLED_AT);
      await ledger.markDispatched(key, 0);
      await ledger.markAnnounced(key, 1);
      expect(await ledger.markSettled(key, 1, 'keep')).toBe('settled');
      const marks = { dispatchedRound: 0, announcedRev: 1, sweep: 'PARTIAL' };
      expect(await ledger.readOrganization(key)).toMatchObject(marks);
      expect(await isOpen(key)).toBe(false);
    });
  });

  describe('openOrganizationRound', () => {
    test('asks for these accounts again, and for nobody else, in one step', async () => {
      const before = await settled();
      expect(await ledger.openOrganizationRound(before, [CARL, BERT], 1, DEADLINE)).toBe(true);
      expect(await ledger.readOrganization(key)).toEqual({
        ...before,
        round: 1,
        deadlineAt: DEADLINE,
        pending: [BERT, CARL],
        sweep: 'OPEN',
        rev: before.rev + 1,
      });
    });

    test('opens once, and only a run that has a total', async () => {
      const fresh = await opened();
      expect(await ledger.openOrganizationRound(fresh, [ANNE], 1, DEADLINE)).toBe(false);
      await ledger.storeOrganizationTotal(key, anOrganizationTotal(), 0, SETTLED_AT);
      expect(await ledger.openOrganizationRound(fresh, [ANNE], 1, DEADLINE)).toBe(true);
      expect(await ledger.openOrganizationRound(fresh, [BERT], 1, DEADLINE)).toBe(false);
      expect(await ledger.openOrganizationRound(fresh, [BERT], 3, DEADLINE)).toBe(false);
      expect(await ledger.readOrganization(key)).toMatchObject({ round: 1, pending: [ANNE] });
    });
  });

  describe('adoptRun', () => {
    const parent = { position: 4, round: 1, expiresAt: 1_800_000_000 };

    test("makes an account's run part of an organisation's, and of its next rounds, each once", async () => {
      await ledger.openRun(aRun(['eu-west-1'], anne()));
      const fresh = (await ledger.readRun(anne()))!;
      await ledger.markSettled(fresh, 0, 'forget');
      const adopted = { ...fresh, parent, rev: 1, sweep: 'OPEN' };
      expect(await ledger.adoptRun(fresh, parent)).toEqual(adopted);
      expect(await ledger.readRun(fresh)).toEqual(adopted);
      expect(await isOpen(fresh)).toBe(true);
      for (const round of [0, 1]) expect(await ledger.adoptRun(fresh, { ...parent, round })).toBeUndefined();
      expect(await ledger.readRun(fresh)).toEqual(adopted);
      expect(await ledger.adoptRun(fresh, { ...parent, round: 2 })).toMatchObject({ parent: { round: 2 }, rev: 2 });
    });

    test('creates no run', async () => {
      expect(await ledger.adoptRun(anne(), parent)).toBeUndefined();
      expect(await ledger.readRun(anne())).toBeUndefined();
    });

    test('nothing is settled that was read before', async () => {
      await ledger.openRun(aRun(['eu-west-1'], anne()));
      await ledger.adoptRun(anne(), parent);
      expect(await ledger.markSettled(anne(), 0, 'forget')).toBe('refused');
    });

    test("a run may be opened as an organisation's", async () => {
      const fresh = aRun(['eu-west-1'], { ...anne(), parent });
      await ledger.openRun(fresh);
      expect(await ledger.readRun(fresh)).toEqual(fresh);
      expect(await ledger.adoptRun(fresh, parent)).toBeUndefined();
    });
  });

  describe('the runs before', () => {
    beforeEach(() => {
      instants += 40 * 86_400_000;
      key = { ...key, runId: newRunId() };
    });

    test('of the organisation are given newest first, without their plans, and the newest with it', async () => {
      const older = await opened(accountsOf(4));
      await ledger.storeOrganizationTotal(key, anOrganizationTotal({ streams: 4 }), 0, SETTLED_AT);
      key = { ...key, runId: newRunId() };
      const newer = await opened([...accountsOf(2), { accountId: CARL, setAside: 'closed' }]);
      key = { ...key, runId: newRunId() };
      await opened();
      const { accounts: _, ...summary } = newer;
      const [first, second] = await ledger.earlierOrganizations(key);
      expect(first).toEqual({ ...summary, pending: 2, planned: plannedOf(newer) });
      expect(second).toMatchObject({ runId: older.runId, planned: { accounts: 4 }, total: { streams: 4 } });
      expect(await ledger.organizationBefore(key, () => true)).toEqual(newer);
      const isOfFour = ({ planned }: OrganizationSummary) => planned.accounts === 4;
      expect(await ledger.organizationBefore(key, isOfFour)).toMatchObject({ runId: older.runId });
      expect(await ledger.organizationBefore(older, () => true)).not.toMatchObject({ runId: older.runId });
    });

    test('that cannot be read are passed over', async () => {
      const sound = await opened();
      for (const damage of ['SET size = :value', 'SET planId = :value', 'SET version = :value']) {
        key = { ...key, runId: newRunId() };
        await opened();
        await change({ ...key, sk: 'RUN' }, damage, damage.includes('planId') ? { S: 'another' } : { N: '9' });
      }
      key = { ...key, runId: newRunId() };
      expect(await ledger.organizationBefore(key, () => true)).toEqual(sound);
    });

    test('of an account tell the newest total that says what is there', async () => {
      const totals = [aTotal({ streams: 5 }), aTotal({ streams: 7, verdict: 'partial', lastCountedAt: SETTLED_AT })];
      const openings: RunKey[] = [];
      const partialZero = aTotal({ verdict: 'partial' });
      for (const total of [...totals, partialZero, undefined]) {
        key = { ...key, runId: newRunId() };
        openings.push(anne());
        await ledger.openRun(aRun(['eu-west-1'], anne()));
        if (total) await ledger.storeTotal(anne(), total, 0, '2026-11-20T06:00:40.000Z');
      }
      const lastTotal = (before: string) => ledger.lastTotal(ANNE, before);
      const [first, second, third] = openings.map(({ runId }) => runId) as [string, string, string];
      expect(await lastTotal(newRunId())).toEqual({ runId: second, streams: 7, countedAt: SETTLED_AT });
      expect(await lastTotal(third)).toMatchObject({ runId: second });
      expect(await lastTotal(second)).toEqual({ runId: first, streams: 5, countedAt: '2026-11-20T06:00:40.000Z' });
      expect(await lastTotal(RUN_ID)).toBeUndefined();
    });

    test('of an account tell it however many after it say nothing', async () => {
      const first = key.runId;
      await ledger.openRun(aRun(['eu-west-1'], anne()));
      await ledger.storeTotal(anne(), aTotal({ streams: 5 }), 0, SETTLED_AT);
      for (let runs = 0; runs < RUNS_LOOKED_AT + 5; runs++) {
        key = { ...key, runId: newRunId() };
        await ledger.openRun(aRun(['eu-west-1'], anne()));
        await ledger.storeTotal(anne(), aTotal({ verdict: 'partial' }), 0, SETTLED_AT);
      }
      expect(await ledger.lastTotal(ANNE, newRunId())).toMatchObject({ runId: first, streams: 5 });
    });
  });

  describe('noteDark and readRunAndRecord', () => {
    const read = async (region: string, nowMs = NOW_MS) => {
      // Where the answer has no room for it, it is not asked for again.
      for (let times = 0; times < 4; times += 1) {
        const found = await at(nowMs).readRunAndRecord(anne(), region, undefined, key);
        if (found.dark) return found;
      }
      return await at(nowMs).readRunAndRecord(anne(), region, undefined, key);
    };

    test('accounts that got no page of a region are named to whoever asks for it next', async () => {
      expect(await read('me-south-1')).toEqual({});
      for (const accountId of [BERT, ANNE, BERT]) await ledger.noteDark(key, 'me-south-1', accountId, EXPIRES);
      const { dark, ...rest } = await read('me-south-1');
      expect([new Set(dark), rest]).toEqual([new Set([ANNE, BERT]), {}]);
      expect(await read('eu-west-1')).toEqual({});
      expect(await ledger.readRunAndRecord(anne(), 'me-south-1')).toEqual({});
    });

    test('three are enough', async () => {
      for (const { accountId } of accountsOf(5)) await ledger.noteDark(key, 'me-south-1', accountId, EXPIRES);
      expect((await read('me-south-1')).dark).toHaveLength(3);
    });

    test('the note goes with its run', async () => {
      await ledger.noteDark(key, 'me-south-1', ANNE, EXPIRES);
      expect(await read('me-south-1', EXPIRES_AT * 1000)).toEqual({});
    });

    test('a note that cannot be read is as good as none', async () => {
      await ledger.noteDark(key, 'me-south-1', ANNE, EXPIRES);
      await change({ ...key, sk: 'DARK#me-south-1' }, 'SET accounts = :value', { S: 'everybody' });
      expect(await read('me-south-1')).toEqual({});
    });
  });

  const itemKey = (of: RunKey & { sk: string }) => ({
    pk: { S: `RUN#${of.censusId}#${of.runId}` },
    sk: { S: of.sk },
  });

  async function change(of: RunKey & { sk: string }, expression: string, value: { S: string } | { N: string }) {
    const [, attribute = ''] = /^SET (\w+) /.exec(expression) ?? [];
    await backend.client.send(
      new UpdateItemCommand({
        TableName: backend.tableName,
        Key: itemKey(of),
        UpdateExpression: expression.replace(attribute, '#changed'),
        ExpressionAttributeNames: { '#changed': attribute },
        ExpressionAttributeValues: { ':value': value },
      }),
    );
  }

  async function itemAt(of: RunKey & { sk: string }) {
    const request = { TableName: backend.tableName, Key: itemKey(of), ConsistentRead: true };
    return (await backend.client.send(new GetItemCommand(request))).Item;
  }

  describe('An item that a newer release has taken over', () => {
    const places = {
      organization: () => ({ ...key, sk: 'RUN' }),
      account: () => ({ ...key, sk: `ACCOUNT#${ANNE}` }),
      run: () => ({ ...anne(), sk: 'RUN' }),
      dark: () => ({ ...key, sk: 'DARK#me-south-1' }),
    };
    const strike = (ended: boolean) => ledger.strikeAccount(key, { position: 0, round: 0 }, ended);
    const write = (record: AccountRecord) => ledger.writeAccountRecord(own(record), EXPIRES);
    const verbs: Record<string, [keyof typeof places, () => Promise<unknown>]> = {
      openOrganizationRound: ['organization', () => ledger.openOrganizationRound(run(), [ANNE], 1, DEADLINE)],
      'strikeAccount of one that has ended': ['organization', () => strike(true)],
      'strikeAccount of one that has not': ['organization', () => strike(false)],
      storeOrganizationTotal: [
        'organization',
        () => ledger.storeOrganizationTotal(key, anOrganizationTotal(), 1, SETTLED_AT),
      ],
      'writeAccountRecord of a total': ['account', () => write(settledAccount(ANNE, 7))],
      'writeAccountRecord of a failure': ['account', () => write(failedAccount(ANNE, { round: 1 }))],
      adoptRun: ['run', () => ledger.adoptRun(anne(), { position: 0, round: 0, expiresAt: 1_800_000_000 })],
      noteDark: ['dark', () => ledger.noteDark(key, 'me-south-1', BERT, EXPIRES)],
    };
    beforeEach(async () => {
      await opened();
      await ledger.storeOrganizationTotal(key, anOrganizationTotal({ verdict: 'partial' }), 0, SETTLED_AT);
      await write(failedAccount(ANNE));
      await ledger.openRun(aRun(['eu-west-1'], anne()));
      await ledger.noteDark(key, 'me-south-1', ANNE, EXPIRES);
    });

    test.each(Object.keys(verbs))('is left as it is by %s', async (verb) => {
      const [place, carryOut] = verbs[verb]!;
      const of = places[place]();
      await change(of, 'SET version = :value', { N: '4' });
      const before = await itemAt(of);
      await carryOut().catch(() => {});
      expect(await itemAt(of)).toEqual(before);
      // And it was for the version alone that it was refused.
      await change(of, 'SET version = :value', { N: '3' });
      await carryOut();
      expect(await itemAt(of)).not.toEqual({ ...before, version: { N: '3' } });
    });

    test('is named by whoever would have written to it, or reads it', async () => {
      await change(places.account(), 'SET version = :value', { N: '4' });
      const newer = 'was written by a newer kvs-census (item version 4';
      await expect(write(settledAccount(ANNE, 7))).rejects.toThrow(`ACCOUNT#${ANNE} ${newer}`);
      await expect(ledger.readAccountRecords(key)).rejects.toThrow(newer);
      await change(places.organization(), 'SET version = :value', { N: '4' });
      await expect(strike(true)).rejects.toThrow(`RUN ${newer}`);
      await expect(ledger.readOrganization(key)).rejects.toThrow(newer);
    });

    test('is what an older release sees in all that belongs to an organisation', async () => {
      await ledger.adoptRun(anne(), { position: 0, round: 0, expiresAt: 1_800_000_000 });
      for (const place of Object.values(places)) expect(await itemAt(place())).toMatchObject({ version: { N: '3' } });
    });
  });

  test('the sweep and the lists of runs see nothing of an organisation but its run', async () => {
    await opened();
    await ledger.writeAccountRecord(own(failedAccount(ANNE)), EXPIRES);
    await ledger.noteDark(key, 'me-south-1', ANNE, EXPIRES);
    const { planId } = (await itemAt({ ...key, sk: 'RUN' }))!;
    for (const sk of [`ACCOUNT#${ANNE}`, 'DARK#me-south-1', `PLAN#${planId?.S}#000`]) {
      const item = await itemAt({ ...key, sk });
      expect(item).toMatchObject({ expiresAt: { N: String(EXPIRES_AT) } });
      for (const attribute of ['timePk', 'timeSk', 'sweep']) expect(item).not.toHaveProperty(attribute);
    }
    expect(await isOpen(key)).toBe(true);
  });
});
