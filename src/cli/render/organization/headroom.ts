import { manyOf } from '../../../answers/kind-words.ts';
import type { AccountHeadroom, OrganizationHeadroomAnswer } from '../../../answers/organization/headroom.ts';
import { commandLine } from '../../../answers/place.ts';
import { percentWords } from '../../../answers/quota-words.ts';
import { capital, number, plural } from '../../../answers/words.ts';
import { runLine } from '../run.ts';
import { type Column, table } from '../table.ts';
import { bar, plain, type View, wrap } from '../text.ts';
import { accountName } from './accounts.ts';

const BAR_CELLS = 12;
/** Of accounts that are not above so many are shown, unless `--wide` asks for all. */
const ROWS = 20;

export function renderOrganizationHeadroom(answer: OrganizationHeadroomAnswer, view: View): string {
  const { run, readAt, accounts, missing } = answer;
  const text = (paragraph: string) => wrap(paragraph, view.width);
  const above = accounts.filter((one) => one.above.length > 0);
  const shown = Number.isFinite(view.width) ? accounts.slice(0, Math.max(ROWS, above.length)) : accounts;
  const rest = accounts.length - shown.length;
  return [
    `${text(headline(answer, view))}\n${runLine(run, readAt, view)}`,
    [
      table(columnsFor(view), shown, view),
      ...(rest === 0 ? [] : [view.colours.dim(`(+${plural(rest, 'account')}: --wide)`)]),
    ].join('\n'),
    ...(missing.length === 0
      ? []
      : [
          text(
            `There is nothing of ${plural(missing.length, 'account')}, so how full ${missing.length === 1 ? 'it is' : 'they are'} is unknown.`,
          ),
        ]),
    ...(accounts[0] === undefined
      ? []
      : [
          `${text('When the regions of an account will be full, and the commands that ask AWS for more:')}\n${commandLine(view.place, `headroom --account ${accounts[0].accountId}`)}`,
        ]),
  ].join('\n\n');
}

function headline(
  { kind, quota, accounts, missing, alarmPercent, run }: OrganizationHeadroomAnswer,
  { colours }: View,
): string {
  if (quota === null)
    return colours.bold(`No quota is looked at that bounds how many ${manyOf(kind)} a region may hold.`);
  const known = accounts.flatMap((one) => (one.highest === null ? [] : [{ ...one, highest: one.highest }]));
  const [fullest] = known.sort((one, other) => other.highest.percent - one.highest.percent);
  if (fullest === undefined) return colours.bold('How full the accounts are is not known.');
  const isAll = run.verdict === 'complete' && missing.length === 0 && accounts.every(({ unknown }) => unknown === 0);
  const { region, percent } = fullest.highest;
  const share = `${colours.bold(`${plain(region)} of ${accountName(fullest)} is the fullest${isAll ? '' : ' that is known'}`)}: ${percentWords(percent, 1)} of its quota.`;
  if (alarmPercent === 0) return share;
  const regions = accounts.reduce((sum, { above }) => sum + above.length, 0);
  if (regions === 0) return `${share} None${isAll ? '' : ' that is known'} has reached ${alarmPercent} %.`;
  const count = `${isAll ? '' : 'at least '}${plural(regions, 'region')}`;
  return `${share} ${colours.yellow(`${capital(count)} ${regions === 1 ? 'has' : 'have'} reached ${alarmPercent} %.`)}`;
}

function columnsFor({ colours, kind }: View): Column<AccountHeadroom>[] {
  const paint = (line: string, { above }: AccountHeadroom) => (above.length > 0 ? colours.yellow(line) : line);
  return [
    { head: 'account', cell: ({ name }) => (name === null ? '' : plain(name)) },
    { head: 'id', cell: ({ accountId }) => accountId },
    { head: manyOf(kind), align: 'right', cell: ({ streams }) => number(streams), dispensable: 2 },
    { head: 'fullest region', cell: ({ highest }) => (highest === null ? 'unknown' : plain(highest.region)) },
    {
      head: '%',
      align: 'right',
      cell: ({ highest }) => (highest === null ? '' : percentWords(highest.percent, highest.percent === 0 ? 0 : 1)),
    },
    { head: 'share', cell: ({ highest }) => bar(highest?.percent ?? 0, 100, BAR_CELLS), paint, dispensable: 1 },
    { head: 'above', cell: ({ above }) => above.map(plain).join(', '), paint, flows: 'beneath' },
    { head: 'not known', cell: unknownCell, dispensable: 3 },
  ];
}

function unknownCell({ unknown, missing }: AccountHeadroom): string {
  const all = unknown + missing;
  return all === 0 ? '' : plural(all, 'region');
}
