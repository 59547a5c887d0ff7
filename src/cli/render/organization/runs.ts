import { manyOf } from '../../../answers/kind-words.ts';
import type { OrganizationLine, OrganizationRunsAnswer } from '../../../answers/organization/runs.ts';
import { number } from '../../../answers/words.ts';
import { changeCell, verdictMark } from '../run.ts';
import { trend } from '../runs.ts';
import { table } from '../table.ts';
import { type View, wrap } from '../text.ts';

export function renderOrganizationRuns({ runs, more }: OrganizationRunsAnswer, view: View): string {
  const { colours } = view;
  const drawn = table<OrganizationLine>(
    [
      { head: 'run', cell: ({ runId }) => runId },
      { head: manyOf(view.kind), align: 'right', cell: ({ streams }) => (streams === null ? '' : number(streams)) },
      { head: 'change', align: 'right', cell: ({ change }) => changeCell(change, colours), dispensable: 1 },
      { head: 'verdict', cell: ({ verdict }) => verdictMark(verdict, colours) },
      { head: 'accounts', align: 'right', cell: ({ counted, expected }) => `${counted ?? '-'}/${expected}` },
      {
        head: 'regions',
        align: 'right',
        cell: ({ regions }) => (regions === null ? '' : `${regions.counted}/${regions.expected}`),
        dispensable: 2,
      },
      { head: 'missing', cell: missingCell, flows: 'beneath' },
    ],
    runs,
    view,
  );
  const parts = [...trend(runs, view), drawn];
  if (more) parts.push(colours.dim(wrap('There are older runs: --last, --since and --until reach them.', view.width)));
  return parts.join('\n\n');
}

function missingCell({ accountReasons, regionReasons }: OrganizationLine): string {
  const counts = (reasons: object, one: string) =>
    Object.entries(reasons).map(([reason, count]) => `${number(count)} ${one}${count === 1 ? '' : 's'} ${reason}`);
  return [...counts(accountReasons, 'account'), ...counts(regionReasons, 'region')].join(', ');
}
