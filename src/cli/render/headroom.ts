import type { HeadroomAnswer, MissingHeadroom, RegionHeadroom } from '../../answers/headroom.ts';
import {
  percentWords,
  projectionWords,
  rate,
  unknownSentence,
  unseenSentences,
  windowWords,
} from '../../answers/quota-words.ts';
import { LEAST_DAYS, LEAST_POINTS } from '../../answers/slope.ts';
import { ago, capital, list, number, plural } from '../../answers/words.ts';
import { descriptorOf, type Kind } from '../../census/kinds.ts';
import { runLine } from './run.ts';
import { type Column, table } from './table.ts';
import { bar, plain, type View, wrap } from './text.ts';

/** Longer lines are hard to read. */
const WIDEST = 100;

export function renderHeadroom(answer: HeadroomAnswer, view: View): string {
  const text = (paragraph: string) => wrap(paragraph, Math.min(view.width, WIDEST));
  return [
    [
      wrap([headline(answer, view), ...unseen(answer)].join(' '), view.width),
      runLine(answer.run, answer.readAt, view),
    ].join('\n'),
    regionTable(answer, view),
    ...[...growth(answer), ...unknown(answer), ...missing(answer)].map(text),
    ...increases(answer, text),
  ].join('\n\n');
}

/** Of a run that misses regions it is told that there may be a fuller one. */
function headline({ kind, run, quota, regions, alarmPercent }: HeadroomAnswer, { colours }: View): string {
  const things = descriptorOf(kind).words.many;
  if (quota === null) return colours.bold(`No quota is looked at that bounds how many ${things} a region may hold.`);
  const known = regions.filter(({ quota }) => quota?.percent != null);
  const atLeast = run.missing.length > 0 || known.length < regions.length ? 'at least ' : '';
  const above = known.filter(({ isAbove }) => isAbove).length;
  const fullest = known.reduce<RegionHeadroom | null>(
    (most, one) => ((one.quota?.percent ?? 0) > (most?.quota?.percent ?? -1) ? one : most),
    null,
  );
  if (fullest === null) return colours.bold('How full the regions are is not known.');
  const { used, limit, percent } = fullest.quota ?? {};
  const share = `${colours.bold(`${plain(fullest.region)} is the fullest${atLeast === '' ? '' : ' that is known'}`)}: ${number(used ?? 0)} of ${number(limit ?? 0)} ${things}, ${percentWords(percent ?? 0, used ?? 0)}.`;
  if (alarmPercent === 0) return share;
  const of = `of ${plural(run.expected, 'region')}`;
  if (above === 0)
    return `${share} ${atLeast === '' ? `None ${of}` : 'None that is known'} has reached ${alarmPercent} %.`;
  const reached = `${capital(`${atLeast}${above} ${of}`)} ${above === 1 ? 'has' : 'have'} reached ${alarmPercent} %.`;
  return `${share} ${colours.yellow(reached)}`;
}

function unseen({ run }: HeadroomAnswer): string[] {
  return unseenSentences((run.quota?.unseenAbove ?? []).map(plain));
}

const BAR_CELLS = 12;
const OF_QUOTA = ['quota', '%', 'share', 'source'];

function regionTable({ quota, regions }: HeadroomAnswer, view: View): string {
  const { colours } = view;
  const paint = (line: string, { isAbove }: RegionHeadroom) => (isAbove ? colours.yellow(line) : line);
  const columns: Column<RegionHeadroom>[] = [
    { head: 'region', cell: ({ region }) => plain(region) },
    { head: 'used', align: 'right', cell: ({ used }) => (used === null ? 'unknown' : number(used)) },
    { head: 'quota', align: 'right', cell: ({ quota }) => limitCell(quota) },
    {
      head: '%',
      align: 'right',
      cell: ({ quota }) => (quota?.percent == null ? '' : percentWords(quota.percent, quota.used ?? 0)),
    },
    {
      head: 'share',
      cell: ({ quota }) => bar(quota?.percent ?? 0, 100, BAR_CELLS),
      paint,
      dispensable: 2,
    },
    { head: 'a day', align: 'right', cell: perDayCell },
    { head: quota === null ? 'trend' : 'full in', cell: projectionWords, paint, flows: 'in-place' },
    { head: 'source', cell: ({ quota }) => (quota?.limit == null ? '' : quota.from), dispensable: 1 },
  ];
  const shown = quota === null ? columns.filter(({ head }) => !OF_QUOTA.includes(head)) : columns;
  return table(shown, regions, view);
}

/** Of what has no trend the likeliest slope says nothing. */
function perDayCell({ trend, perDay }: RegionHeadroom): string {
  if (perDay === null || (trend === 'flat' && perDay.likely !== 0)) return '';
  return rate(perDay.likely);
}

function limitCell(quota: RegionHeadroom['quota']): string {
  if (quota === null) return '';
  return quota.limit === null ? 'unknown' : number(quota.limit);
}

/** Of which counts growth is told: most regions share a window. */
function growth({ regions }: HeadroomAnswer): string[] {
  const [told, untold] = [true, false].map((isEnough) => {
    const some = regions.filter(({ trend }) => (trend !== 'not-enough-history') === isEnough);
    return [...Map.groupBy(some, windowWords)].sort(([, a], [, b]) => b.length - a.length);
  });
  const [most, ...others] = told ?? [];
  const sentences = [
    ...(most === undefined
      ? []
      : [`Growth is told from ${most[0]}; what lies in a range does so with 95 % certainty.`]),
    ...others.map(([words, some]) => `Of ${subject(some)} it is told from ${words}.`),
    ...(untold ?? []).map(
      ([words, some]) =>
        `Of ${subject(some)} there is not enough: ${words}, where it takes ${LEAST_POINTS}, over ${LEAST_DAYS} days at least.`,
    ),
  ];
  return sentences.length === 0 ? [] : [sentences.join(' ')];
}

const subject = (some: readonly RegionHeadroom[]) =>
  some.length > 3 ? plural(some.length, 'region') : names(some.map(({ region }) => region));

/** Regions that were counted, and of whose quota nothing is known. */
function unknown({ quota: bound, regions }: HeadroomAnswer): string[] {
  if (bound === null) return [];
  const silent = regions.filter(({ quota }) => quota === null || quota.from === 'unknown');
  return [...Map.groupBy(silent, ({ quota }) => quota?.because ?? null)].map(([because, group]) =>
    unknownSentence(names(group.map(({ region }) => region)), because),
  );
}

function missing({ kind, missing, readAt }: HeadroomAnswer): string[] {
  return missing.map(
    ({ region, reason, last }) =>
      `${plain(region)} is missing (${reason}), so how full it is is unknown; ${last === null ? 'no earlier run that is known counted it' : lastWords(last, kind, readAt)}.`,
  );
}

function lastWords(
  { countedAt, streams, used, quota }: NonNullable<MissingHeadroom['last']>,
  kind: Kind,
  readAt: string,
): string {
  const held =
    used === null || quota?.percent == null ? number(streams) : `${number(used)} of ${number(quota.limit ?? 0)}`;
  const share = used === null || quota?.percent == null ? '' : `, ${percentWords(quota.percent, used)},`;
  return `it held ${held} ${descriptorOf(kind).words.many}${share} ${ago(countedAt, readAt)}`;
}

function increases({ regions, alarmPercent }: HeadroomAnswer, text: (paragraph: string) => string): string[] {
  const commands = regions.flatMap(({ increase }) => (increase === null ? [] : [`  ${plain(increase)}`]));
  if (commands.length === 0) return [];
  return [text(`To ask AWS for more where ${alarmPercent} % have been reached:`), commands.join('\n')];
}

const names = (regions: readonly string[]) => list(regions.map(plain));
