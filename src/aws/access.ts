/**
 * The SDK's clients for a person's command. Each is loaded and made only when it is asked for: loading them all takes
 * longer than what most commands do.
 */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type CredentialsOptions, makeCredentials } from './credentials.ts';
import { collector, http, type ProxySettings } from './http.ts';

/** AWS, as the person who runs the command reaches it. */
export type AccessOptions = Pick<CredentialsOptions, 'profile' | 'keys' | 'within'> & {
  /** Absent: as the SDK finds it. */
  region?: string;
  proxy?: ProxySettings;
  /** The endpoints have no other names, for FIPS or IPv6, whatever the SDK's settings ask for. */
  plainEndpoints?: boolean;
};

/** A local stack, which accepts any credentials. */
export type LocalAccess = { region: string; endpoint: string };

export type Access = {
  dynamoDB(): Promise<DynamoDBClient>;
  sns(): Promise<SNSClient>;
  sqs(): Promise<SQSClient>;
  lambda(): Promise<LambdaClient>;
  cloudWatch(): Promise<CloudWatchClient>;
  scheduler(): Promise<SchedulerClient>;
  iam(): Promise<IAMClient>;
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

/** Milliseconds. */
const LIMITS = { connectTimeoutMs: 3000, requestTimeoutMs: 10_000 };

/** Of any of the SDK's clients. */
export function clientSettings(options: AccessOptions | LocalAccess) {
  const common = { maxAttempts: ATTEMPTS, logger: SILENT, streamCollector: collector(LIMITS) };
  if ('endpoint' in options) {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return { ...common, ...options, credentials, requestHandler: http(LIMITS) };
  }
  const { region, profile, keys, within, proxy, plainEndpoints } = options;
  const reach = {
    requestHandler: http({ ...LIMITS, ...(proxy && { proxy }) }),
    ...(plainEndpoints && { useFipsEndpoint: false, useDualstackEndpoint: false }),
  };
  const named = profile === undefined ? {} : { profile };
  return {
    ...common,
    ...reach,
    ...named,
    ...(region !== undefined && { region }),
    credentials: makeCredentials({ ...named, ...(keys && { keys }), clientConfig: reach, within }),
  };
}

export function makeAccess(options: AccessOptions | LocalAccess): Access {
  const settings = clientSettings(options);
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
    cloudWatch: once(async () => {
      const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch');
      return new CloudWatchClient(settings);
    }),
    scheduler: once(async () => {
      const { SchedulerClient } = await import('@aws-sdk/client-scheduler');
      return new SchedulerClient(settings);
    }),
    iam: once(async () => {
      const { IAMClient } = await import('@aws-sdk/client-iam');
      return new IAMClient(settings);
    }),
    region: async () => await (await dynamoDB()).config.region(),
    close() {
      for (const client of made) client.destroy();
    },
  };
}
