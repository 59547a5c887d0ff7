import { manyOf } from '../../answers/kind-words.ts';
import type { RunLine, RunsAnswer } from '../../answers/runs.ts';
import { number, plural } from '../../answers/words.ts';
import type { Reason } from '../../census/errors.ts';
import { changeCell, verdictMark } from './run.ts';
import { table } from './table.ts';
import { plain, sparkline, type View, wrap } from './text.ts';

/** @param sought the reason that was looked for: each region that is missing for it is shown */
export function renderRuns({ runs, more }: RunsAnswer, view: View, sought?: Reason): string {
  const { colours } = view;
  const drawn = table<RunLine>(
    [
      { head: 'run', cell: ({ runId }) => runId },
      { head: manyOf(view.kind), align: 'right', cell: ({ streams }) => (streams === null ? '' : number(streams)) },
      { head: 'change', align: 'right', cell: ({ change }) => changeCell(change, colours), dispensable: 1 },
      { head: 'verdict', cell: ({ verdict }) => verdictMark(verdict, colours) },
      { head: 'regions', align: 'right', cell: ({ counted, expected }) => `${counted ?? '-'}/${expected}` },
      { head: 'missing', cell: (run) => missingCell(run, sought), flows: 'beneath' },
    ],
    runs,
    view,
  );
  const parts = [...trend(runs, view), drawn];
  if (more) parts.push(colours.dim(wrap('There are older runs: --last, --since and --until reach them.', view.width)));
  return parts.join('\n\n');
}

/** Of those that nobody looked for. */
const NAMES = 3;

function missingCell({ missing }: RunLine, sought: Reason | undefined): string {
  const found = missing.filter(({ reason }) => reason === sought);
  const others = missing.filter(({ reason }) => reason !== sought);
  const shown = [...found, ...others.slice(0, Math.max(0, NAMES - found.length))];
  const names = shown.map(({ region, reason }) => `${plain(region)} (${reason})`);
  const rest = missing.length - names.length;
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ');
}

/** Only complete totals are a line: drawn beside them, a partial one would look like streams that were deleted. */
export function trend(runs: readonly Pick<RunLine, 'verdict' | 'streams'>[], { width, colours }: View): string[] {
  const shown = runs.slice(0, width - 2).reverse();
  const values = shown.map(({ verdict, streams }) => (verdict === 'complete' ? streams : null));
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return [];
  const gaps = known.length < values.length ? `; ${plural(values.length - known.length, 'run')} · partial or open` : '';
  const range = `${number(Math.min(...known))} to ${number(Math.max(...known))} in ${plural(known.length, 'complete run')}${gaps}`;
  return [`${colours.cyan(sparkline(values))}\n${colours.dim(wrap(range, width))}`];
}
