import type { Comparison } from '../../answers/comparison.ts';
import { manyOf } from '../../answers/kind-words.ts';
import { commandLine } from '../../answers/place.ts';
import { planLine } from '../../answers/plan-words.ts';
import type { WhyAnswer } from '../../answers/why.ts';
import { plural, signed } from '../../answers/words.ts';
import { bounds, fitting, gapName, movedNames, otherParts, type PartLine, partLines, whyLine } from './comparison.ts';
import { plain, type View, wrap } from './text.ts';

/** On a terminal of 80 columns. */
const MOST_LINES = 10;

export function renderWhy(answer: WhyAnswer, view: View): string {
  const [names, plan] = [namesPart(answer), planLines(answer, view)];
  // The names say more, and give way first; then the plan, of which the other lines tell what makes a difference.
  const drafts = [draw(answer, names, plan, view), draw(answer, [], plan, view)];
  return drafts.find((text) => text.split('\n').length <= MOST_LINES) ?? draw(answer, [], [], view);
}

/** In one line. */
function planLines({ run }: WhyAnswer, { width }: View): string[] {
  const short = planLine(run, (regions) => fitting(regions.map(plain), width / 2));
  return short === null ? [] : wrap(short, width).split('\n');
}

function draw(answer: WhyAnswer, names: readonly PartLine[], plan: readonly string[], view: View): string {
  const { run, comparison } = answer;
  const parts = [
    changedPart(answer),
    ...names,
    ...[...otherParts(comparison), missingPart(comparison)].filter(isTold),
    ...nothingPart(comparison),
  ];
  const lines = [wrap(whyLine(run, comparison, answer.kind), view.width), ...partLines(parts, view), ...plan];
  if (run.missing.length > 0)
    lines.push(
      `What is not visible is unknown, not gone. What to do: ${commandLine(view.place, `explain ${run.runId}`)}`,
    );
  lines.push(`Region by region: ${commandLine(view.place, `diff ${comparison.with.runId} ${run.runId}`)}`);
  return lines.join('\n');
}

function changedPart({ kind, comparison, created, gone, regions }: WhyAnswer): PartLine {
  const { changed } = comparison;
  const names = movedNames(changed.regions);
  const sum = (of: 'before' | 'now') => changed.regions.reduce((all, region) => all + (region[of] ?? 0), 0);
  const [came, went] = [bounds(created, sum('now')), bounds(gone, sum('before'))];
  if (changed.regions.length === 0)
    return { streams: 0, what: 'really changed: unknown, no region was counted by both', names };
  if (regions.length === 0) {
    const all = plural(changed.regions.length, 'region');
    return { streams: 0, what: `really changed: nothing, the very same ${manyOf(kind)} in ${all}`, names };
  }
  const what = came === '?' && went === '?' ? 'really changed' : `really changed (created ${came}, gone ${went})`;
  return { streams: changed.streams, what, names };
}

/** Which streams, as far as the beginnings of their names tell. */
function namesPart({ regions }: WhyAnswer): PartLine[] {
  const nets = new Map<string, number>();
  for (const { prefix, before, after } of regions.flatMap(({ prefixes }) => prefixes ?? [])) {
    if (prefix !== '') nets.set(prefix, (nets.get(prefix) ?? 0) + after - before);
  }
  const moved = [...nets].filter(([, net]) => net !== 0).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  if (moved.length === 0) return [];
  const names = moved.map(([prefix, net]) => `${plain(prefix)} ${signed(net)}`);
  return [{ streams: null, what: 'names that begin with', names }];
}

/** Nothing is known of them, then or now, so they add nothing. */
function missingPart({ missingInBoth }: Comparison): PartLine {
  return { streams: 0, what: 'missing in both', names: missingInBoth.map(gapName) };
}

const isTold = ({ names }: PartLine) => names.length > 0;

/** What made no difference is said, too, in one line. */
function nothingPart({ unseen, seenAgain, plan }: Comparison): PartLine[] {
  const nothing = [
    ...(unseen.regions.length === 0 ? ['not visible now'] : []),
    ...(seenAgain.regions.length === 0 ? ['visible again'] : []),
    ...(plan.regions.length === 0 ? ['from another plan'] : []),
  ];
  return nothing.length === 0 ? [] : [{ streams: 0, what: nothing.join(', '), names: [] }];
}
