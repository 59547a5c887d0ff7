/** What knows about regions, in the name of one process: what src/aws/live-regions.ts and opt-in-states.ts send to. */
import type { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import type { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { alwaysOn, descriptorOf, type Kind } from '../../src/census/kinds.ts';
import { censusOfCourse } from './about.ts';
import { accountOfSession } from './access.ts';
import type { Sessions } from './environments.ts';
import { type Process, SlowError, type Surroundings } from './process.ts';
import type { Product } from './product.ts';
import {
  accountsOf,
  type CountedAccount,
  kindsOf,
  OWN,
  type Schedule,
  type SourceTrouble,
  worldsOf,
} from './schedule.ts';
import { Refusal, troubleOf } from './video.ts';

/** The region that the functions live in. */
export const HOME = 'eu-west-1';

/** So few that there are always several pages. */
const PAGE = 2;
const SLOW_MS = 1000;
const FOR_EVER_MS = 24 * 3_600_000;

/** The names of all entries, and those that count for the answer. */
type Content = { entries: readonly object[]; regions: readonly string[] };

const parameter = (Value: unknown) => ({ Value });
const state = (RegionName: unknown, isOff: boolean) => ({
  RegionName,
  RegionOptStatus: isOff ? 'DISABLED' : 'ENABLED',
});

export function makeSourcePorts(product: Product, schedule: Schedule, process: Process, surroundings: Surroundings) {
  const { time, history, faults } = surroundings;
  const sinceStartMs = () => time.nowMs() - history.startMs;

  /** Another partition's region is named as well. */
  function live(path = ''): Content {
    const kinds = kindsOf(schedule).filter((kind) => path.includes(`/${descriptorOf(kind).regions.service}/`));
    const worlds = kinds.flatMap((kind) =>
      accountsOf(schedule).flatMap(({ number }) => worldsOf(schedule, kind, number)),
    );
    const regions = [...new Set(worlds.map(({ region }) => region))];
    return { entries: [...regions, 'us-gov-west-1'].map(parameter), regions };
  }

  /** What an account has switched on; and one that is off, in which the service is not. */
  function optIn(account: number): Content {
    const isOff = (world: Schedule['regions'][number]) =>
      troubleOf(world, sinceStartMs(), faults.areHealed()) === 'not-enabled';
    // Whether a region is on is the account's, so in each of these it is the same.
    const byRegion = kindsOf(schedule).flatMap((kind) =>
      worldsOf(schedule, kind, account).map((world) => [world.region, world] as const),
    );
    const worlds = [...new Map(byRegion).values()];
    return {
      entries: [
        state(HOME, false),
        ...worlds.map((world) => state(world.region, isOff(world))),
        state('me-central-1', true),
      ],
      regions: worlds.filter(isOff).map(({ region }) => region),
    };
  }

  function lieOf(what: 'live' | 'off'): SourceTrouble | undefined {
    return schedule.sources?.[what].find(({ untilS }) => sinceStartMs() < untilS * 1000)?.how;
  }

  /** One page, and what the whole list says if this is the end of it and it is true. */
  function page(what: 'live' | 'off', content: Content, token = '0') {
    const lie = lieOf(what);
    const bogus = what === 'live' ? parameter('everywhere') : state('everywhere', true);
    switch (lie) {
      case 'denied':
        throw new Refusal('AccessDeniedException', 400);
      case 'throttled':
        throw new Refusal('ThrottlingException', 400);
      case 'server-error':
        throw new Refusal('InternalServerError', 500);
      case 'hang':
        throw new SlowError(undefined, FOR_EVER_MS);
      case 'empty':
        return { entries: [], next: undefined };
      case 'nonsense':
        return { entries: [bogus], next: undefined };
      case 'same token':
        return { entries: content.entries.slice(0, PAGE), next: 'secret-token' };
      case 'leaves out':
        return { entries: content.entries.slice(0, 1), next: undefined };
      case 'slow':
      case undefined: {
        const from = Number(token);
        const next = from + PAGE < content.entries.length ? String(from + PAGE) : undefined;
        return { entries: content.entries.slice(from, from + PAGE), next };
      }
      default:
        return lie satisfies never;
    }
  }

  async function ask(
    what: 'live' | 'off',
    name: string,
    token: string | undefined,
    signal: AbortSignal,
    content: () => Content,
    account?: string,
  ) {
    const { entries, next, regions, atMs } = await process.request({
      service: 'sources',
      name,
      signal,
      tookMs: lieOf(what) === 'slow' ? SLOW_MS : 0,
      carryOut: () => {
        const whole = content();
        return { ...page(what, whole, token), regions: whole.regions, atMs: time.nowMs() };
      },
    });
    if (next === undefined && [undefined, 'slow'].includes(lieOf(what))) note(what, atMs, regions, account);
    return { entries, next };
  }

  /** Where the service is, whoever asked hears; what is off, all kinds hear at once, and each knows which of it cannot be. */
  function note(what: 'live' | 'off', atMs: number, regions: readonly string[], account: string | undefined): void {
    const { invocation } = process;
    const isPossible = (kind: Kind) =>
      what === 'live'
        ? kind === (censusOfCourse(invocation)?.kind ?? kind)
        : !regions.some((region) => alwaysOn(descriptorOf(kind).regions).includes(region));
    for (const kind of kindsOf(schedule).filter(isPossible))
      history.answers.push({ atMs, kind, ...(account !== undefined && { account }), what, regions, invocation });
  }

  type Options = { abortSignal: AbortSignal };
  const ssm = {
    async send({ input }: GetParametersByPathCommand, { abortSignal }: Options) {
      const { entries, next } = await ask('live', 'readLiveRegions', input.NextToken, abortSignal, () =>
        live(input.Path),
      );
      return { Parameters: entries, NextToken: next };
    },
  };
  /** With credentials of its own account, or of whose session there is. */
  const accountClientOf = (accountNow: () => CountedAccount | Promise<CountedAccount>) => ({
    async send({ input }: ListRegionsCommand, { abortSignal }: Options) {
      const { number, accountId } = await accountNow();
      const content = () => optIn(number);
      const { entries, next } = await ask('off', 'readOptInStates', input.NextToken, abortSignal, content, accountId);
      return { Regions: entries, NextToken: next };
    },
  });
  return {
    readLiveRegions: product.makeReadLiveRegions(ssm as unknown as SSMClient),
    readOptInStatesOf(accountId: string, sessions: Sessions) {
      const credentials = sessions.credentialsOf(accountId);
      const accountNow =
        accountId === OWN.accountId
          ? () => OWN
          : async () => accountOfSession(schedule, await credentials(), surroundings);
      return product.makeReadOptInStates(accountClientOf(accountNow) as unknown as AccountClient);
    },
  };
}
