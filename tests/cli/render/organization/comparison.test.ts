import { readOrganizationLatest } from '../../../../src/answers/organization/latest.ts';
import type { AccountRecord } from '../../../../src/census/organization/account-record.ts';
import { comparisonLines } from '../../../../src/cli/render/organization/comparison.ts';
import { makeView } from '../../../../src/cli/render/text.ts';
import { MEMBER, type OrganizationPast, organizationStory } from '../../../fixtures/organization.ts';
import { cleanUp, NOW_MS, startLedger } from '../../world.ts';

afterAll(cleanUp);

const past = organizationStory();
const [first] = past as [OrganizationPast];
const newest = past.at(-1) as OrganizationPast;
const recordIn = ({ records }: OrganizationPast, wanted: string) =>
  records.find(({ accountId }) => accountId === wanted) as AccountRecord;

test('the lines add up to the difference, also while an account that answered is not in a total yet', async () => {
  const answered = { ...recordIn(first, MEMBER.doorbells), runId: newest.run.runId };
  const records = newest.records.map((record) => (record.accountId === MEMBER.doorbells ? answered : record));
  const ledger = await startLedger();
  await ledger.fillOrganization([...past.slice(0, -1), { ...newest, records }]);
  const source = { reader: ledger.reader, censusId: 'organization', description: 'the test ledger' };
  const { answer } = await readOrganizationLatest(source, NOW_MS);
  const [head = '', ...lines] = comparisonLines(
    answer.comparison as NonNullable<typeof answer.comparison>,
    makeView({ width: 1000, colour: false }),
  );
  const numberIn = (line: string) => Number(/^ *([+-]?[\d,]+) /.exec(line)?.[1]?.replaceAll(',', ''));
  expect(lines.reduce((sum, line) => sum + numberIn(line), 0)).toBe(numberIn(head));
  expect(lines.at(-1)).toBe('   -6,107  not in a total yet');
});
