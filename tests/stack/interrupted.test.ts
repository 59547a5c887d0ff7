/** What a start that was interrupted leaves behind, and the next one settles: an organisation's run, and the runs of its accounts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { makeReader } from '../../src/aws/reader.ts';
import { ORGANIZATION } from '../../src/census/census-id.ts';
import { settleInterrupted } from '../../src/cli/local/interrupted.ts';
import { ACCOUNT, type Harness, startHarness, until } from './harness.ts';

const [NORTH, SOUTH] = ['222222222222', '333333333333'];
const REGION = 'us-east-1';

let harness: Harness | undefined;
afterEach(async () => await harness?.stop());

test('accounts are settled first, and then the organisation with what they came to', async () => {
  harness = await startHarness(
    {
      regions: { [REGION]: { streams: 7 } },
      accounts: [{ accountId: ACCOUNT }, { accountId: NORTH }, { accountId: SOUTH, role: 'missing' }],
    },
    {
      timeScale: 20,
      sweep: false,
      parameters: { Accounts: ORGANIZATION },
      environment: {
        ACCOUNTS: ORGANIZATION,
        EXTERNAL_ID: 'kvs-census-local-world',
        REGION_TASKS_TOPIC_ARN: `arn:aws:sns:${REGION}:${ACCOUNT}:nobody-listens`,
      },
    },
  );
  const { ledger, stack, dynamodb: client } = harness;
  await harness.sns.send(new CreateTopicCommand({ Name: 'nobody-listens' }));
  const reader = makeReader({ client, tableName: stack.resource('LedgerTable').name, nowMs: Date.now });
  const { runId } = await harness.open();
  const key = { censusId: ORGANIZATION, runId };
  await until(async () => ((await reader.wholeOrganization(key))?.run.dispatchedRound === 0 ? true : undefined));

  const owners = new Set([ACCOUNT, NORTH, SOUTH, ORGANIZATION]);
  const following = { everyMs: 50, sleep, signal: AbortSignal.timeout(60_000), warn: () => {} };
  const settled = await settleInterrupted({ ...ledger, ...reader }, stack, owners, following);
  expect(settled.accounts.map(({ censusId, total }) => [censusId, total?.verdict]).sort()).toEqual([
    [ACCOUNT, 'partial'],
    [NORTH, 'partial'],
  ]);
  expect(settled.organizations).toMatchObject([{ ...key, total: { verdict: 'partial', expected: 3, counted: 0 } }]);
  const { total } = settled.organizations[0]!;
  expect(total?.accountReasons).toEqual({ 'no-access': 1 });
  expect(total?.regionReasons).toEqual({ unanswered: 2 });
});
