/** What each route asks of the answers, and in which bounds. */
import type { Document } from '../../answers/asking/asking.ts';
import { askingOf } from '../../answers/asking/asking-of.ts';
import { findTimes } from '../../answers/asking/times.ts';
import { readAccounts } from '../../answers/organization/accounts.ts';
import { withAtMost } from '../../answers/organization/left-out.ts';
import type { Source } from '../../answers/reader.ts';
import type { Range } from '../../answers/runs.ts';
import type { Asked } from './asked.ts';
import { MOST_ACCOUNTS, RUNS_OF_A_PAGE } from './parameters.ts';
import type { RouteName } from './routes.ts';

/** A document; or a text that was made of one. `link`: what the query of the next page says otherwise than this one's. */
export type Told = { answer: Document; text?: string; link?: Readonly<Record<string, string>> };

export type LedgerRoute = Exclude<RouteName, 'openapi'>;

type Ask = (source: Source, asked: Asked, nowMs: number) => Promise<Told>;

const ASK: Record<LedgerRoute, Ask> = {
  async latest(source, { values }, nowMs) {
    return await (await askingOf(source)).latest(source, values, nowMs);
  },
  async runs(source, asked, nowMs) {
    const range = await rangeOf(source, asked, nowMs);
    return paged(await (await askingOf(source)).runs(source, range, asked.values, nowMs), range);
  },
  async run(source, { values }, nowMs) {
    return await (await askingOf(source)).run(source, values.run, values, nowMs);
  },
  async explain(source, { values }, nowMs) {
    return await (await askingOf(source)).explain(source, values.run, nowMs);
  },
  async region(source, asked, nowMs) {
    const range = await rangeOf(source, asked, nowMs);
    return paged(await (await askingOf(source)).region(source, asked.values.region, range, asked.values, nowMs), range);
  },
  async diff(source, { values: { a, b } }, nowMs) {
    return await (await askingOf(source)).diff(source, [a, b], nowMs);
  },
  async headroom(source, { values: { days, above } }, nowMs) {
    const wanted = { days, ...(above !== undefined && { alarmPercent: above }) };
    return await (await askingOf(source)).headroom(source, wanted, nowMs);
  },
  async accounts(source, { values }, nowMs) {
    const { of, limit, after } = values;
    const page = { limit, ...(after !== undefined && { after }) };
    const { answer } = await readAccounts(source, of, values, page, nowMs);
    // Of the same run, though a newer one may have a total by then.
    const { next, run } = answer;
    return { answer, ...(next !== null && { link: { after: next, of: run.runId } }) };
  },
  async metrics(source, { values }, nowMs) {
    return await (await askingOf(source)).metrics(source, { isByAccount: values.by === 'account' }, nowMs);
  },
};

/** @throws what the answers throw */
export async function ask(route: LedgerRoute, source: Source, asked: Asked, nowMs: number): Promise<Told> {
  const told = await ASK[route](source, asked, nowMs);
  return { ...told, answer: withAtMost(told.answer, MOST_ACCOUNTS) };
}

/** A page of the range: its ends once they are known, so that the pages after it are of the same. */
async function rangeOf(source: Source, { values, query }: Asked, nowMs: number): Promise<Range> {
  const times = await findTimes(source, values, nowMs);
  const isBounded = (values.since ?? values.until) !== undefined;
  const wished = isBounded && !query.has('last') ? RUNS_OF_A_PAGE : values.last;
  return { ...times, limit: Math.min(wished, RUNS_OF_A_PAGE) };
}

function paged({ answer }: { answer: Document }, { since }: Range): Told {
  const { next = null } = answer as Document & { next?: string | null };
  return { answer, ...(next !== null && { link: { until: next, ...(since !== undefined && { since }) } }) };
}
