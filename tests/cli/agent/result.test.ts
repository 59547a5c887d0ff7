import { readLatest } from '../../../src/answers/latest.ts';
import { resultOf } from '../../../src/cli/agent/result.ts';
import { RUN, story } from '../../fixtures/story.ts';
import { ACCOUNT } from '../history.ts';
import { cleanUp, NOW_MS, startLedger } from '../world.ts';

afterAll(cleanUp);

test('what was counted after the total was stored is told, and bounded', async () => {
  const ledger = await startLedger();
  await ledger.fill(story());
  const source = { reader: ledger.reader, censusId: ACCOUNT, description: 'a test' };
  const { answer: whole } = await readLatest(source, NOW_MS);
  const accounts = Array.from({ length: 3_000 }, (_, index) => String(300_000_000_000 + index));
  const news = [
    { runId: RUN.newest, regions: accounts },
    { runId: RUN.worst, regions: [] },
  ];
  const told = { tool: 'latest_total', whole, part: whole, lists: [], news, leftOut: null };
  const { content, structuredContent } = resultOf(told, NOW_MS);
  expect(structuredContent).toMatchObject({
    news: [{ runId: RUN.newest, regions: accounts.slice(0, 20), unnamed: 2_980 }],
  });
  const [words] = content;
  expect(words).toMatchObject({
    text: expect.stringMatching(
      /Counted since the total of 2026-11-20T06:00:00Z was stored, and not in it yet: 300000000000, .* and 2,990 more\. Ask again in 5 minutes\./,
    ),
  });
  expect(Buffer.byteLength(JSON.stringify({ content, structuredContent }))).toBeLessThan(65_536);
});
