/** Who hears of a total: programs by their filter policies, and people in words; on the packaged functions. */
import { announcementOf } from '../../src/census/announcement.ts';
import { censusIdOf } from '../../src/census/census-id.ts';
import { openRun, runIdOf } from '../../src/census/run.ts';
import { parametersFor } from '../../src/cli/local/counted.ts';
import { aTotal, tallyOf } from '../census/examples.ts';
import { ACCOUNT, type Harness, startHarness } from './harness.ts';

jest.setTimeout(180_000);

const PLAN = ['eu-west-1', 'us-east-1'];
const HOUR_MS = 3_600_000;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    regions: { 'us-east-1': { streams: 7 }, 'eu-west-1': { streams: 8, fault: 'denied' } },
  });
});
afterAll(async () => {
  await harness?.stop();
});

/** A run of an hour ago that counted both regions. */
async function layComplete(): Promise<string> {
  const nowMs = Date.now() - HOUR_MS;
  const key = { censusId: ACCOUNT, runId: runIdOf(nowMs) as string };
  await harness.ledger.openRun(openRun(key, PLAN, nowMs, { deadlineAfterMs: 5_400_000, retentionDays: 400 }));
  const total = aTotal({ streams: 15, expected: 2, counted: 2, tally: tallyOf(15) });
  await harness.ledger.storeTotal(key, total, 0, new Date(nowMs).toISOString());
  await harness.ledger.markAnnounced(key, 1);
  await harness.ledger.markSettled(key, 1, 'forget');
  return key.runId;
}

test('a subscription hears what its filter policy asks for, by each attribute, and nothing else', async () => {
  /** Which of two runs it hears of: the first misses a region that the run before counted, the second misses it still. */
  const policies: [policy: object, hears: ('first' | 'second')[]][] = [
    [{ verdict: ['partial'] }, ['first', 'second']],
    [{ verdict: ['complete'] }, []],
    [{ changed: ['true'] }, ['first']],
    [{ changed: ['false'] }, ['second']],
    // SNS also compares with each region of the list; the embedded one compares with the list as a whole.
    [{ newlyMissing: [{ exists: true }] }, ['first']],
    [{ newlyMissing: [{ exists: false }] }, ['second']],
    [{ kind: ['streams'] }, ['first', 'second']],
    [{ kind: ['channels'] }, []],
  ];
  const before = await layComplete();
  const everything = await harness.listen('TotalsTopic');
  const listeners = [];
  for (const [policy, hears] of policies)
    listeners.push({ policy, hears, url: await harness.listen('TotalsTopic', policy) });
  const mails = await harness.listen('TotalsMailTopic', { changed: ['true'] });

  const first = await harness.settled(await harness.open());
  const second = await harness.settled(await harness.open());
  expect(first.total?.before).toMatchObject({ runId: before, newlyMissing: ['eu-west-1'] });
  expect(second.total?.missing).toMatchObject([{ region: 'eu-west-1', since: first.runId, runs: 2, lost: true }]);
  const told = (await harness.takeAll(everything)).map((body) => JSON.parse(body));
  expect(told).toEqual([first, second].map((run) => announcementOf(run, run.total!)));

  const nameOf = (body: string) => (JSON.parse(body).runId === first.runId ? 'first' : 'second');
  for (const { policy, hears, url } of listeners)
    expect({ policy, hears: (await harness.takeAll(url)).map(nameOf).sort() }).toEqual({ policy, hears });
  const [mail, ...more] = await harness.takeAll(mails);
  expect(more).toEqual([]);
  expect(mail).toContain(`run ${first.runId}: at least 7 streams in 1 of 2 regions (partial).`);
  expect(mail).toContain(`Next: npx kvs-census explain ${first.runId} --stage `);
});

test('whoever subscribed to totals hears of streams alone; what is of another kind has a topic, and nobody is mailed', async () => {
  const both = await startHarness(
    { regions: { 'us-east-1': { streams: 7 } }, kinds: { channels: { regions: { 'us-east-1': { channels: 3 } } } } },
    {
      regions: ['us-east-1'],
      environment: { KINDS: 'streams,channels' },
      parameters: parametersFor(['streams', 'channels']),
    },
  );
  try {
    const [totals, mails, detail] = [
      await both.listen('TotalsTopic'),
      await both.listen('TotalsMailTopic'),
      await both.listen('TotalsDetailTopic'),
    ];
    const { censusId, runId } = await both.open();
    const ofStreams = await both.settled({ censusId, runId });
    const ofChannels = await both.settled({ censusId: censusIdOf(censusId, 'channels'), runId });
    const told = async (queue: string) => (await both.takeAll(queue)).map((body) => JSON.parse(body));
    expect(await told(totals)).toEqual([announcementOf(ofStreams, ofStreams.total!)]);
    expect(await told(detail)).toEqual([announcementOf(ofChannels, ofChannels.total!)]);
    expect(ofChannels.total).toMatchObject({ verdict: 'complete', streams: 3 });
    const [mail, ...more] = await both.takeAll(mails);
    expect({ mail, more }).toEqual({ mail: expect.stringContaining('7 streams in 1 region (complete)'), more: [] });
  } finally {
    await both.stop();
  }
});
