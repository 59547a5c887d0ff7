/** Ledgers in every state, and ten questions that every door is asked of each. */
import { ORGANIZATION } from '../../src/census/census-id.ts';
import { ACCOUNT, type Past } from '../cli/history.ts';
import type { TestLedger } from '../cli/world.ts';
import { storyOf } from '../fixtures/kinds.ts';
import { organizationStory } from '../fixtures/organization.ts';
import { RUN, story } from '../fixtures/story.ts';
import { type Body, organizationTruthOf, regionTruthOf, type Told, truthOf } from './told.ts';

const REGION = 'eu-west-1';

/** What whoever filled a ledger knows of it. */
export type World = {
  fill(ledger: TestLedger): Promise<void>;
  isOrganization?: true;
  /** Newest first, those that can be read. */
  runs: Told[];
  /** The same of the signaling channels. */
  channels?: Told[];
  region?: Told[];
  /** Runs that cannot be read. */
  damaged?: string[];
};

const whole = story().slice(0, 5);
const underWay = story({ isOneUnderWay: true });
const organization = organizationStory({ isOneUnderWay: true });
const channels = storyOf('channels').slice(0, 7);
const unreadable: string[] = [RUN.slow, RUN.retried, RUN.beforeRetry];
const readable = story().filter(({ run }) => !unreadable.includes(run.runId));

function ofAccount(past: readonly Past[]): World {
  return {
    fill: async (ledger) => await ledger.fill(past),
    runs: truthOf(past),
    region: regionTruthOf(past, REGION),
  };
}

export const WORLDS: Readonly<Record<string, World>> = {
  complete: ofAccount(whole),
  partial: ofAccount(story()),
  'complete after a partial run': ofAccount(story({ isWholeAgain: true })),
  'of one run, which is open': ofAccount(underWay.slice(-1)),
  'partial, with an open run': ofAccount(underWay),
  damaged: {
    ...ofAccount(readable),
    async fill(ledger) {
      await ledger.fill(story());
      await damage(ledger, RUN.slow);
      await contradict(ledger, RUN.retried);
      await exchange(ledger, RUN.beforeRetry, RUN.first);
    },
    damaged: unreadable,
  },
  empty: { fill: async () => {}, runs: [] },
  'of several kinds': {
    ...ofAccount(story()),
    async fill(ledger) {
      await ledger.fill(story());
      await ledger.fill(channels);
    },
    channels: truthOf(channels),
  },
  'of an organisation': {
    fill: async (ledger) => await ledger.fillOrganization(organization),
    isOrganization: true,
    runs: organizationTruthOf(organization),
  },
};

export async function damage(ledger: TestLedger, runId: string): Promise<void> {
  await ledger.damage(
    { censusId: ACCOUNT, runId },
    { UpdateExpression: 'REMOVE #plan', ExpressionAttributeNames: { '#plan': 'plan' } },
  );
}

/** It says that it is partial, and misses nothing. */
async function contradict(ledger: TestLedger, runId: string): Promise<void> {
  await ledger.damage(
    { censusId: ACCOUNT, runId },
    {
      UpdateExpression: 'SET #total.#verdict = :verdict',
      ExpressionAttributeNames: { '#total': 'total', '#verdict': 'verdict' },
      ExpressionAttributeValues: { ':verdict': { S: 'partial' } },
    },
  );
}

/** One run says that it is the other. */
async function exchange(ledger: TestLedger, runId: string, other: string): Promise<void> {
  await ledger.damage(
    { censusId: ACCOUNT, runId },
    {
      UpdateExpression: 'SET #runId = :runId',
      ExpressionAttributeNames: { '#runId': 'runId' },
      ExpressionAttributeValues: { ':runId': { S: other } },
    },
  );
}

type Page = { path: string; tells: (body: PageBody) => Body };

export type Question = {
  words: string;
  /** Each is left out where a door does not know the question. */
  command?: string;
  api: string;
  agent: [tool: string, inputs?: object];
  /** It tells of the same in another document. */
  isAgentsOwn?: true;
  page?: (world: World) => Page | undefined;
  /** Of Prometheus: what else is asked for, as options and as a query. */
  metrics?: { options: string; query: string };
  /** Nothing: there is no answer, and each door says so. */
  expected: (world: World) => readonly Told[];
};

export type PageBody = Body & {
  kinds?: { kind: string; runId: string; verdict: string | null; streams: number | null }[];
  latest: Body | null;
  open: Body | null;
  damaged: { runId: string }[];
};

/** The newest total; where there is none, the newest run. */
export const newestOf = (runs: readonly Told[]) => [runs.find(isTotal) ?? runs[0]].filter((one) => one !== undefined);
const isTotal = ({ verdict }: Told) => verdict !== 'open';
const totalsOf = ({ runs }: World) => runs.filter(isTotal);

/** What the page shows first. */
export const shown = ({ latest, open }: PageBody): Body => latest ?? open ?? {};

export const QUESTIONS: readonly Question[] = [
  {
    words: 'How many are there now?',
    command: 'latest',
    api: '/v1/latest',
    agent: ['latest_total'],
    page: () => ({ path: '/data/newest', tells: shown }),
    metrics: { options: '', query: '' },
    expected: ({ runs }) => newestOf(runs),
  },
  {
    words: 'What is missing, and what can be done?',
    command: 'explain latest',
    api: '/v1/runs/latest/explain',
    agent: ['explain_run', { run: 'latest' }],
    page: () => ({ path: '/data/newest', tells: (body) => ({ ...(shown(body).run && { run: shown(body).run }) }) }),
    expected: ({ runs }) => newestOf(runs),
  },
  {
    words: 'How has it been?',
    command: 'runs --last 50',
    api: '/v1/runs?last=50',
    agent: ['list_runs', { last: 50 }],
    page: () => ({ path: '/data/history', tells: (body) => body }),
    expected: ({ runs }) => runs,
  },
  {
    words: 'Which totals were partial?',
    command: 'runs --last 50 --verdict partial',
    api: '/v1/runs?last=50&verdict=partial',
    agent: ['list_runs', { last: 50, verdict: 'partial' }],
    page: () => ({
      path: '/data/history',
      tells: ({ lines = [] }) => ({ lines: lines.filter(({ verdict }) => verdict === 'partial') }),
    }),
    expected: ({ runs }) => runs.filter(({ verdict }) => verdict === 'partial'),
  },
  {
    words: 'What was in a certain run?',
    command: `run ${RUN.worst}`,
    api: `/v1/runs/${RUN.worst}`,
    agent: ['explain_run', { run: RUN.worst }],
    isAgentsOwn: true,
    page: () => ({ path: `/data/runs/${RUN.worst}`, tells: (body) => body }),
    expected: ({ runs }) => runs.filter(({ runId }) => runId === RUN.worst),
  },
  {
    words: 'What has changed since the total before?',
    command: 'diff previous latest',
    api: '/v1/diff/previous/latest',
    agent: ['diff_runs', { before: 'previous', after: 'latest' }],
    page: (world) => {
      const [after, before] = totalsOf(world);
      // Of an organisation the page compares nothing but the newest total with the one before.
      if (world.isOrganization) return undefined;
      return { path: `/data/diff/${before?.runId ?? RUN.worst}/${after?.runId ?? RUN.newest}`, tells: (body) => body };
    },
    expected: (world) => (totalsOf(world).length < 2 ? [] : totalsOf(world).slice(0, 2).reverse()),
  },
  {
    words: `Since when is ${REGION} missing?`,
    command: `region ${REGION} --last 50`,
    api: `/v1/regions/${REGION}?last=50`,
    agent: ['region_history', { region: REGION, last: 50 }],
    page: () => ({ path: `/data/regions/${REGION}`, tells: (body) => body }),
    expected: ({ region = [] }) => region,
  },
  {
    words: 'How full is it?',
    command: 'headroom',
    api: '/v1/headroom',
    agent: ['headroom'],
    page: () => ({ path: '/data/newest', tells: ({ latest }) => ({ ...(latest?.run && { run: latest.run }) }) }),
    expected: (world) => totalsOf(world).slice(0, 1),
  },
  {
    words: 'What is there of each account?',
    api: '/v1/accounts',
    agent: ['list_accounts', { account: ORGANIZATION }],
    page: () => ({ path: `/data/newest?account=${ORGANIZATION}`, tells: shown }),
    metrics: { options: ` --account ${ORGANIZATION} --by account`, query: `?account=${ORGANIZATION}&by=account` },
    expected: ({ isOrganization, runs }) => (isOrganization ? newestOf(runs) : []),
  },
  {
    words: 'How many are there of another kind?',
    command: 'latest --kind channels',
    api: '/v1/latest?kind=channels',
    agent: ['latest_total', { kind: 'channels' }],
    page: () => ({ path: '/data/newest?kind=channels', tells: shown }),
    metrics: { options: ' --kind channels', query: '?kind=channels' },
    expected: ({ channels: ofChannels = [] }) => newestOf(ofChannels),
  },
];
