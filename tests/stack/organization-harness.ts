/**
 * An organisation on a whole stack: the packaged functions count accounts of a world that a test may change between two runs, and
 * the ledger says what became of each.
 */
import {
  type AttributeValue,
  BatchWriteItemCommand,
  paginateScan,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { batches } from '../../src/aws/batches.ts';
import { makeOrganizationLedger } from '../../src/aws/organization-ledger.ts';
import { censusIdOf, ORGANIZATION } from '../../src/census/census-id.ts';
import { KINESIS_VIDEO_REGIONS } from '../../src/census/kinds/kinesis-video.ts';
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import type { AccountRecord } from '../../src/census/organization/account-record.ts';
import { accountKeyOf, type OrganizationRun, plannedAccounts } from '../../src/census/organization/run.ts';
import type { StoredOrganizationTotal } from '../../src/census/organization/total.ts';
import { isSettled, type Run, type RunKey } from '../../src/census/run.ts';
import type { StackOptions } from '../../src/local/stack.ts';
import { FAILING, type Harness, startHarness, until, type WorldJson } from './harness.ts';

export type Settled = OrganizationRun & { total: StoredOrganizationTotal; records: AccountRecord[] };

export type OrganizationHarness = Omit<Harness, 'settled'> & {
  /** How many there are in all of an account, whatever is wrong with its regions. */
  truthOf(accountId: string): number;
  /** Opens a run as the Scheduler would. The key is that of the streams. */
  open(): Promise<RunKey>;
  /** The run once its total is announced and nobody has to look at it any more. */
  settled(key: RunKey, kind?: Kind): Promise<Settled>;
  /** What a person's retry of the streams makes the functions do: the run once it has settled again. */
  askAgain(run: Settled, accounts?: readonly string[]): Promise<Settled>;
  /** An account's run of the same instant; nothing where it has none. */
  runOf(key: RunKey, accountId: string): Promise<Run | undefined>;
  /** Empties the ledger. */
  forget(): Promise<void>;
  /** Every item of the ledger. */
  items(): Promise<Record<string, AttributeValue>[]>;
};

/** Both have a member account's regions, and one that has to be switched on. */
const REGIONS = ['af-south-1', 'eu-west-1', 'us-east-1'];

/** Each account is asked for its own regions, of which only these are counted. */
const EXCLUDE_REGIONS = KINESIS_VIDEO_REGIONS.filter((region) => !REGIONS.includes(region)).join(',');

/** As the world's roles ask for it. */
export const EXTERNAL_ID = 'kvs-census-local-world';

/**
 * Half the time of a laptop's stack: a dispatcher that asks all accounts must not look late on a machine that is busy. What is waited
 * for by purpose is short.
 */
const PATIENT = {
  ...FAILING.environment,
  EXCLUDE_REGIONS,
  EXTERNAL_ID,
  ACCOUNTS_TIMEOUT_MS: '10000',
  ACCESS_RETRY_MS: '100',
};

/** @param world with accounts, the hub among them */
export async function startOrganization(
  world: WorldJson,
  { environment = {}, ...options }: Partial<StackOptions> & { sweep?: boolean } = {},
): Promise<OrganizationHarness> {
  const { ACCOUNTS = ORGANIZATION } = environment;
  const harness = await startHarness(world, {
    timeScale: FAILING.timeScale,
    regions: [],
    ...options,
    parameters: { Accounts: ACCOUNTS, ...options.parameters },
    environment: { ...PATIENT, ACCOUNTS, ...environment },
  });
  const { dynamodb, ledger, stack } = harness;
  const tableName = stack.resource('LedgerTable').name;
  const organizations = makeOrganizationLedger({ client: dynamodb, tableName, nowMs: Date.now });

  async function items() {
    const found: NonNullable<ScanCommandOutput['Items']> = [];
    for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: tableName }))
      found.push(...Items);
    return found;
  }

  async function settled({ runId }: RunKey, kind: Kind = STREAMS, round = 0): Promise<Settled> {
    const key = { censusId: censusIdOf(ORGANIZATION, kind), runId };
    const run = await until(async () => {
      const found = await organizations.readOrganization(key);
      if (found === undefined || found.round < round) return undefined;
      return found.total && found.announcedRev === found.total.rev && isSettled(found) ? found : undefined;
    });
    return { ...run, total: run.total!, records: await organizations.readAccountRecords(key) };
  }

  return {
    ...harness,
    get video() {
      return harness.video;
    },
    items,
    truthOf: (accountId) => harness.video.truth(REGIONS, STREAMS, accountId),
    async open() {
      return { ...(await harness.open()), censusId: ORGANIZATION };
    },
    settled: (key, kind) => settled(key, kind),
    async askAgain({ runId, round }, accounts) {
      const retry = { kind: STREAMS, round: round + 1, ...(accounts && { accounts }) };
      await stack.invokeAsync('DispatcherLambdaFunction', { runId, retry });
      return await settled({ censusId: ORGANIZATION, runId }, STREAMS, round + 1);
    },
    runOf: (key, accountId) => ledger.readRun(accountKeyOf(key, accountId)),
    async forget() {
      for (const batch of batches(await items(), 25)) {
        const requests = batch.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk: pk!, sk: sk! } } }));
        await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
      }
    },
  };
}

/** The ids of the accounts that the run had to hear from. */
export const plannedIn = (run: OrganizationRun) => plannedAccounts(run).map(({ accountId }) => accountId);
