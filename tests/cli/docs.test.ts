/** What the documentation says of the command is so. */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { run } from '../../src/cli/program.ts';
import { textOf, undocumented } from './documented.ts';
import { ACCOUNT, history, type Past } from './history.ts';
import { cleanUp, makeIo, startLedger, TABLE, type TestLedger } from './world.ts';

const isMissing = (n: number, region: string) => n === 5 && region === 'eu-west-2';
const past = [...history({ runs: 6, everyMinutes: 360, isMissing })];
const newest = past[5] as Past;
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.fill(past);
});
afterAll(cleanUp);

describe('docs/json.md', () => {
  test.each([
    'latest --json',
    'runs --json',
    'run latest --json',
    'region eu-west-2 --json',
    `diff ${past[0]?.run.runId} latest --json`,
    'explain latest --json',
    'watch latest --json',
    'export --format json --last 2',
    'export --format ndjson --last 1',
  ])('every field of `%s` stands there, and so does its schema', async (line) => {
    const document = JSON.parse((await ledger.command(line)).out);
    expect(undocumented(document)).toEqual([]);
  });
});

test('docs/cli.md names every command and every option of where to read', async () => {
  const [help, latest] = [makeIo('.'), makeIo('.')];
  await run(['--help'], help);
  await run(['latest', '--help'], latest);
  const commands = [...help.out().matchAll(/^ {2}([a-z]+) {2,}/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'help');
  const options = [...latest.out().matchAll(/(--[a-z]+)/g)].map((match) => match[1] ?? '');
  expect(commands).toHaveLength(14);
  for (const name of commands) expect(textOf('cli.md')).toMatch(new RegExp(`^\\| \`${name}\\b`, 'm'));
  for (const option of options) expect(`${textOf('cli.md')} --help --version`).toContain(option);
});

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
