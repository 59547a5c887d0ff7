/** What a worker lists with: clients of every region and kind, with credentials of its own account or of another. */
import type { Kind } from '../../src/census/kinds.ts';
import { REQUEST_TIMEOUT_MS } from '../judging/numbers.ts';
import { accountOfSession } from './access.ts';
import type { Sessions } from './environments.ts';
import type { Process, Surroundings } from './process.ts';
import type { Product } from './product.ts';
import { makeQuotaPort } from './quotas.ts';
import { accountsOf, type CountedAccount, kindsOf, OWN, type Schedule, worldsOf } from './schedule.ts';
import { makeVideo } from './video.ts';
import { type AskedAccount, makeVideoPorts } from './video-client.ts';

/** Makes the clients of one invocation. Without an account: with its own credentials. */
export function makeClients(product: Product, schedule: Schedule, surroundings: Surroundings) {
  const listers = {
    streams: product.streamsLister,
    channels: product.channelsLister,
    'data-streams': product.dataStreamsLister,
  };
  const videoOf = makeVideos(schedule, surroundings.history.startMs);

  function portsOf(process: Process, account: AskedAccount, kind: Kind, region: string) {
    const { world, number, video } = videoOf(account, kind, region);
    return makeVideoPorts(world, number, video, process, surroundings, kind, account);
  }

  return (process: Process, sessions?: Sessions) => (accountId?: string) => {
    if (accountId === undefined) {
      return {
        listPageOf(kind: Kind, region: string) {
          const { client, readOptIn } = portsOf(process, OWN, kind, region);
          return product.makeListPage(listers[kind](client), region, REQUEST_TIMEOUT_MS, readOptIn);
        },
        askQuota: makeQuotaPort(product, schedule, process, surroundings),
      };
    }
    const credentials = sessions!.credentialsOf(accountId);
    const accountNow = async () => accountOfSession(schedule, await credentials(), surroundings);
    return {
      listPageOf(kind: Kind, region: string) {
        let ports: ReturnType<typeof portsOf> | undefined;
        // As the SDK does, which asks for credentials before each request.
        const client = {
          config: { streamCollector: async (body: unknown) => body },
          async send(command: never, options: never) {
            const sinceMs = surroundings.time.nowMs();
            ports = portsOf(process, await accountNow(), kind, region);
            return await ports.send(command, options, sinceMs);
          },
        };
        const readOptIn = async () => (ports === undefined ? 'unknown' : await ports.readOptIn(region));
        return product.makeListPage(listers[kind](client as never), region, REQUEST_TIMEOUT_MS, readOptIn, accountId);
      },
      askQuota: makeQuotaPort(product, schedule, process, surroundings, accountNow),
    };
  };
}

/** The regions of each kind in each account, with their number, by which faults find them. */
function makeVideos(schedule: Schedule, startMs: number) {
  const videos = new Map(
    accountsOf(schedule).flatMap(({ number: account, accountId }) =>
      kindsOf(schedule).flatMap((kind) =>
        worldsOf(schedule, kind, account).map((world, number) => {
          const video = makeVideo(world, startMs, kind, accountId);
          return [`${account} ${kind} ${world.region}`, { world, number, video }] as const;
        }),
      ),
    ),
  );
  return (account: CountedAccount, kind: Kind, region: string) => {
    const found = videos.get(`${account.number} ${kind} ${region}`);
    if (found === undefined) throw new Error(`Account no. ${account.number} has no region ${region} of ${kind}.`);
    return found;
  };
}
