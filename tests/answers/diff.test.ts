import { readDiff, readNewestDiff } from '../../src/answers/diff.ts';
import { NoAnswer } from '../../src/answers/no-answer.ts';
import type { LedgerReader } from '../../src/answers/reader.ts';
import { ACCOUNT, history, type Past } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger } from '../cli/world.ts';
import { RUN, story } from '../fixtures/story.ts';

afterAll(cleanUp);

test('a run that has no total yet is compared with none', async () => {
  const [before, newest] = [...history({ runs: 2 })] as [Past, Past];
  const { total: _, ...open } = newest.run;
  const ledger = await startLedger();
  await ledger.fill([before, { run: { ...open, sweep: 'OPEN' }, records: [] }]);
  const source = { reader: ledger.reader, censusId: ACCOUNT, description: 'the test ledger' };
  for (const [first, second] of [
    [before.run.runId, open.runId],
    [open.runId, 'latest'],
  ] as const) {
    const asked = readDiff(source, first, second, NOW_MS);
    await expect(asked).rejects.toThrow(NoAnswer);
    await expect(asked).rejects.toThrow(/has no total yet, .*: follow it with `kvs-census watch [^`]*`\.$/);
  }
});

test('it fails only when nothing is being read any more', async () => {
  const pasts = [...history({ runs: 2 })] as [Past, Past];
  const ledger = await startLedger();
  await ledger.fill(pasts);
  const [before, after] = pasts.map(({ run }) => run.runId) as [string, string];
  const refused = Promise.withResolvers<undefined>();
  const readAt: string[] = [];
  const reader: LedgerReader = {
    ...ledger.reader,
    async wholeRun(key) {
      if (key.runId === before) {
        refused.resolve(undefined);
        throw new Error('This one is damaged.');
      }
      await refused.promise;
      const whole = await ledger.reader.wholeRun(key);
      readAt.push(key.runId);
      return whole;
    },
  };
  const asked = readDiff({ reader, censusId: ACCOUNT, description: 'the test ledger' }, before, after, NOW_MS);
  await expect(asked).rejects.toThrow('This one is damaged.');
  expect(readAt).toEqual([after]);
});

test('without names it is the newest total and the last complete one of the same plan', async () => {
  const ledger = await startLedger();
  await ledger.fill(story());
  const source = { reader: ledger.reader, censusId: ACCOUNT, description: 'the test ledger' };
  ledger.requests.splice(0);
  const { answer } = await readNewestDiff(source, NOW_MS);
  expect(ledger.requests).toEqual(['Query', 'Query', 'Query', 'Query']);
  expect([answer.before.runId, answer.after.runId]).toEqual([RUN.complete, RUN.newest]);
  const ids = async (line: string) => {
    const { before, after } = JSON.parse((await ledger.command(`${line} --json`)).out);
    return [before.runId, after.runId];
  };
  expect(await ids('diff')).toEqual([RUN.complete, RUN.newest]);
  expect(await ids('diff yesterday')).toEqual([RUN.slow, RUN.newest]);
});

test('without names, the first total has none to be compared with', async () => {
  const ledger = await startLedger();
  await ledger.fill(history({ runs: 1 }));
  const source = { reader: ledger.reader, censusId: ACCOUNT, description: 'the test ledger' };
  await expect(readNewestDiff(source, NOW_MS)).rejects.toThrow(NoAnswer);
});

test('a run is not compared with itself', async () => {
  const [past] = [...history({ runs: 1 })] as [Past];
  const ledger = await startLedger();
  await ledger.fill([past]);
  const source = { reader: ledger.reader, censusId: ACCOUNT, description: 'the test ledger' };
  await expect(readDiff(source, past.run.runId, 'latest', NOW_MS)).rejects.toThrow(
    `Both names are of the run ${past.run.runId}: name another one to compare it with.`,
  );
});
