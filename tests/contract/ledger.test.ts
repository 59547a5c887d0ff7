/** What is promised of each verb of the ledger. Of runs of organisations: organization-ledger.test.ts. */
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { makeLedger } from '../../src/aws/ledger.ts';
import { REASONS } from '../../src/census/errors.ts';
import type { Ledger } from '../../src/census/ports.ts';
import { mayReplace, type RegionRecord } from '../../src/census/region.ts';
import type { Run, RunKey, SweepList } from '../../src/census/run.ts';
import {
  aRun,
  aTotal,
  attempted,
  counted,
  DEADLINE,
  EXPIRES_AT,
  failed,
  MEMORY,
  RUN_ID,
  tallyOf,
} from '../census/examples.ts';
import { BACKENDS, type Backend } from './ledger-backends.ts';

const NOW_MS = Date.parse('2026-11-20T07:00:00Z');
const SETTLED_AT = '2026-11-20T06:00:10.000Z';
const EXPIRES = { expiresAt: EXPIRES_AT };
const [IRELAND, VIRGINIA, OREGON] = ['eu-west-1', 'us-east-1', 'us-west-2'] as const;

/** Each test has an account of its own, so that all can share a table. */
let accounts = 100_000_000_000;
const newAccount = () => String(accounts++);

describe.each(Object.keys(BACKENDS))('On %s', (name) => {
  let backend: Backend;
  let ledger: Ledger;
  let censusId: string;
  const ledgerAt = (nowMs: number) =>
    makeLedger({ client: backend.client, tableName: backend.tableName, nowMs: () => nowMs });
  beforeAll(async () => {
    backend = await BACKENDS[name]!();
    ledger = ledgerAt(NOW_MS);
  });
  afterAll(() => backend.close());
  beforeEach(() => {
    censusId = newAccount();
  });

  const run = (plan: readonly string[] = [IRELAND, VIRGINIA], changes: Partial<Run> = {}): Run =>
    aRun(plan, { censusId, ...changes });
  const key = (runId = RUN_ID) => ({ censusId, runId });
  const own = <R extends RegionRecord>(record: R): R => ({ ...record, censusId });

  async function opened(plan?: readonly string[], changes?: Partial<Run>): Promise<Run> {
    const fresh = run(plan, changes);
    await ledger.openRun(fresh);
    return fresh;
  }

  /** A run that has settled as partial, with everything struck. */
  async function settled(): Promise<Run> {
    await opened();
    await ledger.storeTotal(key(), aTotal({ verdict: 'partial' }), 0, SETTLED_AT);
    for (const region of [IRELAND, VIRGINIA]) await ledger.strike(own(failed(region)));
    return (await ledger.readRun(key()))!;
  }

  /** Of this test's account: the lists are of the whole ledger. */
  async function forSweep(list: SweepList, after?: RunKey): Promise<string[]> {
    const ids = [];
    for await (const key of ledger.runsForSweep(list, after)) if (key.censusId === censusId) ids.push(key.runId);
    return ids;
  }

  describe('openRun and readRun', () => {
    test('a run opens once, and reads back as it was opened', async () => {
      const fresh = run();
      expect(await ledger.openRun(fresh)).toBe('opened');
      expect(await ledger.openRun(run([OREGON]))).toBe('exists');
      expect(await ledger.readRun(key())).toEqual(fresh);
    });

    test('a run that nobody opened is not there', async () => {
      expect(await ledger.readRun(key())).toBeUndefined();
    });

    test('a run is absent from the second in which it expires, though the table may still hold it', async () => {
      await opened();
      await ledger.writeRecord(own(failed(IRELAND)), EXPIRES);
      expect(await ledgerAt(EXPIRES_AT * 1000 - 1).readRun(key())).toBeDefined();
      expect(await ledgerAt(EXPIRES_AT * 1000).readRun(key())).toBeUndefined();
      expect(await ledgerAt(EXPIRES_AT * 1000).readRunAndRecord(key(), IRELAND)).toEqual({});
    });

    test("a run's records are there for whoever has read the run, also in the second in which both expire", async () => {
      await opened();
      await ledger.writeRecord(own(counted(IRELAND, 7)), EXPIRES);
      expect(await ledgerAt(EXPIRES_AT * 1000).readRecords(key())).toEqual([own(counted(IRELAND, 7))]);
    });
  });

  describe('readRunAndMemory and writeMemory', () => {
    test('each of the two is given that is there, and what was written last is remembered', async () => {
      expect(await ledger.readRunAndMemory(key())).toEqual({});
      await ledger.writeMemory(censusId, MEMORY);
      expect(await ledger.readRunAndMemory(key())).toEqual({ memory: MEMORY });
      const fresh = await opened();
      await ledger.writeMemory(censusId, { lastCounts: {} });
      expect(await ledger.readRunAndMemory(key())).toEqual({ run: fresh, memory: { lastCounts: {} } });
    });

    test('a run goes when it expires, and what is remembered stays', async () => {
      await opened();
      await ledger.writeMemory(censusId, MEMORY);
      expect(await ledgerAt(EXPIRES_AT * 1000).readRunAndMemory(key())).toEqual({ memory: MEMORY });
    });

    test('nobody else remembers it', async () => {
      await ledger.writeMemory(censusId, MEMORY);
      expect(await ledger.readRunAndMemory({ ...key(), censusId: newAccount() })).toEqual({});
    });
  });

  describe('lastCount', () => {
    test('is the newest count before a run, behind however many failures', async () => {
      const idOf = (nth: number) => new Date(Date.parse(RUN_ID) - nth * 3_600_000).toISOString().replace('.000Z', 'Z');
      const write = (record: RegionRecord) => ledger.writeRecord(own(record), EXPIRES);
      await write(counted(IRELAND, 9, { runId: RUN_ID }));
      for (let nth = 1; nth <= 120; nth += 1) await write(failed(IRELAND, { runId: idOf(nth) }));
      expect(await ledger.lastCount(censusId, IRELAND, RUN_ID)).toBeUndefined();
      await write(counted(IRELAND, 5, { runId: idOf(121) }));
      await write(counted(IRELAND, 4, { runId: idOf(122) }));
      expect(await ledger.lastCount(censusId, IRELAND, RUN_ID)).toMatchObject({ runId: idOf(121), streams: 5 });
      expect(await ledger.lastCount(censusId, VIRGINIA, RUN_ID)).toBeUndefined();
    });
  });

  describe('readRunAndRecord', () => {
    test('gives each of the two that is there', async () => {
      expect(await ledger.readRunAndRecord(key(), IRELAND)).toEqual({});
      await ledger.writeRecord(own(failed(IRELAND)), EXPIRES);
      expect(await ledger.readRunAndRecord(key(), IRELAND)).toEqual({ record: own(failed(IRELAND)) });
      const fresh = await opened();
      expect(await ledger.readRunAndRecord(key(), IRELAND)).toEqual({ run: fresh, record: own(failed(IRELAND)) });
      expect(await ledger.readRunAndRecord(key(), VIRGINIA)).toEqual({ run: fresh });
    });

    test('gives the record of the run before beside them', async () => {
      const previous = '2026-11-20T05:00:00Z';
      const before = { ...own(counted(IRELAND, 3)), runId: previous };
      // Where the answer has no room for it, it is not asked for again.
      const read = async (runId: string) => {
        const found = await ledger.readRunAndRecord(key(), IRELAND, runId);
        return found.before ? found : await ledger.readRunAndRecord(key(), IRELAND, runId);
      };
      await ledger.writeRecord(before, EXPIRES);
      expect(await read(previous)).toEqual({ before });
      const fresh = await opened();
      expect(await read(previous)).toEqual({ run: fresh, before });
      expect(await read('2026-11-20T04:00:00Z')).toEqual({ run: fresh });
    });
  });

  describe('writeRecord and readRecords', () => {
    const anyRecord = fc
      .record({
        status: fc.constantFrom('attempted', 'failed', 'counted'),
        round: fc.nat(2),
        reason: fc.constantFrom(...REASONS),
      })
      .map(({ status, ...rest }): RegionRecord => {
        if (status === 'counted') return counted(IRELAND, 7, { round: rest.round });
        return status === 'failed' ? failed(IRELAND, rest) : attempted(IRELAND, rest);
      });

    test('whatever is written in whatever order, the table keeps what the domain would keep', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 6 }), async (records) => {
          censusId = newAccount();
          let stored: RegionRecord | undefined;
          for (const record of records.map(own)) {
            const allowed = mayReplace(stored, record);
            expect(await ledger.writeRecord(record, EXPIRES)).toBe(allowed ? 'written' : 'refused');
            if (allowed) stored = record;
          }
          expect(await ledger.readRecords(key())).toEqual([stored]);
        }),
        { numRuns: 60 },
      );
    });

    test('a count keeps its prefixes, also the empty one', async () => {
      const counts = [
        { prefix: '', streams: 4 },
        { prefix: 'store-nyc-cam-', streams: 3 },
      ];
      const record = own(counted(IRELAND, 7, { prefixes: { length: 14, counts } }));
      await ledger.writeRecord(record, EXPIRES);
      expect(await ledger.readRecords(key())).toEqual([record]);
    });

    test('all records of a run are read, page after page, and nothing else', async () => {
      await opened();
      const regions = Array.from({ length: 30 }, (_, index) => `eu-west-${index + 10}`);
      for (const region of regions) await ledger.writeRecord(own(counted(region, 1)), EXPIRES);
      await ledger.writeRecord({ ...own(counted(IRELAND, 1)), runId: '2026-11-20T06:00:01Z' }, EXPIRES);
      const read = await ledger.readRecords(key());
      expect(read.map(({ region }) => region)).toEqual(regions);
    });
  });

  describe('strike', () => {
    test('takes a region off, raises rev and gives the run as it is then', async () => {
      const fresh = await opened();
      expect(await ledger.strike(own(counted(IRELAND, 1)))).toEqual({ ...fresh, pending: [VIRGINIA], rev: 1 });
    });

    test('takes the last one off, and a run that waits for nothing says so', async () => {
      await opened([IRELAND]);
      expect(await ledger.strike(own(failed(IRELAND)))).toMatchObject({ pending: [], rev: 1 });
      expect(await ledger.readRun(key())).toMatchObject({ pending: [] });
    });

    test('of a region that was struck already changes nothing but rev', async () => {
      await opened();
      await ledger.strike(own(counted(IRELAND, 1)));
      expect(await ledger.strike(own(counted(IRELAND, 1)))).toMatchObject({ pending: [VIRGINIA], rev: 2 });
    });

    test('creates no run', async () => {
      expect(await ledger.strike(own(counted(IRELAND, 1)))).toBeUndefined();
      expect(await ledger.strike(own(failed(IRELAND)))).toBeUndefined();
      expect(await ledger.readRun(key())).toBeUndefined();
      expect(await forSweep('OPEN')).toEqual([]);
    });

    test.each([
      ['a region that was never planned', counted(OREGON, 1), failed(OREGON)],
      ['a round that was never opened', counted(IRELAND, 1, { round: 1 }), failed(IRELAND, { round: 9e15 })],
    ])('of %s changes nothing', async (_what, ...records) => {
      const fresh = await opened();
      for (const record of records) expect(await ledger.strike(own(record))).toBeUndefined();
      expect(await ledger.readRun(key())).toEqual(fresh);
    });

    test('with a failure of a round that is over leaves a region that was asked for again; a success takes it off', async () => {
      const { rev } = await settled();
      await ledger.openRound(key(), [IRELAND], 1, DEADLINE);
      expect(await ledger.strike(own(failed(IRELAND, { round: 0 })))).toBeUndefined();
      expect(await ledger.readRun(key())).toMatchObject({ pending: [IRELAND], rev: rev + 1 });
      expect(await ledger.strike(own(counted(IRELAND, 1, { round: 0 })))).toMatchObject({ pending: [], rev: rev + 2 });
    });

    test('with a failure of the round takes the region off', async () => {
      const { rev } = await settled();
      await ledger.openRound(key(), [IRELAND], 1, DEADLINE);
      const failure = own(failed(IRELAND, { round: 1 }));
      expect(await ledger.strike(failure)).toMatchObject({ pending: [], rev: rev + 2 });
    });

    test('with a failure of a round that is over makes somebody look, if its region was not asked for again', async () => {
      const { rev } = await settled();
      await ledger.openRound(key(), [IRELAND], 1, DEADLINE);
      const late = own(failed(VIRGINIA, { round: 0 }));
      expect(await ledger.strike(late)).toMatchObject({ pending: [IRELAND], rev: rev + 2 });
      await ledger.strike(own(failed(IRELAND, { round: 1 })));
      expect(await ledger.strike(late)).toMatchObject({ pending: [], sweep: 'OPEN', rev: rev + 4 });
    });
  });

  describe('storeTotal', () => {
    const lastKnown = { runId: '2026-11-20T00:00:00Z', streams: 5, countedAt: SETTLED_AT };
    const total = aTotal({
      verdict: 'partial',
      streams: 7,
      expected: 2,
      counted: 1,
      tally: tallyOf(7),
      missing: [{ region: VIRGINIA, reason: 'denied', lastKnown }],
      firstCountedAt: SETTLED_AT,
      lastCountedAt: SETTLED_AT,
    });

    test('stores it with the rev that it makes, and reads back whole', async () => {
      await opened();
      const stored = { ...total, rev: 1, settledAt: SETTLED_AT };
      expect(await ledger.storeTotal(key(), total, 0, SETTLED_AT)).toEqual(stored);
      expect(await ledger.readRun(key())).toMatchObject({ total: stored, rev: 1, sweep: 'OPEN' });
    });

    test('is refused if anything happened to the run since it was read', async () => {
      await opened();
      await ledger.strike(own(counted(IRELAND, 1)));
      expect(await ledger.storeTotal(key(), total, 0, SETTLED_AT)).toBe('refused');
      expect(await ledger.readRun(key())).not.toHaveProperty('total');
      expect(await ledger.storeTotal(key(), total, 1, SETTLED_AT)).toMatchObject({ rev: 2 });
      expect(await ledger.storeTotal(key(), total, 1, SETTLED_AT)).toBe('refused');
    });

    test('is refused of a run that has expired meanwhile, whose records may be gone already', async () => {
      await opened();
      const expired = new Date(EXPIRES_AT * 1000).toISOString();
      expect(await ledger.storeTotal(key(), total, 0, expired)).toBe('refused');
      expect(await ledger.storeTotal(key(), total, 0, new Date(EXPIRES_AT * 1000 - 1).toISOString())).not.toBe(
        'refused',
      );
    });

    test('creates no run', async () => {
      expect(await ledger.storeTotal(key(), total, 0, SETTLED_AT)).toBe('refused');
      expect(await ledger.readRun(key())).toBeUndefined();
    });
  });

  describe('An item that a newer release has taken over', () => {
    const RUN = 'RUN';
    const RECORD = `REGION#${IRELAND}`;
    const REGIONS = 'REGIONS';
    const itemKey = (sk: string) => {
      const pk = sk === REGIONS ? `REGIONS#${censusId}` : `RUN#${censusId}#${RUN_ID}`;
      return { pk: { S: pk }, sk: { S: sk } };
    };
    const toVersion = (sk: string, version: number) =>
      backend.client.send(
        new UpdateItemCommand({
          TableName: backend.tableName,
          Key: itemKey(sk),
          UpdateExpression: 'SET #version = :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': { N: String(version) } },
        }),
      );
    const itemAt = async (sk: string) => {
      const request = { TableName: backend.tableName, Key: itemKey(sk), ConsistentRead: true };
      return (await backend.client.send(new GetItemCommand(request))).Item;
    };

    /** Where each verb changes the item as long as it is of a version that is known. */
    const verbs: Record<string, [sk: string, () => Promise<unknown>]> = {
      openRound: [RUN, () => ledger.openRound(key(), [IRELAND], 1, DEADLINE)],
      markDispatched: [RUN, () => ledger.markDispatched(key(), 0)],
      writeMemory: [REGIONS, () => ledger.writeMemory(censusId, { lastCounts: { [OREGON]: null } })],
      bringDeadlineForward: [RUN, () => ledger.bringDeadlineForward(key(), '2026-11-20T06:00:01.000Z')],
      'strike of a count': [RUN, () => ledger.strike(own(counted(IRELAND, 1)))],
      'strike of a failure': [RUN, () => ledger.strike(own(failed(IRELAND)))],
      storeTotal: [RUN, () => ledger.storeTotal(key(), aTotal(), 1, SETTLED_AT)],
      markAnnounced: [RUN, () => ledger.markAnnounced(key(), 1)],
      'markSettled, to be swept': [RUN, () => ledger.markSettled(key(), 1, 'keep')],
      'markSettled, to be forgotten': [RUN, () => ledger.markSettled(key(), 1, 'forget')],
      'writeRecord of a count': [RECORD, () => ledger.writeRecord(own(counted(IRELAND, 1)), EXPIRES)],
      'writeRecord of a failure': [RECORD, () => ledger.writeRecord(own(failed(IRELAND)), EXPIRES)],
      'writeRecord of an attempt': [
        RECORD,
        () => ledger.writeRecord(own(attempted(IRELAND, { reason: 'timed-out' })), EXPIRES),
      ],
    };
    beforeEach(async () => {
      await opened();
      await ledger.storeTotal(key(), aTotal({ verdict: 'partial' }), 0, SETTLED_AT);
      await ledger.writeRecord(own(attempted(IRELAND)), EXPIRES);
      await ledger.writeMemory(censusId, MEMORY);
    });

    test.each(Object.keys(verbs))('is left as it is by %s', async (verb) => {
      const [sk, carryOut] = verbs[verb]!;
      await toVersion(sk, 4);
      const before = await itemAt(sk);
      await carryOut().catch(() => {});
      expect(await itemAt(sk)).toEqual(before);
      // And it was for the version alone that it was refused.
      await toVersion(sk, 1);
      await carryOut();
      expect(await itemAt(sk)).not.toEqual({ ...before, version: { N: '1' } });
    });

    test('is no run that could be opened anew', async () => {
      await toVersion(RUN, 4);
      expect(await ledger.openRun(run())).toBe('exists');
      expect(await itemAt(RUN)).toMatchObject({ version: { N: '4' } });
    });

    test('is named by whoever would have written to it', async () => {
      await toVersion(RECORD, 4);
      const record = own(counted(IRELAND, 1));
      const name = `The ledger's item RUN#${censusId}#${RUN_ID} ${RECORD} was written by a newer kvs-census`;
      await expect(ledger.writeRecord(record, EXPIRES)).rejects.toThrow(name);
      await toVersion(RECORD, 1);
      await toVersion(RUN, 4);
      await expect(ledger.strike(record)).rejects.toThrow(`RUN#${censusId}#${RUN_ID} RUN was written by a newer`);
    });

    test('is named by whoever reads it', async () => {
      await toVersion(RECORD, 4);
      await expect(ledger.readRecords(key())).rejects.toThrow(`${RECORD} was written by a newer`);
      await expect(ledger.readRunAndRecord(key(), IRELAND)).rejects.toThrow(`${RECORD} was written by a newer`);
      await toVersion(RUN, 4);
      await expect(ledger.readRun(key())).rejects.toThrow('RUN was written by a newer');
    });

    test('is as good as none where it only says what can be asked anew', async () => {
      await toVersion(REGIONS, 4);
      expect(await ledger.readRunAndMemory(key())).not.toHaveProperty('memory');
    });

    test('is passed over among earlier runs', async () => {
      await toVersion(RUN, 4);
      expect(await ledger.earlierRuns({ ...key(), runId: '2026-11-20T07:00:00Z' })).toEqual([]);
    });

    test('is still in the list that a sweep reads, which is of keys alone', async () => {
      await toVersion(RUN, 4);
      expect(await forSweep('OPEN')).toEqual([RUN_ID]);
    });
  });

  describe('markAnnounced', () => {
    test('never goes back to an older rev', async () => {
      await opened();
      await ledger.markAnnounced(key(), 3);
      expect(await ledger.readRun(key())).toMatchObject({ announcedRev: 3, rev: 0 });
      await ledger.markAnnounced(key(), 2);
      expect(await ledger.readRun(key())).toMatchObject({ announcedRev: 3 });
      await ledger.markAnnounced(key(), 4);
      expect(await ledger.readRun(key())).toMatchObject({ announcedRev: 4 });
    });

    test('creates no run', async () => {
      await ledger.markAnnounced(key(), 1);
      expect(await ledger.readRun(key())).toBeUndefined();
    });
  });

  describe('markSettled and runsForSweep', () => {
    test.each([
      ['keep', [RUN_ID]],
      ['forget', []],
    ] as const)('a run is settled, and the sweep is to %s it, if nothing happened to it since', async (how, left) => {
      await opened();
      expect(await ledger.markSettled(key(), 1, how)).toBe('refused');
      expect(await ledger.readRun(key())).toMatchObject({ sweep: 'OPEN', rev: 0 });
      expect(await forSweep('OPEN')).toEqual([RUN_ID]);
      expect(await ledger.markSettled(key(), 0, how)).toBe('settled');
      expect((await ledger.readRun(key()))?.sweep).toBe(how === 'keep' ? 'PARTIAL' : undefined);
      expect(await forSweep('OPEN')).toEqual([]);
      expect(await forSweep('PARTIAL')).toEqual(left);
    });

    test('a run that was kept for the sweep can be forgotten later', async () => {
      await opened();
      await ledger.markSettled(key(), 0, 'keep');
      await ledger.markSettled(key(), 0, 'forget');
      expect(await ledger.readRun(key())).not.toHaveProperty('sweep');
      expect(await forSweep('PARTIAL')).toEqual([]);
    });

    const news: Record<string, () => Promise<unknown>> = {
      'a strike': () => ledger.strike(own(counted(IRELAND, 1))),
      'a total': () => ledger.storeTotal(key(), aTotal(), 1, SETTLED_AT),
      'a new round': () => ledger.openRound(key(), [IRELAND], 1, DEADLINE),
    };
    test.each(Object.keys(news).flatMap((what) => [[what, 'keep'] as const, [what, 'forget'] as const]))(
      '%s opens a run that was settled (%s)',
      async (what, how) => {
        await opened();
        await ledger.storeTotal(key(), aTotal(), 0, SETTLED_AT);
        await ledger.markSettled(key(), 1, how);
        await news[what]!();
        expect(await ledger.readRun(key())).toMatchObject({ sweep: 'OPEN' });
        expect(await forSweep('OPEN')).toEqual([RUN_ID]);
        expect(await forSweep('PARTIAL')).toEqual([]);
      },
    );

    test('creates no run', async () => {
      expect(await ledger.markSettled(key(), 0, 'forget')).toBe('refused');
      expect(await ledger.markSettled(key(), 0, 'keep')).toBe('refused');
      expect(await ledger.readRun(key())).toBeUndefined();
    });

    const ids = Array.from({ length: 20 }, (_, index) => `2026-11-${String(index + 1).padStart(2, '0')}T06:00:00Z`);
    const newestFirst = [...ids].reverse();

    test('the sweep sees every open run of every account, the newest first', async () => {
      for (const runId of ids) await opened([IRELAND], { runId });
      const another = newAccount();
      await ledger.openRun(aRun([IRELAND], { censusId: another }));
      expect(await forSweep('OPEN')).toEqual(newestFirst);
      censusId = another;
      expect(await forSweep('OPEN')).toEqual([RUN_ID]);
    });

    test('it goes on over a page whose last run it has just settled', async () => {
      for (const runId of ids) await opened([IRELAND], { runId });
      const seen = [];
      for await (const each of ledger.runsForSweep('OPEN')) {
        if (each.censusId !== censusId) continue;
        seen.push(each.runId);
        await ledger.markSettled(each, 0, 'forget');
      }
      expect(seen).toEqual(newestFirst);
    });

    test('it goes on behind the run at which it stopped, also where that one has left the list', async () => {
      for (const runId of ids) await opened([IRELAND], { runId });
      const place = key(newestFirst[4]);
      expect(await forSweep('OPEN', place)).toEqual(newestFirst.slice(5));
      await ledger.markSettled(place, 0, 'forget');
      expect(await forSweep('OPEN', place)).toEqual(newestFirst.slice(5));
    });
  });

  describe('readSweepPlace and writeSweepPlace', () => {
    test('each list has a place of its own, which is gone once the sweep came to the end', async () => {
      await ledger.writeSweepPlace('PARTIAL', undefined);
      expect(await ledger.readSweepPlace('PARTIAL')).toBeUndefined();
      await ledger.writeSweepPlace('PARTIAL', key());
      await ledger.writeSweepPlace('OPEN', key('2026-11-21T06:00:00Z'));
      expect(await ledger.readSweepPlace('PARTIAL')).toEqual(key());
      await ledger.writeSweepPlace('PARTIAL', undefined);
      expect(await ledger.readSweepPlace('PARTIAL')).toBeUndefined();
      expect(await ledger.readSweepPlace('OPEN')).toEqual(key('2026-11-21T06:00:00Z'));
    });
  });

  describe('lastKnown', () => {
    const at = (runId: string, record: RegionRecord) => ledger.writeRecord({ ...own(record), runId }, EXPIRES);

    test('is the newest count of the region before the run', async () => {
      await at('2026-11-18T06:00:00Z', counted(IRELAND, 18));
      await at('2026-11-19T06:00:00Z', counted(IRELAND, 19, { endedAt: SETTLED_AT }));
      await at('2026-11-19T18:00:00Z', failed(IRELAND));
      await at('2026-11-19T19:00:00Z', counted(VIRGINIA, 99));
      await at(RUN_ID, counted(IRELAND, 20));
      await at('2026-11-21T06:00:00Z', counted(IRELAND, 21));
      expect(await ledger.lastKnown(censusId, IRELAND, RUN_ID)).toEqual({
        runId: '2026-11-19T06:00:00Z',
        streams: 19,
        countedAt: SETTLED_AT,
      });
    });

    test('is nothing where nothing was counted before', async () => {
      await at('2026-11-19T18:00:00Z', failed(IRELAND));
      await at(RUN_ID, counted(IRELAND, 20));
      expect(await ledger.lastKnown(censusId, IRELAND, RUN_ID)).toBeUndefined();
    });
  });

  describe('earlierRuns', () => {
    const at = (runId: string, changes: Partial<Run> = {}) => opened([IRELAND], { runId, ...changes });

    test("are the account's runs before this one, newest first, each with its total if it has one", async () => {
      const older = await at('2026-11-18T06:00:00Z');
      const before = await at('2026-11-19T06:00:00Z');
      await at(RUN_ID);
      await at('2026-11-21T06:00:00Z');
      await ledger.openRun(aRun([IRELAND], { censusId: newAccount(), runId: '2026-11-19T12:00:00Z' }));
      const total = await ledger.storeTotal(before, aTotal({ streams: 7 }), 0, SETTLED_AT);
      expect(await ledger.earlierRuns(key())).toEqual([{ ...before, total, rev: 1 }, older]);
      expect(await ledger.earlierRuns({ censusId: newAccount(), runId: RUN_ID })).toEqual([]);
    });

    test('are at most 20, the newest', async () => {
      const ids = Array.from({ length: 22 }, (_, hour) => `2026-11-19T${String(hour).padStart(2, '0')}:00:00Z`);
      for (const runId of ids) await at(runId);
      const found = (await ledger.earlierRuns(key())).map(({ runId }) => runId);
      expect(found.length).toBeLessThanOrEqual(20);
      expect(found).toEqual(ids.reverse().slice(0, found.length));
    });

    test('are without those that have expired', async () => {
      await at('2026-11-19T06:00:00Z', { expiresAt: EXPIRES_AT - 1 });
      const later = await at('2026-11-19T12:00:00Z');
      const found = await ledgerAt((EXPIRES_AT - 1) * 1000).earlierRuns(key());
      expect(found).toEqual([later]);
    });
  });

  describe('openRound', () => {
    const deadlineAt = '2026-11-20T09:00:00.000Z';

    test('asks for these regions again, in one step', async () => {
      const before = await settled();
      expect(await ledger.openRound(key(), [VIRGINIA], 1, deadlineAt)).toEqual({
        ...before,
        round: 1,
        deadlineAt,
        pending: [VIRGINIA],
        sweep: 'OPEN',
        rev: before.rev + 1,
      });
    });

    test('opens once: who comes second opens nothing', async () => {
      await settled();
      await ledger.openRound(key(), [VIRGINIA], 1, deadlineAt);
      const after = await ledger.readRun(key());
      expect(await ledger.openRound(key(), [IRELAND], 1, deadlineAt)).toBeUndefined();
      expect(await ledger.openRound(key(), [IRELAND], 3, deadlineAt)).toBeUndefined();
      expect(await ledger.readRun(key())).toEqual(after);
    });

    test('asks for nothing else: what an earlier round left pending is not in it', async () => {
      await settled();
      await ledger.openRound(key(), [VIRGINIA], 1, deadlineAt);
      expect(await ledger.openRound(key(), [IRELAND], 2, deadlineAt)).toMatchObject({ pending: [IRELAND] });
    });

    test('is for runs that have a total', async () => {
      expect(await ledger.openRound(key(), [IRELAND], 1, deadlineAt)).toBeUndefined();
      const fresh = await opened();
      expect(await ledger.openRound(key(), [IRELAND], 1, deadlineAt)).toBeUndefined();
      expect(await ledger.readRun(key())).toEqual(fresh);
    });
  });

  describe('bringDeadlineForward', () => {
    test('makes a run due sooner, and never later', async () => {
      const fresh = await opened();
      await ledger.bringDeadlineForward(key(), '2026-11-20T06:30:00.000Z');
      expect(await ledger.readRun(key())).toEqual({ ...fresh, deadlineAt: '2026-11-20T06:30:00.000Z' });
      await ledger.bringDeadlineForward(key(), '2026-11-20T06:45:00.000Z');
      expect(await ledger.readRun(key())).toMatchObject({ deadlineAt: '2026-11-20T06:30:00.000Z' });
    });

    test('creates no run', async () => {
      await ledger.bringDeadlineForward(key(), DEADLINE);
      expect(await ledger.readRun(key())).toBeUndefined();
    });
  });

  describe('markDispatched', () => {
    test('notes the round that the run is in', async () => {
      const fresh = await opened();
      await ledger.markDispatched(key(), 0);
      expect(await ledger.readRun(key())).toEqual({ ...fresh, dispatchedRound: 0 });
    });

    test('comes too late for a round that is over, and too early for one to come', async () => {
      await settled();
      await ledger.openRound(key(), [VIRGINIA], 1, DEADLINE);
      await ledger.markDispatched(key(), 0);
      await ledger.markDispatched(key(), 2);
      expect(await ledger.readRun(key())).not.toHaveProperty('dispatchedRound');
    });

    test('creates no run', async () => {
      await ledger.markDispatched(key(), 0);
      expect(await ledger.readRun(key())).toBeUndefined();
    });
  });
});
