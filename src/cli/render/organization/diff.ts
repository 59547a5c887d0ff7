import { amount, change } from '../../../answers/kind-words.ts';
import {
  type AccountCoverage,
  type AccountCoverageChange,
  type OrganizationDiff,
  streamsIn,
} from '../../../answers/organization/account-diff.ts';
import type { OrganizationDiffAnswer } from '../../../answers/organization/diff.ts';
import type { OrganizationRunSummary } from '../../../answers/organization/run-summary.ts';
import { number, plural } from '../../../answers/words.ts';
import { changeCell, verdictMark } from '../run.ts';
import { type Column, table } from '../table.ts';
import { plain, type View, wrap } from '../text.ts';

export function renderOrganizationDiff(answer: OrganizationDiffAnswer, view: View): string {
  const head = `${side(answer.before, view)}\n${side(answer.after, view)}`;
  return [head, ...changes(answer, view), ...coverage(answer, view)].join('\n\n');
}

function side({ runId, streams, verdict }: OrganizationRunSummary, { colours, kind }: View): string {
  return `${runId}  ${streams === null ? '' : amount(streams, kind)}  ${verdictMark(verdict, colours)}`;
}

/** More are shown with `--wide`. */
const ROWS = 30;

type Change = OrganizationDiff['accounts'][number];

function changes({ accounts, net }: OrganizationDiffAnswer, view: View): string[] {
  if (accounts.length === 0)
    return [wrap('No account was counted alike by both runs, so nothing can be said of what changed.', view.width)];
  const moved = accounts.filter((one) => one.net !== 0).sort((one, other) => Math.abs(other.net) - Math.abs(one.net));
  const both = `${plural(accounts.length, 'account')} that both runs counted alike`;
  if (moved.length === 0) return [wrap(`As many as before in each of the ${both}.`, view.width)];
  const same = accounts.length - moved.length;
  const summary = `Changed, in ${both}: ${change(net, view.kind)}${same > 0 ? `; as many as before in ${number(same)} of them` : ''}`;
  const columns: Column<Change>[] = [
    ...who,
    { head: 'before', align: 'right', cell: ({ before }) => number(before) },
    { head: 'after', align: 'right', cell: ({ after }) => number(after) },
    { head: 'change', align: 'right', cell: (one) => changeCell(one.net, view.colours) },
  ];
  return [wrap(summary, view.width), rowsOf(columns, moved, view)];
}

const who: Column<{ accountId: string; name: string | null }>[] = [
  { head: 'account', cell: ({ name }) => (name === null ? '' : plain(name)) },
  { head: 'id', cell: ({ accountId }) => accountId },
];

/** Only changed in coverage: what an account holds more, or less, may not have changed at all. */
function coverage({ coverage: all }: OrganizationDiffAnswer, view: View): string[] {
  if (all.length === 0) return [];
  const lead = `Not counted alike by both runs: ${plural(all.length, 'account')}. What is not visible is unknown, not gone.`;
  const columns: Column<AccountCoverageChange>[] = [
    ...who,
    { head: 'before', cell: ({ before }) => words(before) },
    { head: 'after', cell: ({ after }) => words(after) },
    {
      head: 'difference',
      align: 'right',
      cell: ({ before, after }) => changeCell(streamsIn(after) - streamsIn(before), view.colours),
    },
  ];
  const sorted = [...all].sort((one, other) => sizeOf(other) - sizeOf(one));
  return [wrap(lead, view.width), rowsOf(columns, sorted, view)];
}

const sizeOf = ({ before, after }: AccountCoverageChange) => Math.abs(streamsIn(after) - streamsIn(before));

function words(one: AccountCoverage): string {
  switch (one.state) {
    case 'complete':
      return number(one.streams);
    case 'partial':
      return `${number(one.streams)}, ${one.missing} of ${plural(one.expected, 'region')} missing`;
    case 'missing':
      return `missing (${one.reason})`;
    case 'not-planned':
      return one.because === null ? 'not planned' : `not planned (${one.because})`;
    default:
      return one satisfies never;
  }
}

function rowsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], view: View): string {
  const shown = Number.isFinite(view.width) ? rows.slice(0, ROWS) : rows;
  const rest = rows.length - shown.length;
  const drawn = table(columns, shown, view);
  return rest === 0 ? drawn : `${drawn}\n${view.colours.dim(`(+${plural(rest, 'account')}: --wide)`)}`;
}
