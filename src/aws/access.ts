/**
 * The SDK's clients for a person's command. Each is loaded and made only when it is asked for: loading them all takes
 * longer than what most commands do.
 */
import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';

export type AccessOptions = {
  /** Absent: as the SDK finds it. */
  region?: string;
  profile?: string;
  /** The address of a local stack, which accepts any credentials. */
  endpoint?: string;
};

export type Access = {
  dynamoDB(): Promise<DynamoDBClient>;
  sns(): Promise<SNSClient>;
  sqs(): Promise<SQSClient>;
  lambda(): Promise<LambdaClient>;
  /** The region that the clients talk to. Throws what the SDK throws where none is set. */
  region(): Promise<string>;
  close(): void;
};

const ATTEMPTS = 3;

/**
 * The SDK's own silent logger has an `info`, so the SDK copies every answer, field by field, for a line that nobody
 * reads. Without one it does not.
 */
const SILENT = { debug() {}, warn() {}, error() {} } as unknown as NonNullable<DynamoDBClientConfig['logger']>;

export function makeAccess({ region, profile, endpoint }: AccessOptions): Access {
  const settings = {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    maxAttempts: ATTEMPTS,
    logger: SILENT,
    // By itself the SDK waits for ever, and without the flag it only warns.
    requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
  const made: { destroy(): void }[] = [];
  const once = <Client extends { destroy(): void }>(make: () => Promise<Client>) => {
    let client: Promise<Client> | undefined;
    return () => {
      client ??= make().then((one) => {
        made.push(one);
        return one;
      });
      return client;
    };
  };
  const dynamoDB = once(async () => {
    const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
    return new DynamoDBClient(settings);
  });
  return {
    dynamoDB,
    sns: once(async () => {
      const { SNSClient } = await import('@aws-sdk/client-sns');
      return new SNSClient(settings);
    }),
    sqs: once(async () => {
      const { SQSClient } = await import('@aws-sdk/client-sqs');
      return new SQSClient(settings);
    }),
    lambda: once(async () => {
      const { LambdaClient } = await import('@aws-sdk/client-lambda');
      return new LambdaClient(settings);
    }),
    region: async () => await (await dynamoDB()).config.region(),
    close() {
      for (const client of made) client.destroy();
    },
  };
}
