/** The history of the ledger, read organisation's run by organisation's run; and the stories of its accounts beside it. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ORGANIZATION } from '../../src/census/census-id.ts';
import type { Kind } from '../../src/census/kinds.ts';
import type { AccountRecord, SettledAccount } from '../../src/census/organization/account-record.ts';
import type { OrganizationAccount, OrganizationRun } from '../../src/census/organization/run.ts';
import type { StoredOrganizationTotal } from '../../src/census/organization/total.ts';
import type { LastKnown, StoredTotal } from '../../src/census/run.ts';
import { historyOf } from './by-census.ts';
import type { History, Item } from './history.ts';
import type { RunStory, Story, Version } from './story.ts';

export type OrganizationRunStory = {
  runId: string;
  /** As it was when the run opened. */
  accounts: readonly OrganizationAccount[];
  /** Every version of the run's item, oldest first. */
  versions: Version<OrganizationRun>[];
  totals: Version<StoredOrganizationTotal>[];
  /** Every version of each account's record, oldest first. */
  records: Map<string, Version<AccountRecord>[]>;
  announcements: { atMs: number; rev: number; total: unknown }[];
};

/** What was asked of the organisation, and what was done to it. */
export type OrganizationCircumstances = {
  /** As in `Circumstances`: of the whole. */
  isCalm: boolean;
  isUndisturbed: boolean;
  clocksWrongByMs: number;
  crowd: number;
  /** Nothing goes wrong with the dispatcher, nor with what it asks. */
  isPlanSound: boolean;
  /** A person has named the accounts. */
  areNamed: boolean;
  retries: number;
  announcedAgain: number;
  /** Seconds after the start from which on all accounts are counted. */
  fromS: number;
};

/** Of one kind. */
export type OrganizationStory = {
  kind: Kind;
  /** The stack's own. */
  ownId: string;
  circumstances: OrganizationCircumstances;
  /** What is about no account alone. */
  history: History;
  whole: History;
  runs: OrganizationRunStory[];
  /** Of each account that there ever is, by id. */
  accounts: ReadonlyMap<string, Story>;
};

export function readOrganizationStory(
  circumstances: OrganizationCircumstances,
  whole: History,
  { kind, ownId, accounts }: Pick<OrganizationStory, 'kind' | 'ownId' | 'accounts'>,
): OrganizationStory {
  const history = historyOf(whole, kind, ORGANIZATION);
  return { kind, ownId, circumstances, history, whole, runs: readOrganizationRuns(history), accounts };
}

type Chunk = { planId: string; nth: string; accounts: OrganizationAccount[] };

/** @param history of one kind, of the organisation alone */
export function readOrganizationRuns(history: History): OrganizationRunStory[] {
  const runs = new Map<string, OrganizationRunStory & { chunks: Chunk[] }>();
  const runOf = (runId: string) => {
    const run = runs.get(runId) ?? emptyRun(runId);
    runs.set(runId, run);
    return run;
  };
  for (const { atMs, before, after, by } of history.writes) {
    const [what, , runId = ''] = after.pk?.S?.split('#') ?? [];
    if (what !== 'RUN') continue;
    const run = runOf(runId);
    const [sort = '', name = '', nth = ''] = after.sk?.S?.split('#') ?? [];
    if (sort === 'PLAN') run.chunks.push({ planId: name, nth, accounts: unmarshall(after).accounts });
    else if (sort === 'ACCOUNT') {
      const value = unmarshall(after) as AccountRecord;
      run.records.set(name, [...(run.records.get(name) ?? []), { atMs, value, by }]);
    } else if (sort === 'RUN') {
      if (run.versions.length === 0) run.accounts = planOf(run.chunks, after.planId?.S);
      const value = readRun(after, run.accounts);
      run.versions.push({ atMs, value, by });
      if (value.total !== undefined && after.total !== before?.total) run.totals.push({ atMs, value: value.total });
    }
  }
  for (const { atMs, body } of history.announcements) {
    const { runId, rev, total } = JSON.parse(body);
    runOf(runId).announcements.push({ atMs, rev, total });
  }
  // A plan that nobody's run came to name.
  return [...runs.values()].filter(({ versions }) => versions.length > 0);
}

const emptyRun = (runId: string): OrganizationRunStory & { chunks: Chunk[] } => ({
  runId,
  accounts: [],
  versions: [],
  totals: [],
  records: new Map(),
  announcements: [],
  chunks: [],
});

function planOf(chunks: readonly Chunk[], planId: string | undefined): OrganizationAccount[] {
  const own = new Map(chunks.filter((chunk) => chunk.planId === planId).map((chunk) => [chunk.nth, chunk.accounts]));
  return [...own].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, accounts]) => accounts);
}

function readRun(item: Item, accounts: readonly OrganizationAccount[]): OrganizationRun {
  const { pending = new Set(), ...rest } = unmarshall(item);
  const [, censusId] = item.pk?.S?.split('#') ?? [];
  const ids = [...(pending as Set<number>)].map(
    (position) => accounts[Number(position)]?.accountId ?? `no. ${position}`,
  );
  return { ...rest, censusId, accounts, pending: ids.sort() } as unknown as OrganizationRun;
}

/** The accounts that the run must hear from: those that are asked, and those that are set aside and held something. */
export function plannedIn({ accounts }: OrganizationRunStory): OrganizationAccount[] {
  return accounts.filter(({ setAside, lastKnown }) => setAside === undefined || (lastKnown?.streams ?? 0) > 0);
}

/** The run of an account at the same instant, if there is one. */
export function accountRunOf({ accounts }: OrganizationStory, accountId: string, runId: string): RunStory | undefined {
  return accounts.get(accountId)?.runs.find((run) => run.runId === runId);
}

export const isSettledRecord = (version: Version<AccountRecord>): version is Version<SettledAccount> =>
  version.value.status === 'settled';

/** Every total that an earlier run of the account ever had, run by run. */
export function totalsBefore({ accounts }: OrganizationStory, accountId: string, runId: string) {
  const earlier = (accounts.get(accountId)?.runs ?? []).filter((run) => run.runId < runId);
  return earlier.flatMap((run) => run.totals.map((total) => ({ ...total, run })));
}

export const wasTotal = (totals: ReturnType<typeof totalsBefore>, { runId, streams }: LastKnown) =>
  totals.some(({ run, value }) => run.runId === runId && value.streams === streams);

/** A partial zero says nothing of what is there. */
export const saysWhatIsThere = ({ verdict, streams }: StoredTotal) => streams > 0 || verdict === 'complete';
