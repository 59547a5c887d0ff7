/** What is told of runs, in one form: by each door, and by those who filled the ledger. */
import type { OrganizationRun } from '../../src/census/organization/run.ts';
import type { Run } from '../../src/census/run.ts';
import type { Past } from '../cli/history.ts';
import type { OrganizationPast } from '../fixtures/organization.ts';

export type Told = {
  runId: string;
  /** Of one region of a run: whether it was counted. */
  verdict: 'complete' | 'partial' | 'open' | 'counted' | 'not counted';
  number: number | null;
  /** Each region with its reason; of an organisation how many accounts and regions for each reason. Absent where a door does not say. */
  missing?: string[];
  /** The number of each region, or account; `null` where there is none. Absent where a door does not say. */
  parts?: Record<string, number | null>;
  /** How many regions, or accounts, are not in the number, or not wholly. */
  gaps?: number;
};

/** By reason. */
type Counts = Readonly<Record<string, number>>;
type Gap = { region: string; reason: string };

type RunTold = {
  runId: string;
  verdict: 'complete' | 'partial' | null;
  streams: number | null;
  missing?: Gap[];
  accountReasons?: Counts;
  regionReasons?: Counts;
};
type RegionTold = { region: string; streams?: number | null; quota?: { percent: number | null } | null };
type AccountTold = { accountId: string; state?: string; streams: number | null };

/** Of the documents and of what the page gets, what is looked at here. */
export type Body = {
  run?: RunTold;
  runs?: RunTold[];
  lines?: RunTold[];
  before?: RunTold;
  after?: RunTold;
  region?: string;
  points?: { runId: string; streams: number | null; reason: string | null }[];
  regions?: RegionTold[];
  accounts?: AccountTold[];
};

const reasonsOf = (what: string, counts: Counts) =>
  Object.entries(counts).map(([reason, count]) => `${what} ${reason}: ${count}`);

const gapsOf = (gaps: readonly Gap[]) => gaps.map(({ region, reason }) => `${region}: ${reason}`).sort();

function ofRun({ runId, verdict, streams, missing, accountReasons, regionReasons }: RunTold): Told {
  const told: Told = { runId, verdict: verdict ?? 'open', number: streams };
  if (missing !== undefined) told.missing = gapsOf(missing);
  if (accountReasons !== undefined)
    told.missing = [...reasonsOf('accounts', accountReasons), ...reasonsOf('regions', regionReasons ?? {})].sort();
  return told;
}

/** Of each run that it tells of, in its order. */
export function toldIn({ run, runs, lines, before, after, region = '', points, regions, accounts }: Body): Told[] {
  if (points !== undefined) return points.map((point) => ofPoint(region, point));
  if (before !== undefined && after !== undefined) return [ofRun(before), ofRun(after)];
  const many = runs ?? lines;
  if (many !== undefined) return many.map(ofRun);
  if (run === undefined) return [];
  const told = ofRun(run);
  if (regions?.some(({ streams }) => streams !== undefined))
    told.parts = Object.fromEntries(regions.map(({ region: name, streams = null }) => [name, streams]));
  const asked = accounts?.filter(({ state }) => state !== 'set-aside');
  if (asked?.some(({ state }) => state !== undefined))
    told.parts = Object.fromEntries(asked.map(({ accountId, streams }) => [accountId, streams]));
  return [told];
}

function ofPoint(
  region: string,
  { runId, streams, reason }: { runId: string; streams: number | null; reason: string | null },
): Told {
  return {
    runId,
    verdict: streams === null ? 'not counted' : 'counted',
    number: streams,
    missing: reason === null ? [] : [`${region}: ${reason}`],
  };
}

/** How full each region is, in percent; `null` where nothing says. Regions of which there is nothing are left out. */
export function percentsIn({ regions = [] }: Body): Record<string, number> {
  const known = regions.flatMap(({ region, quota }): [string, number][] =>
    quota?.percent == null ? [] : [[region, quota.percent]],
  );
  return Object.fromEntries(known.sort());
}

/** Newest first, as they lie in the ledger. */
export function truthOf(past: readonly Past[]): Told[] {
  return past
    .map(({ run, records }): Told => {
      const counted = records.flatMap((one): [string, number][] =>
        one.status === 'counted' ? [[one.region, one.tally.streams]] : [],
      );
      const nothing = run.plan.map((region): [string, null] => [region, null]);
      return { ...ofTotal(run, run.plan.length), parts: Object.fromEntries([...nothing, ...counted]) };
    })
    .reverse();
}

function ofTotal({ runId, total }: Run | OrganizationRun, planned: number): Told {
  if (total === undefined) return { runId, verdict: 'open', number: null, missing: [], gaps: planned };
  const missing =
    'accountReasons' in total
      ? [...reasonsOf('accounts', total.accountReasons), ...reasonsOf('regions', total.regionReasons)].sort()
      : gapsOf(total.missing);
  return { runId, verdict: total.verdict, number: total.streams, missing, gaps: planned - total.counted };
}

export function organizationTruthOf(past: readonly OrganizationPast[]): Told[] {
  return past
    .map(({ run, records }): Told => {
      const parts = new Map<string, number | null>();
      // What was never counted there is not asked for.
      for (const { accountId, setAside, lastKnown } of run.accounts)
        if (setAside === undefined || lastKnown !== undefined) parts.set(accountId, null);
      for (const record of records) if (record.status === 'settled') parts.set(record.accountId, record.tally.streams);
      return { ...ofTotal(run, parts.size), parts: Object.fromEntries(parts) };
    })
    .reverse();
}

/** One region through these runs. */
export function regionTruthOf(past: readonly Past[], region: string): Told[] {
  const points = past.flatMap(({ run, records }) => {
    if (!run.plan.includes(region)) return [];
    const record = records.find((one) => one.region === region);
    const streams = record?.status === 'counted' ? record.tally.streams : null;
    const gap = run.total?.missing.find((one) => one.region === region);
    return [ofPoint(region, { runId: run.runId, streams, reason: gap?.reason ?? null })];
  });
  return points.reverse();
}

type Sample = { labels: Record<string, string>; value: number };

/** By the names of the metrics. */
export function samplesOf(text: string): Map<string, Sample[]> {
  const samples = new Map<string, Sample[]>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', pairs = '', value = ''] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    const labels = Object.fromEntries([...pairs.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, said]) => [label, said]));
    samples.set(name, [...(samples.get(name) ?? []), { labels, value: Number(value) }]);
  }
  return samples;
}

/** What Prometheus is told: of a region, or an account, of which there is nothing, nothing. */
export function metricsTold(text: string): Told {
  const samples = samplesOf(text);
  const all = (name: string) => samples.get(`kvs_census_${name}`) ?? [];
  const one = (name: string) => all(name)[0]?.value;
  const number = one('total_streams') ?? null;
  const verdict = one('complete') === 1 ? 'complete' : number === null ? 'open' : 'partial';
  const isOrganization = one('accounts') !== undefined;
  const counts = (what: string) =>
    all(`missing_${what}`).map(({ labels, value }) => `${what} ${labels.reason}: ${value}`);
  const gaps = all('missing').map(({ labels: { region, reason } }) => `${region}: ${reason}`);
  const [metric, label] = isOrganization ? (['account_streams', 'account'] as const) : (['streams', 'region'] as const);
  const parts = all(metric).map(({ labels, value }) => [labels[label], value]);
  return {
    runId: new Date((one('run_timestamp_seconds') ?? 0) * 1000).toISOString().replace('.000', ''),
    verdict,
    number,
    missing: (isOrganization ? [...counts('accounts'), ...counts('regions')] : gaps).sort(),
    // Of an organisation they are there only where they are asked for.
    ...(text.includes(`# TYPE kvs_census_${metric} `) && { parts: Object.fromEntries(parts) }),
  };
}
