/** How far what an answer says can be trusted: for doors that say it beside the answer. */
import { descriptorOf, type Kind } from '../census/kinds.ts';
import type { RunId } from '../census/run.ts';
import type { Document } from './asking/asking.ts';
import { reasonWords } from './organization/reason-words.ts';
import type { OrganizationRunSummary } from './organization/run-summary.ts';
import { onlyNamed } from './plan-words.ts';
import type { DamagedItem } from './reader.ts';
import type { RunFilter } from './run-filter.ts';
import type { RunSummary } from './run-summary.ts';
import { duration, plural } from './words.ts';

export type Standing = {
  /** The run that the answer is of; of a history its newest, of two runs the one that is less whole. */
  runId: RunId;
  /** `open`: it has no total yet. */
  verdict: NonNullable<RunFilter['verdict']>;
  /** Regions, or accounts, that are not in the number, or not wholly. */
  missing: number;
  /** Seconds since the run's instant. */
  ageS: number;
  /** Items that could not be read, and were left out. */
  damaged: number;
  /** A sentence or two for people. */
  words: string;
};

type AnyRun = RunSummary | OrganizationRunSummary;
type Told = Document & {
  run?: AnyRun;
  before?: AnyRun;
  after?: AnyRun;
  runs?: readonly AnyRun[];
  damaged?: readonly DamagedItem[];
};

/** `null` for a document that is of no run, such as one region through time. `nowMs` is milliseconds since 1970. */
export function standingOf(document: Document, nowMs: number): Standing | null {
  const told = runToldIn(document);
  if (told === undefined) return null;
  const ageMs = Math.max(0, nowMs - Date.parse(told.runId));
  return {
    runId: told.runId,
    verdict: told.verdict ?? 'open',
    missing: told.expected - (told.counted ?? 0),
    ageS: Math.floor(ageMs / 1000),
    damaged: damagedIn(document).length,
    words: `${runInWords(told, document.kind)} Its instant was ${duration(ageMs)} ago.`,
  };
}

/** The run by which the answer is to be trusted. What lies between two runs is no more whole than either: of two alike it is the later. */
export function runToldIn(document: Document): AnyRun | undefined {
  const { run, before, after, runs } = document as Told;
  if (before !== undefined && after !== undefined) return wholeness(before) < wholeness(after) ? before : after;
  return run ?? runs?.[0];
}

const wholeness = ({ verdict }: AnyRun) => [null, 'partial', 'complete'].indexOf(verdict);

/** What the answer leaves out because it cannot be read, also where it is of no run. */
export const damagedIn = (document: Document): readonly DamagedItem[] => (document as Told).damaged ?? [];

/** The essence of a run: the number, the verdict and what is missing. */
export function runInWords(run: InWords, kind: Kind): string {
  const { one, many } = descriptorOf(kind).words;
  if (run.streams === null) return `The run ${run.runId} has no total yet.`;
  const counted = plural(run.streams, one, many);
  const verdict = `${run.verdict} (run ${run.runId}).`;
  if ('regionReasons' in run) {
    const gaps = run.verdict === 'complete' ? '' : missingWords(reasonWords(run));
    return `${counted}, ${run.counted} of ${run.expected} accounts complete: ${verdict}${gaps}`;
  }
  const named = onlyNamed(run);
  const off = named.length === 0 ? '' : ` Off in this account: ${named.join(', ')}.`;
  const gaps = missingWords(run.missing.map(({ region, reason }) => `${region} (${reason})`));
  return `${counted} in ${run.counted} of ${run.expected} regions: ${verdict}${gaps}${off}`;
}

type Common = 'runId' | 'verdict' | 'streams' | 'expected' | 'counted';
type InWords =
  | Pick<RunSummary, Common | 'missing' | 'off'>
  | Pick<OrganizationRunSummary, Common | 'accountReasons' | 'regionReasons'>;

const missingWords = (gaps: readonly string[]) =>
  gaps.length === 0 ? '' : ` Missing, unknown, not zero: ${gaps.join(', ')}.`;
