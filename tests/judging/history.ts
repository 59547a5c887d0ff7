/** What happened, as somebody saw who stood beside the services. The invariants judge it. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { StreamInfo } from '@aws-sdk/client-kinesis-video';
import type { Comparison } from '../../src/answers/comparison.ts';
import type { Reason } from '../../src/census/errors.ts';
import type { Kind } from '../../src/census/kinds.ts';
import type { ListedAccount } from '../../src/census/organization/accounts.ts';
import type { Trouble } from './region-world.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

export type FunctionName = 'dispatcher' | 'worker' | 'undelivered' | 'aggregator';
/** Whoever makes requests: the functions, and the person who retries what is missing. */
export type Caller = FunctionName | 'person';

export type Invocation = {
  of: Caller;
  nth: number;
  startedAtMs: number;
  endedAtMs?: number;
  outcome?: 'answered' | 'threw' | 'died';
  /** It stood still for a while. */
  wasFrozen?: true;
  /** Worker and undelivered: whose message. */
  messageId?: string;
  /** Dispatcher: of which run. */
  runId?: string;
  /** The kind that its message or nudge names, and the account or `organization`. Absent: none, or nobody saw it. */
  kind?: Kind;
  account?: string;
};

/** Absent: streams; and the account of a stack that counts no other. */
type OfCensus = { kind?: Kind; account?: string };

type VideoCall = OfCensus & {
  /** When the service saw it. */
  atMs: number;
  region: string;
  invocation: Invocation;
  /** What was asked: the same for a page that is asked for again. */
  page: string;
  trouble?: Trouble;
};

/** A call that whoever made it did not wait for any longer. */
type CutOff = OfCensus & {
  region: string;
  invocation: Invocation;
  sentAtMs: number;
  atMs: number;
  /** Nothing had been asked before of this region, by this invocation. */
  isFirst: boolean;
};

/** An answer of Kinesis Video that reached who asked. */
export type Heard = OfCensus & {
  /** When the service gave it. */
  servedAtMs: number;
  region: string;
  invocation: Invocation;
  /** The prefix of a list, if it had one; or the name that was asked for. */
  asked: { prefix?: string; name?: string };
  streams: readonly StreamInfo[];
  /** The list, or that of this prefix, was at its end. */
  isLast: boolean;
};

/** What came of one question to Service Quotas, as whoever asked heard it. */
export type QuotaHeard = OfCensus & {
  atMs: number;
  region: string;
  invocation: Invocation;
  question: 'applied' | 'default';
  /** A value as it came; that it knows none; why no answer came. `cut off`: nobody waited for it any longer. */
  heard: { value: unknown } | 'none' | 'denied' | 'throttled' | 'unreachable' | 'timed-out' | 'bad-answer' | 'cut off';
};

/** One message of one region task. A dead letter is another message. */
export type TaskMessage = OfCensus & {
  runId: string;
  region: string;
  /** These are absent where nobody saw them. */
  round?: number;
  messageId?: string;
  quick?: true;
  queue: string;
  sentAtMs: number;
  acknowledgedAtMs?: number;
};

export type History = {
  startMs: number;
  healedAtMs: number;
  endedAtMs: number;
  /** It was stopped, because it did not end by itself. */
  exhausted: boolean;
  /** Every change of the ledger. */
  writes: { atMs: number; before: Item | undefined; after: Item; by?: Invocation | undefined }[];
  /** How many of these there were when the last sweep that was carried out began. */
  writesBySweep: number;
  /** The ids of the runs that somebody asked for. */
  triggered: Set<string>;
  /** Who asked again for an organisation's run: for all that it misses, or for these accounts. */
  askedAgain: (OfCensus & { atMs: number; runId: string; round: number; accounts?: readonly string[] })[];
  /** Bodies of what was published to a topic of totals: to which, if somebody saw that, and of which kind its attributes say it is. */
  announcements: { atMs: number; body: string; topic?: string; attributed?: string }[];
  /** The same in words. */
  mails: { atMs: number; text: string; attributed?: string }[];
  invocations: Invocation[];
  /** Of one message, as its queue says. */
  mostReceives: number;
  videoCalls: VideoCall[];
  heard: Heard[];
  cutOff: CutOff[];
  quotas: QuotaHeard[];
  tasks: TaskMessage[];
  /** True answers, heard to their end, of where the service is and of which of these regions are off. */
  answers: (OfCensus & { atMs: number; what: 'live' | 'off'; regions: readonly string[]; invocation: Invocation })[];
  /** The accounts of the organisation, as they were told to whoever asked, to the end of the list. */
  lists: { atMs: number; invocation: Invocation; accounts: readonly ListedAccount[] }[];
  /** What became of each request for a session in an account: one, or why there is none. */
  access: { atMs: number; account: string; invocation: Invocation; heard: 'granted' | Reason }[];
  /** Seen by somebody outside: evidence of why a region could not be counted; without a region, of any of the account. */
  evidence: (OfCensus & { atMs: number; region?: string; reason: Reason })[];
  /** Requests by site, in the order in which they were sent; of the kind and account that whoever sent it was about, if there was one. */
  requests: {
    site: string;
    nth: number;
    atMs: number;
    by: Invocation;
    kind?: Kind | undefined;
    account?: string | undefined;
  }[];
  logLines: string[];
  parked: string[];
  /** The events that Lambda gave up, as JSON. */
  failedInvocations: string[];
  /** What a person is told in the end of two totals. */
  comparisons: (OfCensus & { now: string; before: string; comparison: Comparison })[];
};

export function makeHistory(startMs: number, healedAtMs: number): History {
  return {
    startMs,
    healedAtMs,
    endedAtMs: startMs,
    exhausted: false,
    writes: [],
    writesBySweep: 0,
    triggered: new Set(),
    askedAgain: [],
    announcements: [],
    mails: [],
    invocations: [],
    mostReceives: 0,
    videoCalls: [],
    heard: [],
    cutOff: [],
    quotas: [],
    tasks: [],
    lists: [],
    access: [],
    evidence: [],
    requests: [],
    logLines: [],
    answers: [],
    parked: [],
    failedInvocations: [],
    comparisons: [],
  };
}
