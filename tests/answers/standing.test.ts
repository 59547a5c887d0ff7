/** What is said of an answer beside it, whichever question it answers. */
import { askingOf } from '../../src/answers/asking/asking-of.ts';
import type { Source } from '../../src/answers/reader.ts';
import { standingOf } from '../../src/answers/standing.ts';
import { ORGANIZATION } from '../../src/census/census-id.ts';
import { ACCOUNT } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger, type TestLedger } from '../cli/world.ts';
import { organizationStory } from '../fixtures/organization.ts';
import { story } from '../fixtures/story.ts';

let alone: TestLedger;
let together: TestLedger;
beforeAll(async () => {
  alone = await startLedger();
  await alone.fill(story({ isOneUnderWay: true }));
  together = await startLedger();
  await together.fillOrganization(organizationStory());
});
afterAll(cleanUp);

const sourceOf = (censusId: string): Source => {
  const { reader } = censusId === ORGANIZATION ? together : alone;
  return { reader, censusId, description: 'the ledger' };
};
const everything = { limit: 10 };

test('is the same of every answer that is of the newest total', async () => {
  const source = sourceOf(ACCOUNT);
  const asking = await askingOf(source);
  const answers = [
    await asking.latest(source, {}, NOW_MS),
    await asking.run(source, 'latest', {}, NOW_MS),
    await asking.explain(source, 'latest', NOW_MS),
    await asking.diff(source, ['previous', 'latest'], NOW_MS),
    await asking.why(source, 'latest', undefined, NOW_MS),
    await asking.headroom(source, { days: 30 }, NOW_MS),
    await asking.metrics(source, { isByAccount: false }, NOW_MS),
  ];
  const [first, ...others] = answers.map(({ answer }) => ({ ...standingOf(answer, NOW_MS), damaged: 0 }));
  expect(first).toMatchInlineSnapshot(`
{
  "ageS": 7200,
  "damaged": 0,
  "missing": 1,
  "runId": "2026-11-20T06:00:00Z",
  "verdict": "partial",
  "words": "50,361 streams in 18 of 19 regions: partial (run 2026-11-20T06:00:00Z). Missing, unknown, not zero: eu-west-1 (denied). Its instant was 2 h ago.",
}
`);
  for (const other of others) expect(other).toEqual(first);
});

test('calls a run without a total open, and everything of it missing', async () => {
  const source = sourceOf(ACCOUNT);
  const { answer } = await (await askingOf(source)).runs(source, everything, {}, NOW_MS);
  expect(standingOf(answer, NOW_MS)).toMatchInlineSnapshot(`
{
  "ageS": 120,
  "damaged": 0,
  "missing": 19,
  "runId": "2026-11-20T07:58:00Z",
  "verdict": "open",
  "words": "The run 2026-11-20T07:58:00Z has no total yet. Its instant was 2 min ago.",
}
`);
});

test('counts the accounts of an organisation that are not complete', async () => {
  const source = sourceOf(ORGANIZATION);
  const { answer } = await (await askingOf(source)).latest(source, {}, NOW_MS);
  expect(standingOf(answer, NOW_MS)).toMatchInlineSnapshot(`
{
  "ageS": 7200,
  "damaged": 0,
  "missing": 4,
  "runId": "2026-11-20T06:00:00Z",
  "verdict": "partial",
  "words": "48,395 streams, 4 of 8 accounts complete: partial (run 2026-11-20T06:00:00Z). Missing, unknown, not zero: 1 account no-access, 1 account suspended, 1 region denied, 1 region timed-out. Its instant was 2 h ago.",
}
`);
});

test('is of no run where a region is told through time', async () => {
  const source = sourceOf(ACCOUNT);
  const { answer } = await (await askingOf(source)).region(source, 'eu-west-1', everything, {}, NOW_MS);
  expect(standingOf(answer, NOW_MS)).toBeNull();
});
