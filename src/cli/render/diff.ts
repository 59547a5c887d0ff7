import type { DiffAnswer } from '../../answers/diff.ts';
import { amount, change, manyOf } from '../../answers/kind-words.ts';
import type { RunSummary } from '../../answers/run-summary.ts';
import { number, plural } from '../../answers/words.ts';
import { type Coverage, type CoverageChange, coveragePart } from '../../census/coverage.ts';
import type { RegionChange } from '../../census/diff.ts';
import { bounds, type PartLine, partLines } from './comparison.ts';
import { changeCell, verdictMark } from './run.ts';
import { type Column, table } from './table.ts';
import { plain, type View, wrap } from './text.ts';

export function renderDiff(answer: DiffAnswer, view: View): string {
  const head = `${side(answer.before, view)}\n${side(answer.after, view)}`;
  return [head, ...changes(answer, view), ...coverage(answer, view)].join('\n\n');
}

function side({ runId, streams, verdict }: RunSummary, { colours, kind }: View): string {
  return `${runId}  ${streams === null ? '' : amount(streams, kind)}  ${verdictMark(verdict, colours)}`;
}

/** What really changed: only regions that both runs counted. */
function changes({ regions, net, created, gone }: DiffAnswer, view: View): string[] {
  if (regions.length === 0)
    return [wrap('No region was counted by both runs, so nothing can be said of what changed.', view.width)];
  const changed = regions.filter(({ same }) => same !== true);
  const same = regions.length - changed.length;
  const both = plural(regions.length, 'region');
  if (changed.length === 0)
    return [wrap(`The very same ${manyOf(view.kind)} in all ${both} that both runs counted.`, view.width)];
  const summary = `Changed, in ${both} that both runs counted: ${change(net, view.kind)} (created ${bounds(created, sum(regions, 'after'))}, gone ${bounds(gone, sum(regions, 'before'))})${same > 0 ? `; the very same ${manyOf(view.kind)} in ${plural(same, 'region')}` : ''}`;
  return [wrap(summary, view.width), table(changeColumns(view), changed, view), ...namesOf(changed, view)];
}

const MOST_PREFIXES = 3;

/** Which streams came and went, as far as the beginnings of their names tell. */
function namesOf(changed: readonly RegionChange[], view: View): string[] {
  const rows = changed.flatMap(({ region, prefixes }) => {
    // One that every name begins with tells no more than the table of regions does.
    if (prefixes === null || prefixes.every(({ prefix }) => prefix === '')) return [];
    const all = prefixes.map(({ prefix, before, after }) => ({ name: beginning(prefix), net: after - before }));
    const shown = all.sort((a, b) => Math.abs(b.net) - Math.abs(a.net)).slice(0, MOST_PREFIXES);
    const rest = all.length - shown.length;
    const others = rest > 0 ? [{ name: `(${plural(rest, 'other')})`, net: null }] : [];
    return [...shown, ...others].map((row, index) => ({ ...row, region: index === 0 ? plain(region) : '' }));
  });
  if (rows.length === 0) return [];
  const columns: Column<(typeof rows)[number]>[] = [
    { head: 'region', cell: ({ region }) => region },
    { head: 'change', align: 'right', cell: ({ net }) => changeCell(net, view.colours) },
    { head: 'names that begin with', cell: ({ name }, room) => endOf(name, room), flows: 'in-place' },
  ];
  return [table(columns, rows, view)];
}

const beginning = (prefix: string) => (prefix === '' ? '(up to 4 characters)' : plain(prefix));

/** In which a long beginning differs from others. */
function endOf(name: string, room: number): string {
  return name.length > room ? `…${name.slice(1 - room)}` : name;
}

function sum(regions: readonly RegionChange[], of: 'before' | 'after'): number {
  return regions.reduce((all, region) => all + region[of], 0);
}

function changeColumns({ colours }: View): Column<RegionChange>[] {
  return [
    { head: 'region', cell: ({ region }) => plain(region) },
    { head: 'before', align: 'right', cell: ({ before }) => number(before) },
    { head: 'after', align: 'right', cell: ({ after }) => number(after) },
    { head: 'change', align: 'right', cell: ({ net }) => changeCell(net, colours) },
    { head: 'created', align: 'right', cell: ({ created, after }) => bounds(created, after), dispensable: 2 },
    { head: 'gone', align: 'right', cell: ({ gone, before }) => bounds(gone, before), dispensable: 1 },
  ];
}

/** Never added to the changes: a region that comes into sight has not got new streams. */
function coverage(answer: DiffAnswer, view: View): string[] {
  const { coverage: all } = answer;
  if (all.length === 0) return [];
  const drawn = table<CoverageChange>(
    [
      { head: 'region', cell: ({ region }) => plain(region) },
      { head: 'before', cell: ({ before }) => coverageCell(before) },
      { head: 'after', cell: ({ after }) => coverageCell(after), flows: 'in-place' },
    ],
    all,
    view,
  );
  const head = `${view.colours.yellow('Only coverage')}: not counted by both runs, so not part of what changed`;
  return [[wrap(head, view.width), ...partLines(coverageParts(answer), view)].join('\n'), drawn];
}

/** What `why` tells of the same two runs. */
const PARTS = {
  unseen: 'not visible now',
  seenAgain: 'visible again',
  noLongerPlanned: 'no longer planned',
  newlyPlanned: 'newly planned',
  missingInBoth: 'missing in both',
} as const;

function coverageParts({ coverage: all, coverageSums }: DiffAnswer): PartLine[] {
  const sums = { ...coverageSums, missingInBoth: 0 };
  const regions = Map.groupBy(all, coveragePart);
  return (Object.keys(PARTS) as (keyof typeof PARTS)[]).flatMap((part) => {
    const count = regions.get(part)?.length ?? 0;
    return count === 0 ? [] : [{ streams: sums[part], what: PARTS[part], names: [plural(count, 'region')] }];
  });
}

function coverageCell(one: Coverage): string {
  switch (one.state) {
    case 'counted':
      return `${number(one.streams)} counted`;
    case 'missing':
      return `missing (${one.reason})`;
    case 'not-planned':
      return one.because === null ? 'not planned' : one.because;
    default:
      return one satisfies never;
  }
}
