/** What an agent can ask: for each tool what it takes, what it says of itself, and which answer it is. */
import { askingOf } from '../../answers/asking/asking-of.ts';
import { HISTORY_DAYS, VERDICTS } from '../../answers/asking/limits.ts';
import { findTimes } from '../../answers/asking/times.ts';
import type { News } from '../../answers/news.ts';
import { NoAnswer } from '../../answers/no-answer.ts';
import { readAccounts } from '../../answers/organization/accounts.ts';
import type { Source } from '../../answers/reader.ts';
import { findRunId, parseRunName, parseTimeName } from '../../answers/run-name.ts';
import { isOfOrganization, ORGANIZATION, parseAccountId, parseOwner } from '../../census/census-id.ts';
import { InvalidInputError, REASONS } from '../../census/errors.ts';
import { KINDS, type Kind, STREAMS } from '../../census/kinds.ts';
import { parseRegion } from '../../census/region.ts';
import { choice, count, type Fields, type Inputs, readInputs, text } from './inputs.ts';

/** `more`: the inputs that ask for what lies behind it in the ledger; how much that is, nobody knows. */
export type Found = { answer: object; news: readonly News[]; more: object | null };

/** One call of a tool, its inputs checked. */
type Inquiry = {
  account?: string;
  kind?: Kind;
  cursor?: string;
  /** All of them but the cursor, as they were given. */
  inputs: object;
  /** Reads, and does nothing before it has read a run. */
  ask(source: Source, nowMs: number): Promise<Found>;
};

export type Question = {
  name: string;
  title: string;
  description: string;
  fields: Fields;
  required: readonly string[];
  /** Of which documents of docs/json.md the answer is one. */
  documents: readonly string[];
  /** @throws InvalidInputError with one sentence */
  read(given: unknown): Inquiry;
};

/** What every tool takes. */
const COMMON = {
  account: text(
    `Whose runs: an account id of twelve digits, or ${ORGANIZATION} for all accounts together. Left out: what the ledger counts`,
    parseOwner,
  ),
  kind: choice(`Of which kind the runs are (default: ${STREAMS})`, KINDS),
  cursor: text(
    'The cursor of an earlier result, for what that left out; beside it the same inputs, or none',
    (value) => {
      if (typeof value === 'string' && value !== '') return value;
      throw new InvalidInputError('Expected the cursor of an earlier result, or nothing.');
    },
  ),
};

const RUN_NAMES = 'its id or the beginning of it, a day, latest, latest~1, previous or yesterday';
const run = (what: string) => text(`${what}: ${RUN_NAMES}`, parseRunName);

const ofRuns = {
  verdict: choice('Only runs of this verdict; open: without a total', VERDICTS),
  reason: choice('Only runs in which a region, or an account, is missing for this reason', REASONS),
};
const ofAccounts = {
  verdict: choice(
    'Of an organisation only the accounts of this verdict; partial: also those of which there is nothing',
    VERDICTS,
  ),
  reason: choice('Of an organisation only the accounts that miss something for this reason', REASONS),
};

const times = {
  since: text('Not before this day, instant (UTC), run, or length of time ago such as 24h', parseTimeName),
  until: text('Not after it', parseTimeName),
};

/** As many runs as an agent can have in mind; what is left out, the cursor gives. */
const LAST_RUNS = 10;
const LAST_POINTS = 30;
const MOST_RUNS = 200;
const ACCOUNTS = 50;
const MOST_ACCOUNTS = 200;

export const QUESTIONS: readonly Question[] = [
  question({
    name: 'latest_total',
    title: 'The newest total',
    description:
      'How many streams there are: the newest total, by region (or by account, of an organisation), whether it is complete, what is missing and why, and how it compares with the last complete total.',
    fields: ofAccounts,
    documents: ['latest', 'organization-latest'],
    ask: async (source, filter, nowMs) => whole(await (await askingOf(source)).latest(source, filter, nowMs)),
  }),
  question({
    name: 'explain_run',
    title: 'How a number came about',
    description:
      'How the number of a run came about, what is missing from it and why, and what a person can do about it.',
    fields: { run: run('Which run (default: latest)') },
    documents: ['explain', 'organization-explain'],
    ask: async (source, { run: name = 'latest' }, nowMs) =>
      whole(await (await askingOf(source)).explain(source, name, nowMs)),
  }),
  question({
    name: 'region_history',
    title: 'One region through time',
    description:
      'What each run counted in one region of an account, newest first, and why it was missing where it was.',
    fields: {
      region: text('The region that was counted, such as eu-west-1', parseRegion),
      last: count(`The newest so many runs (default: ${LAST_POINTS})`, { most: MOST_RUNS }),
      ...times,
      reason: choice('Only where the region was missing for this reason', REASONS),
    },
    required: ['region'],
    documents: ['region'],
    async ask(source, { region, last = LAST_POINTS, since, until, reason }, nowMs) {
      const range = await findTimes(source, { since, until }, nowMs);
      const filter = reason === undefined ? {} : { reason };
      const told = await (await askingOf(source)).region(source, region, { ...range, limit: last }, filter, nowMs);
      return goingOn(told, { region, last, ...range, ...filter });
    },
  }),
  question({
    name: 'diff_runs',
    title: 'What lies between two runs',
    description:
      'What really changed between two runs, apart from what only came into sight or went out of it. Without before and after: the newest total and the one that it is best compared with, which tells why it is lower or higher than before.',
    fields: { before: run('The earlier run'), after: run('The later run (default: latest)') },
    documents: ['diff', 'organization-diff'],
    async ask(source, { before, after }, nowMs) {
      if (before === undefined && after !== undefined) {
        throw new InvalidInputError('diff_runs takes `after` with `before`: name both, or only `before`, or neither.');
      }
      const names = before === undefined ? undefined : ([before, after ?? 'latest'] as const);
      return whole(await (await askingOf(source)).diff(source, names, nowMs));
    },
  }),
  question({
    name: 'headroom',
    title: 'How full each region is',
    description:
      'How full each region (or account) is against its quota, when it will be full at the present growth, and the command with which a person asks AWS for more.',
    fields: {
      days: count(`The history that growth is told from, in days (default: ${HISTORY_DAYS.usual}); of an account`, {
        least: HISTORY_DAYS.least,
        most: HISTORY_DAYS.most,
      }),
      above: count("From how many percent on a region is above (default: the deployment's own); of an account", {
        most: 100,
      }),
    },
    documents: ['headroom', 'organization-headroom'],
    async ask(source, { days = HISTORY_DAYS.usual, above }, nowMs) {
      const wanted = { days, ...(above !== undefined && { alarmPercent: above }) };
      return whole(await (await askingOf(source)).headroom(source, wanted, nowMs));
    },
  }),
  question({
    name: 'list_runs',
    title: 'The history of totals',
    description:
      'The runs, newest first: of each its number, verdict and what is missing; of a complete one the change since the complete one before it.',
    fields: {
      last: count(`The newest so many (default: ${LAST_RUNS})`, { most: MOST_RUNS }),
      ...times,
      ...ofRuns,
    },
    documents: ['runs', 'organization-runs'],
    async ask(source, { last = LAST_RUNS, since, until, ...filter }, nowMs) {
      const range = await findTimes(source, { since, until }, nowMs);
      const told = await (await askingOf(source)).runs(source, { ...range, limit: last }, filter, nowMs);
      return goingOn(told, { last, ...range, ...filter });
    },
  }),
  question({
    name: 'list_accounts',
    title: 'The accounts of an organisation',
    description:
      "The accounts of one run of the organisation, in the order of their ids: of each its number, its state and what is missing. Of one account's own regions explain_run or region_history tell, with `account`.",
    fields: {
      run: run('Of which run (default: latest)'),
      ...ofAccounts,
      last: count(`So many at once (default: ${ACCOUNTS})`, { most: MOST_ACCOUNTS }),
      after: text('Only accounts with later ids than this one', parseAccountId),
    },
    documents: ['accounts'],
    async ask(source, { run: name = 'latest', last = ACCOUNTS, after, ...filter }, nowMs) {
      // All pages are of one run, also when a newer one gets its total meanwhile.
      const runId = await findRunId(source, name, nowMs);
      if (!isOfOrganization(source.censusId)) throw await notTogether(source);
      const page = { limit: last, ...(after !== undefined && { after }) };
      const { answer, news } = await readAccounts(source, runId, filter, page, nowMs);
      const more = answer.next === null ? null : { run: runId, last, ...filter, after: answer.next };
      return { answer, news, more };
    },
  }),
];

/** @throws NoAnswer */
async function notTogether(source: Source): Promise<NoAnswer> {
  // Not before a run was read: then it is known whose runs these are.
  await source.reader.newestRuns(source.censusId, { runs: 1, onDamaged: () => {} });
  return new NoAnswer(
    `These runs are of one account, and not of an organisation, so there are no accounts to list: latest_total tells what is counted; or ask with \`account\`: "${ORGANIZATION}".`,
  );
}

type Told = { answer: object; news: readonly News[] };

const whole = ({ answer, news }: Told): Found => ({ answer, news, more: null });

/** `next` is where the history goes on. */
function goingOn({ answer, news }: Told, inputs: object): Found {
  const next = 'next' in answer && typeof answer.next === 'string' ? answer.next : null;
  return { answer, news, more: next === null ? null : { ...inputs, until: next } };
}

type Asked<Own extends Fields, Required extends keyof Own> = Pick<
  Question,
  'name' | 'title' | 'description' | 'documents'
> & {
  fields: Own;
  required?: readonly (Required & string)[];
  ask(source: Source, inputs: Inputs<Own, Required>, nowMs: number): Promise<Found>;
};

function question<Own extends Fields, Required extends keyof Own = never>({
  fields,
  required = [],
  ask,
  ...told
}: Asked<Own, Required>): Question {
  return {
    ...told,
    fields: { ...fields, ...COMMON },
    required,
    read(given) {
      const { account, kind, cursor, ...own } = readInputs<Inputs<Own, Required> & Inputs<typeof COMMON>>(
        told.name,
        { ...fields, ...COMMON },
        required,
        given,
      );
      const whose = { ...(account !== undefined && { account }), ...(kind !== undefined && { kind }) };
      return {
        ...whose,
        ...(cursor !== undefined && { cursor }),
        inputs: { ...whose, ...own },
        ask: (source, nowMs) => ask(source, own as Inputs<Own, Required>, nowMs),
      };
    },
  };
}
