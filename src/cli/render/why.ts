import type { Comparison } from '../../answers/comparison.ts';
import { commandLine } from '../../answers/place.ts';
import type { WhyAnswer } from '../../answers/why.ts';
import { plural, signed } from '../../answers/words.ts';
import { fitting, movedNames, otherParts, type PartLine, partLines, whyLine } from './comparison.ts';
import { bounds } from './diff.ts';
import { plain, type View, wrap } from './text.ts';

const MOST_LINES = 10;

/** At most ten lines on a terminal of 80 columns; names are told where there is room for them. */
export function renderWhy(answer: WhyAnswer, view: View): string {
  const { run, comparison } = answer;
  const parts = [changedPart(answer), ...otherParts(comparison).filter(isTold), ...nothingPart(comparison)];
  const lines = [wrap(whyLine(run, comparison), view.width), ...partLines(parts, view)];
  const names = namesLine(answer, view);
  const hints: string[] = [];
  if (run.missing.length > 0)
    hints.push(
      `What is not visible is unknown, not gone. What to do: ${commandLine(view.place, `explain ${run.runId}`)}`,
    );
  hints.push(`Region by region: ${commandLine(view.place, `diff ${comparison.with.runId} ${run.runId}`)}`);
  const whole = [...lines, ...names, ...hints].join('\n');
  return whole.split('\n').length > MOST_LINES ? [...lines, ...hints].join('\n') : whole;
}

function changedPart({ comparison, created, gone, regions }: WhyAnswer): PartLine {
  const { changed } = comparison;
  const names = movedNames(changed.regions);
  const sum = (of: 'before' | 'now') => changed.regions.reduce((all, region) => all + (region[of] ?? 0), 0);
  const [came, went] = [bounds(created, sum('now')), bounds(gone, sum('before'))];
  if (changed.regions.length === 0)
    return { streams: 0, what: 'really changed: unknown, no region was counted by both', names };
  if (regions.length === 0) {
    const all = plural(changed.regions.length, 'region');
    return { streams: 0, what: `really changed: nothing, the very same streams in ${all}`, names };
  }
  const what = came === '?' && went === '?' ? 'really changed' : `really changed (created ${came}, gone ${went})`;
  return { streams: changed.streams, what, names };
}

/** Which streams came and went, as far as the beginnings of their names tell: those that changed most, in one line. */
function namesLine({ regions }: WhyAnswer, { width }: View): string[] {
  const net = new Map<string, number>();
  for (const { prefix, before, after } of regions.flatMap(({ prefixes }) => prefixes ?? []))
    net.set(prefix, (net.get(prefix) ?? 0) + after - before);
  // Names of up to 4 characters, or all of a region: there is nothing that they begin with.
  net.delete('');
  const told = [...net].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  if (told.length === 0) return [];
  const names = told.map(([prefix, change]) => `${plain(prefix)}* ${signed(change)}`);
  return [wrap(`Really changed, by name: ${fitting(names, width - 'Really changed, by name: '.length)}`, width)];
}

const isTold = ({ names }: PartLine) => names.length > 0;

/** What made no difference is said, too, in one line. */
function nothingPart({ unseen, seenAgain, plan }: Comparison): PartLine[] {
  const nothing = [
    ...(unseen.regions.length === 0 ? ['not visible now'] : []),
    ...(seenAgain.regions.length === 0 ? ['visible again'] : []),
    ...(plan.regions.length === 0 ? ['of another plan'] : []),
  ];
  return nothing.length === 0 ? [] : [{ streams: 0, what: `from regions ${nothing.join(', ')}`, names: [] }];
}
