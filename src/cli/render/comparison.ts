/** Why a total is not that of another run, in lines. The signed numbers at their beginnings add up to the difference. */
import type { Comparison } from '../../answers/comparison.ts';
import { amount, change } from '../../answers/kind-words.ts';
import type { RunSummary } from '../../answers/run-summary.ts';
import { number, plural, signed } from '../../answers/words.ts';
import type { Bounds } from '../../census/diff.ts';
import type { Kind } from '../../census/kinds.ts';
import { cells, plain, type View, wrap } from './text.ts';

/**
 * One of the parts: a number, what it is, and which regions it comes from, the most important first. `null`: it says more of the
 * part above.
 */
export type PartLine = { streams: number | null; what: string; names: readonly string[] };

/** What `latest` and `npm start` say: the difference, and its parts where there is more than one. */
export function comparisonLines(comparison: Comparison, view: View): string[] {
  const { difference, changed } = comparison;
  const parts = comparisonParts(comparison);
  const against = `against ${otherRun(comparison, 'the last complete run')}`;
  if (parts.length === 1) {
    const what = difference === 0 ? 'no change' : change(difference, view.kind);
    const both =
      changed.regions.length === comparison.with.expected ? '' : ` in ${plural(changed.regions.length, 'region')}`;
    return [wrap(`${what}${both} ${against}`, view.width)];
  }
  return [wrap(`${change(difference, view.kind)} ${against}:`, view.width), ...partLines(parts, view)];
}

/** A total beside that of the other run, in a sentence that goes on with its parts. */
export function whyLine(run: RunSummary, comparison: Comparison, kind: Kind): string {
  const { difference } = comparison;
  const other = otherRun(comparison, comparison.with.runId < run.runId ? 'the complete run' : 'the later complete run');
  const now = `${amount(run.streams ?? 0, kind)} in the run ${run.runId}`;
  if (difference === 0) return `${now}, as many as in ${other}:`;
  return `${now}, ${number(Math.abs(difference))} ${difference < 0 ? 'fewer' : 'more'} than in ${other}:`;
}

/** What changed, always; and what else makes the difference. */
export function comparisonParts(comparison: Comparison): PartLine[] {
  return [changedPart(comparison), ...otherParts(comparison).filter(({ names }) => names.length > 0)];
}

/** The run that a total is compared with; one that is not comparable is called so, and why. */
function otherRun({ with: other, isComparable, plan }: Comparison, name: string): string {
  const streams = number(other.streams ?? 0);
  if (isComparable) return `${name}, ${other.runId} (${streams})`;
  const why = [
    ...(other.verdict === 'complete' ? [] : ['it is partial']),
    ...(plan.regions.length === 0 ? [] : [`it has another plan, of ${plural(other.expected, 'region')}`]),
  ];
  return `the run ${other.runId} (${streams}; ${why.join(' and ')}, so the two are hard to compare)`;
}

function changedPart({ changed }: Comparison): PartLine {
  return { streams: changed.streams, what: 'really changed', names: movedNames(changed.regions) };
}

/** Regions by how much they changed; those that did not are left out. */
export function movedNames(regions: Comparison['changed']['regions']): string[] {
  return byNumber(regions.map(({ region, before, now }) => ({ region, net: (now ?? 0) - (before ?? 0) })))
    .filter(({ net }) => net !== 0)
    .map(({ region, net }) => `${plain(region)} ${signed(net)}`);
}

/** What is no change of the streams: those not visible now, those visible again, and those of another plan. */
export function otherParts({ unseen, seenAgain, plan }: Comparison): PartLine[] {
  const planned = (isPlanned: boolean) => {
    const regions = plan.regions.filter((one) => one.isPlanned === isPlanned);
    const held = regions.map((one) => ({ ...one, net: (one.now ?? 0) - (one.before ?? 0) }));
    return {
      streams: held.reduce((sum, { net }) => sum + net, 0),
      names: byNumber(held).map(planName),
    };
  };
  return [
    {
      streams: unseen.streams,
      what: 'not visible now',
      names: byNumber(unseen.regions.map((one) => ({ ...one, net: one.before ?? 0 }))).map(unseenName),
    },
    {
      streams: seenAgain.streams,
      what: 'visible again',
      names: byNumber(seenAgain.regions.map(({ region, now }) => ({ region, net: now ?? 0 }))).map(
        ({ region, net }) => `${plain(region)} ${number(net)}`,
      ),
    },
    { what: 'no longer planned', ...planned(false) },
    { what: 'newly planned', ...planned(true) },
  ];
}

/** What was switched off is named with what it held. */
function planName({ region, before, isPlanned, because }: Comparison['plan']['regions'][number]): string {
  switch (because) {
    case null:
      return plain(region);
    case 'off':
      return `${plain(region)} (${isPlanned ? 'switched on' : `switched off, ${before === null ? 'not counted' : number(before)} before`})`;
    case 'excluded':
      return `${plain(region)} (${isPlanned ? 'excluded before' : 'excluded'})`;
    default:
      return because satisfies never;
  }
}

/** To the minute: that names the run, too. */
export function gapName({ region, reason, since }: Comparison['missingInBoth'][number]): string {
  return `${plain(region)} (${reason} since ${since.slice(0, 16)})`;
}

/** What was counted, and is not enabled now, somebody has switched off. */
function unseenName(gap: Comparison['unseen']['regions'][number]): string {
  if (gap.reason !== 'not-enabled') return gapName(gap);
  return `${plain(gap.region)} (switched off since ${gap.since.slice(0, 16)})`;
}

function byNumber<Of extends { net: number }>(regions: readonly Of[]): Of[] {
  return [...regions].sort((a, b) => Math.abs(b.net) - Math.abs(a.net));
}

/** 3; or what is known of it: 3 to 5, 3+, or nothing at all. More than `all` there cannot be, so that says nothing. */
export function bounds({ atLeast, atMost }: Bounds, all: number): string {
  if (atLeast === atMost) return number(atLeast);
  if (atMost < all) return `${number(atLeast)} to ${number(atMost)}`;
  return atLeast === 0 ? '?' : `${number(atLeast)}+`;
}

/** A line each: of the names as many as there is room for. Only a first name that is too long for the terminal breaks it. */
export function partLines(parts: readonly PartLine[], { width, colours }: View): string[] {
  const figure = (streams: number | null) => (streams === null ? '' : signed(streams));
  const widest = Math.max(...parts.map(({ streams }) => figure(streams).length));
  return parts.map(({ streams, what, names }) => {
    const head = `  ${figure(streams).padStart(widest)}  ${what}`;
    const shown = names.length === 0 ? '' : `: ${fitting(names, width - cells(head) - 2)}`;
    const whole = `${head}${shown}`;
    const line = cells(whole) > width ? wrap(whole.trimStart(), width, '  ') : whole;
    return streams === 0 ? colours.dim(line) : line;
  });
}

/** As many as there is room for, at least the first of them. */
export function fitting(names: readonly string[], room: number): string {
  const text = (count: number) => {
    const rest = names.length - count;
    return `${names.slice(0, count).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  };
  let count = names.length;
  while (count > 1 && text(count).length > room) count -= 1;
  return text(count);
}
