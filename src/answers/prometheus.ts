import type { LatestAnswer } from './latest.ts';
import { onlyNamed } from './plan-words.ts';
import type { RunSummary } from './run-summary.ts';

export type Sample = { labels?: Record<string, string>; value: number };
export type Metric = { name: string; help: string; samples: Sample[] };

/**
 * Prometheus' text format, for the newest total. What is missing has no sample, so that a gap never looks like a zero. The text
 * of help is the same for every kind, so that the files of several can lie beside each other.
 */
export function renderPrometheus({ accountId, kind, run, regions }: LatestAnswer): string {
  const metrics: Metric[] = [
    {
      name: 'kvs_census_streams',
      help: 'Streams in a region, or what else the kind is, as last counted; a region that is missing has no sample.',
      samples: regions.flatMap(({ region, streams }) =>
        streams === null ? [] : [{ labels: { region }, value: streams }],
      ),
    },
    totalOf(run),
    {
      name: 'kvs_census_created',
      help: 'Streams created in a region since the run before; no sample where that is not known.',
      samples: regions.flatMap(({ region, churn }) =>
        churn === null ? [] : [{ labels: { region }, value: churn.created }],
      ),
    },
    {
      name: 'kvs_census_gone',
      help: 'Streams of the run before that are gone from a region; no sample where that is not known.',
      samples: regions.flatMap(({ region, churn }) =>
        churn === null ? [] : [{ labels: { region }, value: churn.gone }],
      ),
    },
    completeOf(run),
    { name: 'kvs_census_regions', help: 'Regions that were to be counted.', samples: [{ value: run.expected }] },
    {
      name: 'kvs_census_off',
      help: '1 for each region that was not to be counted, because the account has not switched it on.',
      samples: onlyNamed(run).map((region) => ({ labels: { region }, value: 1 })),
    },
    {
      name: 'kvs_census_excluded',
      help: '1 for each region that was not to be counted, because a parameter excludes it.',
      samples: run.excluded.map((region) => ({ labels: { region }, value: 1 })),
    },
    {
      name: 'kvs_census_missing',
      help: '1 for each region that is missing from the total, with the reason.',
      samples: run.missing.map(({ region, reason }) => ({ labels: { region, reason }, value: 1 })),
    },
    {
      name: 'kvs_census_missing_runs',
      help: 'For how many runs in a row a region has been missing, where that is known.',
      samples: run.missing.flatMap(({ region, runs }) => (runs === null ? [] : [{ labels: { region }, value: runs }])),
    },
    {
      name: 'kvs_census_last_known_streams',
      help: 'What an earlier run counted in a region that is missing. Not in the total.',
      samples: run.missing.flatMap(({ region, lastKnown }) =>
        lastKnown === null ? [] : [{ labels: { region }, value: lastKnown.streams }],
      ),
    },
    {
      name: 'kvs_census_quota',
      help: 'How many there may be in a region that was counted; one whose quota is not known has no sample.',
      samples: regions.flatMap(({ region, quota }) =>
        quota?.limit == null ? [] : [{ labels: { region, source: quota.from }, value: quota.limit }],
      ),
    },
    {
      name: 'kvs_census_quota_percent',
      help: 'How much of its quota a region uses, in percent; one that is missing, or whose quota is not known, has no sample.',
      samples: regions.flatMap(({ region, quota }) =>
        quota?.percent == null ? [] : [{ labels: { region }, value: quota.percent }],
      ),
    },
    instantOf(run),
  ];
  return metrics.map((metric) => renderMetric(metric, { account: accountId, kind })).join('');
}

/** What is told of any run, of an account or of the organisation. */
type AnyRun = Pick<RunSummary, 'runId' | 'verdict' | 'streams'>;

export const totalOf = ({ streams }: AnyRun): Metric => ({
  name: 'kvs_census_total_streams',
  help: 'Streams, or what else the kind is, in all regions that are not missing.',
  samples: streams === null ? [] : [{ value: streams }],
});

export const completeOf = ({ verdict }: AnyRun): Metric => ({
  name: 'kvs_census_complete',
  help: '1 if nothing is missing from the total, else 0.',
  samples: [{ value: verdict === 'complete' ? 1 : 0 }],
});

export const instantOf = ({ runId }: AnyRun): Metric => ({
  name: 'kvs_census_run_timestamp_seconds',
  help: 'The instant of the run that these numbers are of.',
  samples: [{ value: Date.parse(runId) / 1000 }],
});

export function renderMetric({ name, help, samples }: Metric, whose: Record<string, string>): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries({ ...whose, ...labels }).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}{${pairs.join(',')}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

const escapeLabel = (text: string) => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
