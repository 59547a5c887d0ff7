import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Asked } from '../../answers/health/facts.ts';
import type { OnDamaged } from '../../answers/reader.ts';
import type { OrganizationSummary } from '../../census/organization/summary.ts';
import type { Run } from '../../census/run.ts';
import { makeReader } from '../reader.ts';
import type { Ask } from './ask.ts';

/** As many as may be open at the same time by chance; further back only for the newest total. */
const RUNS = 10;

type Ledger = { tableName: string; censusId: string; nowMs: number; onDamaged: OnDamaged };

/** The newest runs, newest first, and among them the newest that has a total; what is left out, since it is damaged, is told. */
export async function readRuns(
  client: DynamoDBClient,
  ask: Ask,
  { tableName, censusId, nowMs, onDamaged }: Ledger,
): Promise<Asked<Run[]>> {
  return await ask('dynamodb:Query', async (signal) => {
    const reader = makeReader({ client: endingWith(signal, client), tableName, nowMs: () => nowMs });
    return await reader.newestRuns(censusId, { runs: RUNS, totals: 1, onDamaged });
  });
}

/** The same of the organisation. */
export async function readOrganizationRuns(
  client: DynamoDBClient,
  ask: Ask,
  { tableName, censusId, nowMs, onDamaged }: Ledger,
): Promise<Asked<OrganizationSummary[]>> {
  return await ask('dynamodb:Query', async (signal) => {
    const reader = makeReader({ client: endingWith(signal, client), tableName, nowMs: () => nowMs });
    return await Array.fromAsync(reader.organizationRuns(censusId, { limit: RUNS, onDamaged }));
  });
}

/** The same client, whose requests end with the signal: a reader knows none. */
function endingWith(abortSignal: AbortSignal, client: DynamoDBClient): DynamoDBClient {
  type Command = Parameters<DynamoDBClient['send']>[0];
  const send = (command: Command) => client.send(command, { abortSignal });
  return Object.assign(Object.create(client) as DynamoDBClient, { send });
}
