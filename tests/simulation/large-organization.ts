/** Organisations of many accounts, each with a page in every region, while nothing goes wrong but what is said; on what AWS takes for an answer. */
import { ORGANIZATION } from '../../src/census/census-id.ts';
import { STREAMS } from '../../src/census/kinds.ts';
import { historyOf } from '../judging/by-census.ts';
import { readOrganizationRuns } from '../judging/organization-story.ts';
import type { RegionWorld } from '../judging/region-world.ts';
import type { Product } from './product.ts';
import type { Schedule } from './schedule.ts';
import { simulate } from './simulate.ts';

/** As many as Kinesis Video has in the commercial partition. */
const REGIONS = 19;
/** What the function may have at the same time, where somebody raised it. */
const WORKERS = 100;

type Counted = {
  verdict: string;
  streams: number;
  /** What there is. */
  truth: number;
  regions: { expected: number; counted: number };
  /** Missing regions, by reason. */
  reasons: Readonly<Record<string, number>>;
  /** From the trigger to the first total. */
  seconds: number;
  invocations: Readonly<Record<string, number>>;
};

const streamsIn = (account: number, region: number) => (7 * account + 3 * region) % 50;

/** @param dark how many of the regions answer nobody */
export async function countOrganization(
  { accounts, dark = 0, seed = 1 }: { accounts: number; dark?: number; seed?: number },
  product: Product,
): Promise<Counted> {
  const worlds = (account: number): RegionWorld[] =>
    Array.from({ length: REGIONS }, (_, region) => ({
      region: `eu-west-${region}`,
      streams: streamsIn(account, region),
      pageSizes: [1000],
      ...(region < dark && { troubles: [{ how: 'hang', until: 'never' } as const] }),
    }));
  const schedule: Schedule = {
    seed,
    regions: worlds(0),
    organization: {
      members: Array.from({ length: accounts - 1 }, (_, index) => ({ regions: worlds(index + 1) })),
      list: [],
    },
    runs: [0],
    retries: [],
    faults: [],
    healAfterS: 0,
  };
  const history = await simulate(schedule, product, { workers: WORKERS, isTypical: true });
  const [run] = readOrganizationRuns(historyOf(history, STREAMS, ORGANIZATION));
  const total = run?.totals.at(0);
  if (total === undefined) throw new Error('The organisation has no total.');
  const { verdict, streams, regions, regionReasons } = total.value;
  const cells = Array.from({ length: accounts }, (_, account) =>
    Array.from({ length: REGIONS - dark }, (__, region) => streamsIn(account, region + dark)),
  );
  const invocations: Record<string, number> = {};
  for (const { of } of history.invocations) invocations[of] = (invocations[of] ?? 0) + 1;
  return {
    verdict,
    streams,
    truth: cells.flat().reduce((all, each) => all + each, 0),
    regions,
    reasons: regionReasons as Readonly<Record<string, number>>,
    seconds: (total.atMs - history.startMs) / 1000,
    invocations,
  };
}
