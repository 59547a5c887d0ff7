import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { ACCOUNT, history, type Past } from '../cli/history.ts';
import { cleanUp, startLedger, TABLE, type TestLedger } from '../cli/world.ts';
import { textOf } from './text.ts';

const isMissing = (n: number, region: string) => n === 5 && region === 'eu-west-2';
const past = [...history({ runs: 6, everyMinutes: 360, isMissing })];
const newest = past[5] as Past;
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.fill(past);
});
afterAll(cleanUp);

describe('docs/data-model.md', () => {
  const shell = /```sh\n(TABLE=[\s\S]*?)```/.exec(textOf('data-model.md'))?.[1] ?? '';
  const queries = shell
    .split(/^# /m)
    .slice(1)
    .map((part) => ({ what: part.split('\n')[0] ?? '', text: part }));
  /** How many items each query of the page finds in the history above. */
  const found = [6, 6, 20, 6, 0];

  test('has five queries for the AWS CLI', () => {
    expect(queries).toHaveLength(found.length);
  });

  test.each(queries.map((query, index) => ({ ...query, count: found[index] })))(
    '$what: finds $count items',
    async ({ text, count }) => {
      const filled = text.replaceAll(`'$ACCOUNT'`, ACCOUNT).replaceAll(`'$RUN'`, newest.run.runId);
      const option = (name: string) => new RegExp(`--${name} \\\\?\\s*'?([^'\\n\\\\]+?)'?(?:\\s|$)`).exec(filled)?.[1];
      const condition = /--key-condition-expression '([^']+)'/.exec(filled)?.[1];
      const filter = /--filter-expression '([^']+)'/.exec(filled)?.[1];
      const values = /--expression-attribute-values \\?\s*'(.*)'/.exec(filled)?.[1] ?? '{}';
      const dates = values
        .replace('2026-11-09T00:00:00Z', past[0]?.run.runId ?? '')
        .replace('2026-11-15T23:59:59Z', newest.run.runId);
      const { Items } = await ledger.client.send(
        new QueryCommand({
          TableName: TABLE,
          IndexName: option('index-name'),
          KeyConditionExpression: condition,
          FilterExpression: filter,
          ExpressionAttributeValues: JSON.parse(dates),
        }),
      );
      expect(Items).toHaveLength(count ?? -1);
    },
  );
});
