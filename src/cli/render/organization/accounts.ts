/** The accounts of a run of the organisation, trouble first. */
import { manyOf } from '../../../answers/kind-words.ts';
import type { AccountRow } from '../../../answers/organization/account-row.ts';
import { number, plural } from '../../../answers/words.ts';
import { changeCell } from '../run.ts';
import { type Column, table } from '../table.ts';
import { type Colours, plain, type View, wrap } from '../text.ts';

type Named = { accountId: string; name: string | null };

/** In a sentence: "Stores Europe (111122223333)". */
export function accountName({ accountId, name }: Named): string {
  return name === null ? accountId : `${plain(name)} (${accountId})`;
}

/** Where there is little room. */
export const shortName = ({ accountId, name }: Named) => (name === null ? accountId : plain(name));

/** So many in trouble are shown, and so many rows in all where fewer are. */
const MOST_IN_TROUBLE = 50;
const ROWS = 20;

const isInTrouble = ({ state }: AccountRow) => state === 'failed' || state === 'partial';

/**
 * All of them only in a view that is as wide as it likes to be (`--wide`), or where somebody looks for certain ones; else those in
 * trouble, and of the others the largest.
 */
export function accountTable(rows: readonly AccountRow[], view: View, isFiltered = false): string {
  const isAll = isFiltered || !Number.isFinite(view.width);
  const trouble = rows.filter(isInTrouble).length;
  const most = Math.max(ROWS, Math.min(trouble, MOST_IN_TROUBLE));
  const shown = isAll ? rows : rows.slice(0, most);
  const rest = rows.slice(shown.length);
  const drawn = table(columnsFor(rows, view), shown, view);
  return rest.length === 0 ? drawn : `${drawn}\n${view.colours.dim(wrap(restLine(rest), view.width))}`;
}

function restLine(rest: readonly AccountRow[]): string {
  const trouble = rest.filter(isInTrouble).length;
  const waiting = rest.filter(({ state }) => state === 'waiting').length;
  const what = [
    ...(trouble > 0 ? [`${number(trouble)} that miss something`] : []),
    ...(waiting > 0 ? [`${number(waiting)} that are waited for`] : []),
  ];
  const which = what.length === 0 ? '' : ` (${what.join(', ')})`;
  return `(+${plural(rest.length, 'account')}${which}: --wide)`;
}

function columnsFor(rows: readonly AccountRow[], view: View): Column<AccountRow>[] {
  const { colours } = view;
  const columns: Column<AccountRow>[] = [
    { head: 'account', cell: ({ name }) => (name === null ? '' : plain(name)) },
    { head: 'id', cell: ({ accountId }) => accountId },
    { head: manyOf(view.kind), align: 'right', cell: (row) => streamsCell(row, colours) },
    { head: 'change', align: 'right', cell: ({ change }) => changeCell(change, colours) },
    { head: 'verdict', cell: (row) => stateCell(row, colours) },
    {
      head: 'regions',
      align: 'right',
      cell: ({ counted, expected }) => (expected === null ? '' : `${counted}/${expected}`),
      dispensable: 1,
    },
    { head: 'missing', cell: missingCell, paint: (line) => colours.yellow(line), flows: 'beneath' },
  ];
  const told: Readonly<Record<string, boolean>> = {
    account: rows.some(({ name }) => name !== null),
    change: rows.some(({ change }) => change !== null),
    missing: rows.some((row) => missingCell(row) !== ''),
  };
  return columns.filter(({ head }) => told[head] ?? true);
}

function streamsCell({ streams, state }: AccountRow, colours: Colours): string {
  if (streams !== null) return number(streams);
  if (state === 'set-aside') return '';
  return state === 'waiting' ? colours.cyan('...') : colours.yellow('missing');
}

function stateCell({ state, setAside }: AccountRow, colours: Colours): string {
  switch (state) {
    case 'complete':
      return colours.green('complete');
    case 'partial':
      return colours.yellow(colours.bold('PARTIAL'));
    case 'failed':
      return colours.red(colours.bold('MISSING'));
    case 'waiting':
      return colours.cyan('open');
    case 'set-aside':
      return colours.dim(setAside ?? '');
    default:
      return state satisfies never;
  }
}

/** Why there is nothing of it; or which of its regions are missing, as far as its record names them. */
function missingCell({ reason, reasons, regions, missing, lastKnown }: AccountRow): string {
  if (reason !== null) return `${reason}${lastKnown === null ? '' : `, last held ${number(lastKnown.streams)}`}`;
  if (missing === null || missing === 0) return '';
  if (regions.length === missing)
    return regions.map(({ region, reason: why }) => `${plain(region)} (${why})`).join(', ');
  const counts = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  return `${plural(missing, 'region')}: ${counts.map(([why, count]) => `${count} ${why}`).join(', ')}`;
}
