/** A run for people: the number and its verdict, the regions, what is missing. For `latest`, `run` and `watch`. */

import { churnLine } from '../../answers/churn-words.ts';
import { amount, manyOf } from '../../answers/kind-words.ts';
import { planLine } from '../../answers/plan-words.ts';
import type { RegionRow } from '../../answers/region-row.ts';
import type { Gap, RunSummary } from '../../answers/run-summary.ts';
import { ago, duration, number, plural, seconds, signed, toSecond } from '../../answers/words.ts';
import { adviceFor } from '../../census/advice.ts';
import { type Column, table } from './table.ts';
import { bar, type Colours, plain, type View, wrap } from './text.ts';

export function verdictLine(run: RunSummary, { colours, kind }: View): string {
  const { streams, counted, expected, verdict } = run;
  if (streams === null || verdict === null) {
    return `${colours.bold('no total yet')}: ${run.waitingFor.length} of ${plural(expected, 'region')} still to answer`;
  }
  const share = `in ${counted === expected ? `all ${plural(expected, 'region')}` : `${counted} of ${plural(expected, 'region')}`}`;
  return `${colours.bold(amount(streams, kind))} ${share}  ${verdictMark(verdict, colours)}`;
}

export function verdictMark(verdict: RunSummary['verdict'], colours: Colours): string {
  if (verdict === null) return colours.cyan('open');
  return verdict === 'complete' ? colours.green('complete') : colours.yellow(colours.bold('PARTIAL'));
}

export function runLine(run: Pick<RunSummary, 'runId' | 'round'>, readAt: string, { colours }: View): string {
  const round = run.round === 0 ? '' : `, retried ${plural(run.round, 'time')}`;
  return colours.dim(`run ${run.runId} (${ago(run.runId, readAt)}${round})`);
}

/** What the run was not to count, and what it did not learn of its regions. */
export function planLines(run: RunSummary, { width }: View): string[] {
  const line = planLine(run, (regions) => regions.map(plain).join(', '));
  return line === null ? [] : [wrap(line, width)];
}

/** What came and what went since the run before. */
export function churnLines(run: RunSummary, { width }: View): string[] {
  const line = churnLine(run, (regions) => regions.map(plain).join(', '));
  return line === null ? [] : [wrap(line, width)];
}

/** Beyond this the number mixes instants: a region was counted in a later retry. */
const MIXED_INSTANTS_MS = 2 * 3_600_000;

export function mixtureLines(
  { firstCountedAt, lastCountedAt }: Pick<RunSummary, 'firstCountedAt' | 'lastCountedAt'>,
  view: View,
): string[] {
  if (firstCountedAt === null || lastCountedAt === null) return [];
  const ms = Date.parse(lastCountedAt) - Date.parse(firstCountedAt);
  if (ms < MIXED_INSTANTS_MS) return [];
  return [
    wrap(
      `The number mixes instants: its first region was counted at ${toSecond(firstCountedAt)}, its last ${duration(ms)} later.`,
      view.width,
    ),
  ];
}

const BAR_CELLS = 24;

export function regionTable(rows: readonly RegionRow[], view: View): string {
  const largest = Math.max(0, ...rows.map(({ streams }) => streams ?? 0));
  const { colours } = view;
  /** Most are compared with the same run; where it is another one, that is said. */
  const newest = rows.reduce((last, { since }) => (since !== null && since > last ? since : last), '');
  const isOlder = (row: RegionRow): row is RegionRow & { since: string } => row.since !== null && row.since < newest;
  const columns: Column<RegionRow>[] = [
    { head: 'region', cell: ({ region }) => plain(region) },
    { head: manyOf(view.kind), align: 'right', cell: (row) => streamsCell(row, colours) },
    { head: 'change', align: 'right', cell: ({ change }) => changeCell(change, colours) },
    { head: 'since', cell: (row) => colours.dim(isOlder(row) ? row.since.slice(0, 16) : ''), dispensable: 1 },
    { head: 'created', align: 'right', cell: (row) => churnCell(row, 'created'), dispensable: 5 },
    { head: 'gone', align: 'right', cell: (row) => churnCell(row, 'gone'), dispensable: 4 },
    {
      head: '',
      cell: (row, room) => (row.streams === null ? gapCell(row) : bar(row.streams, largest, Math.min(BAR_CELLS, room))),
      paint: (line, { streams }) => (streams === null ? colours.yellow(line) : colours.cyan(line)),
      flows: 'in-place',
    },
    {
      head: 'calls',
      align: 'right',
      cell: ({ effort }) => (effort === null ? '' : number(effort.calls)),
      dispensable: 3,
    },
    { head: 'time', align: 'right', cell: ({ effort }) => (effort === null ? '' : seconds(effort.ms)), dispensable: 2 },
  ];
  const isChurnTold = rows.some(hasMoved);
  const told: Readonly<Record<string, boolean>> = {
    change: rows.some(({ change }) => change !== null),
    since: rows.some(isOlder),
    created: isChurnTold,
    gone: isChurnTold,
  };
  const isShown = ({ head }: Column<RegionRow>) => told[head] ?? true;
  return table(columns.filter(isShown), rows, view);
}

function streamsCell({ streams, status }: RegionRow, colours: Colours): string {
  if (streams !== null) return number(streams);
  return status === 'waiting' || status === 'attempted' ? colours.cyan('...') : colours.yellow('missing');
}

export function changeCell(change: number | null, colours: Colours): string {
  if (change === null) return '';
  return change > 0 ? colours.green(signed(change)) : change < 0 ? colours.red(signed(change)) : colours.dim('0');
}

/** Whether anything came or went since the run before, as far as that is known. */
export const hasMoved = ({ churn }: Pick<RegionRow, 'churn'>) => churn !== null && churn.created + churn.gone > 0;

/** Since the run before; of a counted region of which it is not known: `?`. */
export function churnCell({ streams, churn }: Pick<RegionRow, 'streams' | 'churn'>, of: 'created' | 'gone'): string {
  if (churn !== null) return number(churn[of]);
  return streams === null ? '' : '?';
}

function gapCell({ status, reason, lastKnown }: RegionRow): string {
  const why = status === 'attempted' ? `tried, will be tried again: ${reason}` : (reason ?? 'waiting');
  return lastKnown === null ? why : `${why}; last known ${number(lastKnown.streams)}`;
}

/** Goes on in a sentence. */
function rowWords({ since, runs }: Pick<Gap, 'since' | 'runs'>): string {
  if (since === null || runs === null) return '';
  return runs === 1 ? ', since this run' : `, since ${since}, for ${runs} runs in a row`;
}

/** What is missing, since when, and what to do about it. Last known counts are never part of a number. */
export function gapLines(missing: readonly Gap[], readAt: string, view: View): string[] {
  return missing.flatMap(({ region, reason, lastKnown, since, runs }) => {
    const known =
      lastKnown === null
        ? 'No earlier run that is known counted it.'
        : `Last known: ${amount(lastKnown.streams, view.kind)}, ${ago(lastKnown.countedAt, readAt)} (not in the number).`;
    return [
      wrap(
        `${view.colours.yellow(plain(region))} is missing: ${adviceFor(reason, view.kind).because} (${reason})${rowWords({ since, runs })}. ${known}`,
        view.width,
      ),
    ];
  });
}
