/** What `npm start` says of an organisation at its end, and what of that is the answer's and what the local world's. */
import { accountRows } from '../../../src/answers/organization/account-row.ts';
import type { ComparedOrganization } from '../../../src/answers/organization/compared-run.ts';
import { organizationRunSummary, withoutAccounts } from '../../../src/answers/organization/run-summary.ts';
import { type RunAnswer, runOf } from '../../../src/answers/run.ts';
import { ownerOf } from '../../../src/census/census-id.ts';
import { organizationResult, printOrganization } from '../../../src/cli/local/organization-result.ts';
import { makeView } from '../../../src/cli/render/text.ts';
import { MEMBER, organizationStory } from '../../fixtures/organization.ts';
import { NOW_MS } from '../world.ts';

const VIEW = makeView({ width: 160, colour: false });
const { run, records, accounts } = organizationStory().at(-1)!;

const ANSWER: Pick<ComparedOrganization, 'run' | 'accounts' | 'comparison'> = {
  run: organizationRunSummary(withoutAccounts(run), NOW_MS),
  accounts: accountRows(run, records, [], NOW_MS),
  comparison: null,
};
const OWN: ReadonlyMap<string, RunAnswer> = new Map(
  accounts.map((whole) => [ownerOf(whole.run.censusId), runOf(whole, NOW_MS)]),
);
const result = (truth?: Parameters<typeof organizationResult>[2]) =>
  organizationResult({ ...ANSWER, news: [] }, OWN, truth);

test('each account is told with its verdict, its number and what is missing from it; nothing of it is no zero', () => {
  const { accounts: told, missing, ...whole } = result();
  expect(whole).toEqual({
    runId: run.runId,
    accountId: 'organization',
    verdict: 'partial',
    total: run.total?.streams,
    expected: run.total?.expected,
    counted: run.total?.counted,
    previous: null,
  });
  const of = (id: string) => told.find(({ accountId }) => accountId === id);
  expect(of(MEMBER.storesAmerica)).toMatchObject({ name: 'Stores America', verdict: 'complete', missing: [] });
  expect(of(MEMBER.factories)).toMatchObject({
    verdict: 'partial',
    missing: [{ region: 'eu-west-1', reason: 'denied' }],
  });
  expect(of(MEMBER.doorbells)).toEqual({
    accountId: MEMBER.doorbells,
    name: 'Doorbells',
    verdict: null,
    total: null,
    counted: null,
    expected: null,
    missing: [],
    reason: 'no-access',
  });
  expect(of(MEMBER.unnamed)).toMatchObject({ name: null });
  expect(of(MEMBER.sandbox)).toMatchObject({ verdict: null, setAside: 'closed' });
  expect(missing).toEqual(
    expect.arrayContaining([
      { accountId: MEMBER.doorbells, name: 'Doorbells', reason: 'no-access' },
      { accountId: MEMBER.factories, name: 'Factories' },
    ]),
  );
  expect(missing.map(({ accountId }) => accountId)).not.toContain(MEMBER.sandbox);
});

test('what the local world truly holds stands beside the number, and says when that is wrong', () => {
  const { streams } = ANSWER.run;
  const truth = { all: streams! + 9, counted: streams!, elsewhere: 9 };
  expect(result(truth).truth).toBe(streams! + 9);
  const last = (truth: Parameters<typeof printOrganization>[2]) =>
    printOrganization(result(truth), ANSWER, truth, VIEW).split('\n').at(-1);
  expect(last(truth)).toMatch(/: 9 are where nothing was counted\.$/);
  expect(last({ ...truth, counted: streams! - 1 })).toMatch(/: the total is WRONG\.$/);
  expect(last(undefined)).toBe('No earlier run to compare with.');
});

test('a run without a total is no result', () => {
  const open = { ...ANSWER, run: { ...ANSWER.run, verdict: null, streams: null, counted: null }, news: [] };
  expect(() => organizationResult(open, OWN)).toThrow(`The run ${run.runId} has no total yet.`);
});
