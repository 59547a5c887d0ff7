/** A served world of several accounts, and unmodified SDK clients that reach it with whatever credentials they are given. */
import { KinesisVideoClient, ListStreamsCommand } from '@aws-sdk/client-kinesis-video';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { parseWorld } from '../../src/local/parse-world.ts';
import { listen, makeVideoService } from '../../src/local/video-service.ts';
import type { World } from '../../src/local/world.ts';

export const HUB = '111111111111';
export const NORTH = '222222222222';
export const SOUTH = '333333333333';
export const REGION = 'eu-west-1';
export const EXTERNAL_ID = 'kvs-census-local-world';
export const SOMEBODY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-checked' };

/** Three accounts with 5, 7 and 0 streams in a region, and other fields on top. */
export function accountsJson(changes: object = {}, ...accounts: object[]) {
  return {
    accountId: HUB,
    regions: { [REGION]: { streams: 5 } },
    accounts: [
      { accountId: HUB, name: 'hub' },
      { accountId: NORTH, name: 'north', regions: { [REGION]: { streams: 7 } } },
      { accountId: SOUTH, regions: { [REGION]: { streams: 0 } } },
      ...accounts,
    ],
    ...changes,
  };
}

export const accountsWorld = (changes: object = {}, ...accounts: object[]) =>
  parseWorld(accountsJson(changes, ...accounts), 'this test');

const cleanups: (() => unknown)[] = [];

export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

export const roleOf = (accountId: string, name = 'kvs-census-member') => `arn:aws:iam::${accountId}:role/${name}`;

export type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

export async function accountsLab(world: World = accountsWorld(), { nowMs = Date.now } = {}) {
  const service = makeVideoService(world, nowMs);
  const server = await listen(service);
  cleanups.push(server.close);
  const where = (credentials: Keys) => ({ region: REGION, endpoint: server.url, credentials, maxAttempts: 1 });
  const made = <T extends { destroy(): void }>(client: T): T => {
    cleanups.push(() => client.destroy());
    return client;
  };
  const sts = (keys: Keys = SOMEBODY) => made(new STSClient(where(keys)));
  async function assume(accountId: string, input: Partial<AssumeRoleCommandInput> = {}, keys?: Keys) {
    const asked = { RoleArn: roleOf(accountId), RoleSessionName: 'kvs-census', ExternalId: EXTERNAL_ID, ...input };
    return await sts(keys).send(new AssumeRoleCommand(asked), { abortSignal: AbortSignal.timeout(1000) });
  }
  async function sessionOf(accountId: string): Promise<Keys> {
    const { Credentials } = await assume(accountId);
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  }
  async function streamsOf(keys: Keys) {
    const client = made(new KinesisVideoClient(where(keys)));
    const { StreamInfoList = [] } = await client.send(new ListStreamsCommand({ MaxResults: 100 }));
    return StreamInfoList;
  }
  return { service, where, made, sts, assume, sessionOf, streamsOf };
}

export const refusal = (name: string, httpStatusCode: number, message?: unknown) =>
  expect.objectContaining({
    name,
    ...(message !== undefined && { message }),
    $metadata: expect.objectContaining({ httpStatusCode }),
  });
