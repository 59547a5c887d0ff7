import { type Kind, STREAMS } from '../../../src/census/kinds.ts';
import type { CountedRecord } from '../../../src/census/region.ts';
import type { StoredTotal } from '../../../src/census/run.ts';
import type { QuotaHeard } from '../history.ts';
import { AGGREGATOR_CONFIG, WORKER_CONFIG } from '../numbers.ts';
import { at, canonical, isCounted, measuredOf, type RunStory, type Story } from '../story.ts';

/** The defaults that AWS documents, docs/headroom.md; none: nothing bounds the kind, and nobody is asked. */
function documentedOf(kind: Kind, region: string): number | undefined {
  if (kind === 'data-streams') return undefined;
  return kind === STREAMS || ['us-east-1', 'us-west-2'].includes(region) ? 10_000 : 5000;
}

/**
 * A record says of its region's quota what Service Quotas said, or why it is not known; and a total, its mail and CloudWatch
 * say of how full the regions are what the records come to: each that has reached the alarm, and no other.
 */
export function* Filled(story: Story) {
  for (const run of story.runs) {
    yield* falselyRecorded(run, story);
    for (const { atMs, value } of run.totals) {
      yield* falselyTotalled(run, value, atMs);
      yield* untold(run, value, atMs, story);
    }
  }
}

function* falselyRecorded({ runId, records }: RunStory, { kind, history, circumstances }: Story) {
  // Nobody watched the requests.
  if (history.requests.length === 0) return;
  for (const { value: record, by } of [...records.values()].flat().filter(isCounted)) {
    if (by === undefined) continue;
    const heard = history.quotas.filter((each) => each.invocation === by && each.region === record.region);
    const expected = canonical(whatItSays(heard, record, documentedOf(kind, record.region)));
    const which = `${runId}: the record of ${record.region}`;
    if (canonical(record.quota) !== expected)
      yield `${which} says of its quota ${canonical(record.quota)}, and it should be ${expected}.`;
    const cutMs = heard.find((each) => each.heard === 'cut off')?.atMs ?? Number.POSITIVE_INFINITY;
    if (circumstances.clocksWrongByMs === 0 && cutMs < Date.parse(record.endedAt) + WORKER_CONFIG.quotaWaitMs)
      yield `${which} did not wait for its quota.`;
  }
}

/** Of the two answers at most, the last. */
function whatItSays(
  all: readonly QuotaHeard[],
  { tally: { streams } }: CountedRecord,
  documented: number | undefined,
): object | undefined {
  if (documented === undefined) return undefined;
  const last = all.at(-1);
  const unknown = (because: string) => ({ from: 'unknown', because });
  if (last === undefined || last.heard === 'cut off') return unknown('timed-out');
  if (last.heard === 'none') {
    // Before the second was answered nobody waited any longer.
    if (last.question === 'applied') return unknown('timed-out');
    return streams <= documented ? { from: 'documented', limit: documented } : unknown('bad-answer');
  }
  if (typeof last.heard === 'string') return unknown(last.heard);
  const { value } = last.heard;
  const isLimit = typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value >= streams;
  return isLimit ? { from: last.question, limit: value } : unknown('bad-answer');
}

/** By whole numbers, so that nothing is rounded. */
const hundredths = (used: number, limit: number) => Number((10_000n * BigInt(used)) / BigInt(limit));

type Full = { region: string; hundredths: number; limit: number };

/** Of each region that is in the total, in the order of their names. */
function quotasOf({ versions, records }: RunStory, { missing }: StoredTotal, atMs: number) {
  const plan = [...(versions[0]?.value.plan ?? [])].sort();
  const counted = plan.filter((region) => !missing.some((gap) => gap.region === region));
  const known: Full[] = [];
  const unknown: string[] = [];
  let isAsked = false;
  for (const region of counted) {
    const record = at(records.get(region), atMs);
    if (record?.status !== 'counted') continue;
    const { quota, tally } = record;
    isAsked ||= quota !== undefined;
    if (quota === undefined || quota.from === 'unknown') unknown.push(region);
    else known.push({ region, hundredths: hundredths(tally.streams, quota.limit), limit: quota.limit });
  }
  const above = known.filter((each) => each.hundredths >= 100 * AGGREGATOR_CONFIG.quotaAlarmPercent);
  return { known, above, unknown, isAsked };
}

function* falselyTotalled(run: RunStory, total: StoredTotal, atMs: number) {
  const { known, above, unknown, isAsked } = quotasOf(run, total, atMs);
  const most = Math.max(...known.map((each) => each.hundredths));
  const highest = known.find((each) => each.hundredths === most);
  const expected = isAsked && {
    alarmPercent: AGGREGATOR_CONFIG.quotaAlarmPercent,
    ...(highest && { highest: { region: highest.region, percent: most / 100 } }),
    above: above.map(({ region }) => region),
    unknown,
  };
  if (canonical(total.quota ?? false) !== canonical(expected))
    yield `${run.runId}, rev ${total.rev}: says of its quotas ${canonical(total.quota)}, and it should be ${canonical(expected)}.`;
}

/** Of what was announced: each region above is in the mail, with what asks AWS for more, and CloudWatch knows of the fullest. */
function* untold(run: RunStory, total: StoredTotal, atMs: number, { accountId, history }: Story) {
  const { runId, announcements } = run;
  const which = `${runId}, rev ${total.rev}`;
  const { above } = quotasOf(run, total, atMs);
  const words = [
    `${accountId === undefined ? '' : `account ${accountId}, `}run ${runId}: `,
    `${total.streams.toLocaleString('en-US')} stream`,
  ];
  const mails = history.mails.filter((mail) => mail.atMs >= atMs && words.every((word) => mail.text.includes(word)));
  for (const { region, limit } of above) {
    if (mails.length > 0 && !mails.some(({ text }) => desiredIn(text, region) > limit))
      yield `${which}: the mail does not say how to ask for more in ${region}.`;
  }
  if (!announcements.some(({ rev }) => rev === total.rev) || above.length === 0) return;
  const most = Math.max(...above.map((each) => each.hundredths)) / 100;
  for (const { rev, QuotaPercent } of measuredOf(history, runId))
    if (rev === total.rev && QuotaPercent !== most) yield `${which}: CloudWatch was told of ${QuotaPercent} percent.`;
}

const REQUEST =
  'aws service-quotas request-service-quota-increase --service-code kinesisvideo --quota-code L-F06528A6 --desired-value';

/** What a mail would ask for, of a region. */
function desiredIn(text: string, region: string): number {
  return Number(new RegExp(`${REQUEST} (\\d+) --region ${region}\\n`).exec(text)?.[1] ?? 0);
}
