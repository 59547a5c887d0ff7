/** Whole answers that the description of the API shows: those of a small account, and of a small organisation. */
import type { DocumentName } from '../../infra/openapi/components.ts';
import { readAccounts } from '../../src/answers/organization/accounts.ts';
import { ORGANIZATION } from '../../src/census/census-id.ts';
import { history } from '../cli/history.ts';
import { NOW_MS, startLedger } from '../cli/world.ts';
import { manyAccounts } from '../fixtures/organization.ts';

const ACCOUNT_QUESTIONS = {
  latest: 'latest',
  runs: 'runs',
  run: 'run previous',
  explain: 'explain latest',
  region: 'region eu-west-1',
  diff: 'diff latest~1 latest',
  headroom: 'headroom',
} as const satisfies Partial<Record<DocumentName, string>>;

const ORGANIZATION_QUESTIONS = {
  'organization-latest': 'latest',
  'organization-runs': 'runs',
} as const satisfies Partial<Record<DocumentName, string>>;

/** Of a ledger in memory: the caller cleans up (tests/cli/world.ts). */
export async function makeExamples(): Promise<Partial<Record<DocumentName, unknown>>> {
  const [account, organization] = [await startLedger(), await startLedger()];
  const isMissing = (n: number, region: string) => n === 1 && region === 'eu-west-1';
  await account.fill(history({ runs: 2, regions: ['eu-west-1', 'us-east-1'], everyMinutes: 360, isMissing }));
  await organization.fillOrganization(manyAccounts(2));
  const examples: Partial<Record<DocumentName, unknown>> = {};
  for (const [name, line] of Object.entries(ACCOUNT_QUESTIONS))
    examples[name as DocumentName] = JSON.parse((await account.command(`${line} --json`)).out);
  for (const [name, line] of Object.entries(ORGANIZATION_QUESTIONS))
    examples[name as DocumentName] = JSON.parse((await organization.ask(`${line} --json`)).out);
  const source = { reader: organization.reader, censusId: ORGANIZATION, description: 'the example' };
  examples.accounts = (await readAccounts(source, 'latest', {}, { limit: 1 }, NOW_MS)).answer;
  return examples;
}
