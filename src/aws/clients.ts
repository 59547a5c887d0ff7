/** Makes the SDK's clients of the functions, each once per process and with every limit explicit. */
import { AccountClient } from '@aws-sdk/client-account';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { partitionOf } from '../census/partition.ts';
import { collector, type HttpLimits, http, LONGEST_ANSWER, LONGEST_SHORT_ANSWER, sharedHttp } from './http.ts';
import type { CredentialsOf } from './sessions.ts';

/** Attempts per request to SNS, SQS, DynamoDB, Account Management and Organizations; they are retried by the SDK alone. */
const ATTEMPTS = 4;

/** Of what knows about regions: a run waits for it, for seconds, and there is an earlier answer. */
export const SOURCE_ATTEMPTS = 2;

/** Attempts per call that lists: census/listing/retries.ts is the only layer that repeats one. */
const LIST_ATTEMPTS = 1;

/** `where` overrides the SDK's usual choice of region, endpoint and credentials, for the commands. */
export function makeDynamoDB(limits: HttpLimits, where: DynamoDBClientConfig = {}): DynamoDBClient {
  return withoutLog(new DynamoDBClient({ ...where, maxAttempts: ATTEMPTS, ...ended(limits) }));
}

export function makeSns(limits: HttpLimits): SNSClient {
  return new SNSClient({ maxAttempts: ATTEMPTS, ...ended(limits) });
}

export function makeSqs(limits: HttpLimits): SQSClient {
  return new SQSClient({ maxAttempts: ATTEMPTS, ...ended(limits) });
}

export function makeAccount(limits: HttpLimits, maxAttempts = ATTEMPTS): AccountClient {
  return makeAccountClients(limits, maxAttempts)();
}

/** Gives the client of an account; absent: of one's own. */
export function makeAccountClients(
  limits: HttpLimits,
  maxAttempts = ATTEMPTS,
  credentialsOf?: CredentialsOf,
): (accountId?: string) => AccountClient {
  const shared = {
    maxAttempts,
    requestHandler: sharedHttp(limits),
    streamCollector: collector(limits, LONGEST_SHORT_ANSWER),
  };
  const clients = keepingLast((accountId) => new AccountClient({ ...shared, ...whose(accountId, credentialsOf) }));
  return (accountId = '') => clients(accountId);
}

/** Where the public parameters that tell where a service is are answered for, whichever commercial region asks. */
const PARAMETERS_REGION = 'us-east-1';

export function makeSsm(limits: HttpLimits): SSMClient {
  return new SSMClient({ region: PARAMETERS_REGION, maxAttempts: SOURCE_ATTEMPTS, ...bounded(limits) });
}

/**
 * Asks at the endpoint of the region that it runs in, as the SDK does unless it is told otherwise (tests/aws/clients/hosts.test.ts):
 * the tokens of such an endpoint are taken by every region, those of the global one only by regions that nobody has to switch on
 * (docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html).
 */
export function makeSts(limits: HttpLimits): STSClient {
  return new STSClient({ maxAttempts: SOURCE_ATTEMPTS, ...bounded(limits) });
}

/** Of the partition's one endpoint, whichever region asks. */
export function makeOrganizations(limits: HttpLimits): OrganizationsClient {
  return new OrganizationsClient({ maxAttempts: ATTEMPTS, ...bounded(limits) });
}

/** In time, to the last byte. */
const ended = (limits: HttpLimits, longest?: number) => ({
  requestHandler: http(limits),
  streamCollector: collector(limits, longest),
});

/** In bytes, too: of what the product only asks, and lives without the answer of. */
const bounded = (limits: HttpLimits) => ended(limits, LONGEST_SHORT_ANSWER);

/**
 * Clients that are kept, of one service. More than all regions of one account: so it has each of its own made once; and few beside
 * those of a thousand accounts, of which a process seldom asks the same again.
 */
const CLIENTS_KEPT = 64;

/** What was made last, or asked for again. */
function keepingLast<Made>(make: (key: string) => Made): (key: string) => Made {
  const kept = new Map<string, Made>();
  return (key) => {
    const made = kept.get(key) ?? make(key);
    kept.delete(key);
    kept.set(key, made);
    for (const [oldest] of kept) {
      if (kept.size <= CLIENTS_KEPT) break;
      kept.delete(oldest);
    }
    return made;
  };
}

type ListingOptions = {
  region: string;
  maxAttempts: number;
  requestHandler: NodeHttpHandler;
  streamCollector: ReturnType<typeof collector>;
} & Partial<Whose>;
type Whose = { credentials: ReturnType<CredentialsOf> };

type Logging = { middlewareStack: { remove(name: string): boolean } };

/** The SDK copies each answer for a log that nobody has: of a page of 1,000 streams, or of a run's records, a tenth of the work. */
function withoutLog<Client extends Logging>(client: Client): Client {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

/** Gives the client of a region of an account; absent: of one's own, with one's own credentials. */
type ClientOf<Client> = (region: string, accountId?: string) => Client;

/** Makes the client of a region that lists something there; gives the same one each time, for as long as it is kept. */
function makeListingClients<Client extends Logging>(
  limits: HttpLimits,
  credentialsOf: CredentialsOf | undefined,
  make: (options: ListingOptions) => Client,
): ClientOf<Client> {
  const shared = {
    maxAttempts: LIST_ATTEMPTS,
    requestHandler: sharedHttp(limits),
    streamCollector: collector(limits, LONGEST_ANSWER),
  };
  const clients = keepingLast((key) => {
    const [region = '', accountId = ''] = key.split(' ');
    return withoutLog(make({ ...shared, region, ...whose(accountId, credentialsOf) }));
  });
  return (region, accountId = '') => clients(`${region} ${accountId}`);
}

/** @throws Error where there are no credentials of that account: one's own would show one's own things in their place */
function whose(accountId: string, credentialsOf: CredentialsOf | undefined): Partial<Whose> {
  if (accountId === '') return {};
  if (credentialsOf === undefined) throw new Error('There are no credentials of another account here.');
  return { credentials: credentialsOf(accountId) };
}

export function makeKinesisVideoClients(
  limits: HttpLimits,
  credentialsOf?: CredentialsOf,
): ClientOf<KinesisVideoClient> {
  return makeListingClients(limits, credentialsOf, (options) => {
    const client = new KinesisVideoClient(options);
    if (partitionOf(options.region) === 'aws-us-gov') useFipsNames(client);
    return client;
  });
}

/** By itself this client talks HTTP/2, which knows none of these limits and no proxy. */
export function makeKinesisClients(limits: HttpLimits, credentialsOf?: CredentialsOf): ClientOf<KinesisClient> {
  return makeListingClients(limits, credentialsOf, (options) => new KinesisClient(options));
}

/** Each call is one attempt, too: nobody waits for a second, and the next run asks again. */
export function makeServiceQuotasClients(
  limits: HttpLimits,
  credentialsOf?: CredentialsOf,
): ClientOf<ServiceQuotasClient> {
  return makeListingClients(limits, credentialsOf, (options) => new ServiceQuotasClient(options));
}

/**
 * GovCloud has Kinesis Video under its FIPS names alone (tests/aws/clients/hosts.test.ts), which the SDK does not know by
 * itself, and which it refuses beside an address that the environment names.
 */
function useFipsNames({ config }: KinesisVideoClient): void {
  const { endpointProvider } = config;
  config.endpointProvider = (parameters, context) =>
    endpointProvider({ ...parameters, UseFIPS: parameters.Endpoint === undefined }, context);
}
