/** A local run of the organisation: it is opened, watched until it has settled, and told with what each account truly holds. */
import { makeDamage } from '../../answers/damage.ts';
import { manyOf } from '../../answers/kind-words.ts';
import { type ComparedOrganization, readCompared, readUpTo } from '../../answers/organization/compared-run.ts';
import { organizationRunOf } from '../../answers/organization/run.ts';
import type { LedgerReader, WholeOrganization } from '../../answers/reader.ts';
import { type RunAnswer, runOf } from '../../answers/run.ts';
import { censusIdOf, ORGANIZATION } from '../../census/census-id.ts';
import { accountKeyOf } from '../../census/organization/run.ts';
import type { RunKey } from '../../census/run.ts';
import type { Io } from '../io.ts';
import { exitCodeOf } from '../print.ts';
import { makeView } from '../render/text.ts';
import { makeOrganizationProgress } from './organization-progress.ts';
import { organizationResult, printOrganization } from './organization-result.ts';
import type { Truth } from './result.ts';
import { openRunsNow, type Watched, watchEach } from './run.ts';
import type { LocalStack } from './stack.ts';
import type { Told } from './told.ts';
import { truthOf, type Video } from './video.ts';

/** Milliseconds between two looks at a run: each reads the plan and all account records. */
const POLL_MS = 250;

type Options = { json: boolean; wide: boolean; timeScale: number };

export async function censusOfOrganization(
  { json, wide, timeScale }: Options,
  io: Io,
  video: Video,
  { ledger, stack, givenUp }: LocalStack,
  say: (line: string) => void,
): Promise<Told[]> {
  const { kinds } = video;
  const censusIds = kinds.map((kind) => censusIdOf(ORGANIZATION, kind));
  const keys = await openRunsNow({ readRun: ledger.wholeOrganization }, stack, censusIds, io);
  const progress = makeOrganizationProgress(json ? process.stderr : process.stdout, say, { kinds, timeScale });
  const following = { everyMs: POLL_MS, sleep: io.sleep, signal: io.interrupted() };
  const watched = await watchEach<WholeOrganization>(keys, {
    ...following,
    nowMs: io.nowMs,
    givenUp,
    look: ledger.wholeOrganization,
    show: (kind, whole, atMs) => progress.show(kind, whole && organizationRunOf(whole, atMs), atMs),
  }).finally(progress.end);
  const told: Told[] = [];
  for (const one of watched) told.push(await outcomeOf(one, io, wide, video, ledger));
  return told;
}

/** @throws the reason why the only kind was not counted */
async function outcomeOf(
  watched: Watched<WholeOrganization>,
  io: Io,
  wide: boolean,
  video: Video,
  reader: LedgerReader,
): Promise<Told> {
  const { kind } = watched;
  if ('error' in watched) {
    if (video.kinds.length === 1) throw watched.error;
    const { message: error } = watched.error;
    return { outcome: { kind, error }, exitCode: 1, print: () => `${manyOf(kind)}: ${error}` };
  }
  const { key } = watched;
  const damage = makeDamage();
  const source = { reader, censusId: key.censusId, description: 'the local ledger' };
  const [summary, ...earlier] = await readUpTo(source, key.runId, io.nowMs(), damage);
  const answer = await readCompared(source, summary, earlier, io.nowMs(), damage);
  for (const { problem } of damage.items()) io.warn(problem);
  const own = await ownRuns(key, answer, reader, io.nowMs());
  const truth = truthOfAll(video, kind, answer, own);
  const result = organizationResult(answer, own, truth);
  return {
    outcome: { kind, result },
    exitCode: exitCodeOf(answer.run),
    print: () => printOrganization(result, answer, truth, makeView(io, { wide, kind })),
  };
}

/** The run of each account that has one: the organisation's names only the first of its missing regions. */
async function ownRuns(
  key: RunKey,
  { accounts }: Pick<ComparedOrganization, 'accounts'>,
  reader: LedgerReader,
  nowMs: number,
): Promise<Map<string, RunAnswer>> {
  const found = new Map<string, RunAnswer>();
  for (const { accountId, streams } of accounts) {
    if (streams === null) continue;
    const whole = await reader.wholeRun(accountKeyOf(key, accountId));
    if (whole !== undefined) found.set(accountId, runOf(whole, nowMs));
  }
  return found;
}

/** Over all accounts that the run names. */
function truthOfAll(
  video: Video,
  kind: Parameters<typeof truthOf>[1],
  { accounts }: Pick<ComparedOrganization, 'accounts'>,
  own: ReadonlyMap<string, RunAnswer>,
): Truth | undefined {
  const truths = accounts.flatMap(
    ({ accountId }) => truthOf(video, kind, own.get(accountId)?.regions ?? [], accountId) ?? [],
  );
  if (truths.length === 0) return undefined;
  const sum = (part: keyof Truth) => truths.reduce((all, truth) => all + truth[part], 0);
  return { all: sum('all'), counted: sum('counted'), elsewhere: sum('elsewhere') };
}
