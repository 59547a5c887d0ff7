/** One screen of a stack: when it runs, what came of it, who is told, and what lies about. It judges nothing. */
import { KINDS, type Kind } from '../../census/kinds.ts';
import type { Run } from '../../census/run.ts';
import { type Head, headOf } from '../head.ts';
import { newestOf } from '../newest.ts';
import { type OrganizationRunSummary, organizationRunSummary } from '../organization/run-summary.ts';
import { type RunSummary, runSummary } from '../run-summary.ts';
import { ownAlarms, partOf } from './alarms.ts';
import { type Asked, FUNCTIONS, QUEUES, type Refusal, SCHEDULES, type StatusFacts } from './facts.ts';
import { answerOf, wordsOf } from './finding.ts';
import type { Shell } from './shell.ts';

/** `exists` is `null` where it could not be asked, and all that would be known of it is `null` then, too. */
type Part = { name: string; exists: boolean | null };

export type StatusAnswer = Head<'status'> & {
  stack: string;
  region: string;
  schedules: (Part & {
    isEnabled: boolean | null;
    expression: string | null;
    timezone: string | null;
    /** `null` also where nobody can tell. */
    nextAt: string | null;
  })[];
  /** Of streams: the newest run, and the newest that has a total. */
  lastRun: RunSummary | null;
  latest: RunSummary | null;
  /** The same of the organisation; `null` where the stack's own account is counted alone. */
  organization: { lastRun: OrganizationRunSummary; latest: OrganizationRunSummary | null } | null;
  /** The same of each other kind that is counted. */
  otherKinds: { kind: Kind; lastRun: RunSummary | null; latest: RunSummary | null }[];
  alarms: { name: string; state: string; since: string | null }[] | null;
  subscribers: { protocol: string; endpoint: string; isConfirmed: boolean }[] | null;
  queues: (Part & { waiting: number | null; inFlight: number | null })[];
  functions: (Part & { state: string | null })[];
  /** What could not be asked, and why. */
  unknown: { what: string; because: string }[];
};

type Asking = { accountId: string; stack: string; region: string };

export function statusAnswer(asking: Asking, facts: StatusFacts, nowMs: number, shell: Shell): StatusAnswer {
  return {
    ...headAnd(asking, facts, nowMs),
    otherKinds: otherKinds(facts, nowMs),
    schedules: SCHEDULES.map((name) => {
      const { isEnabled = null, expression = null, timezone = null } = answerOf(facts.schedules[name]) ?? {};
      const nextAt = isEnabled ? facts.times[name].nextAt : null;
      return { ...existenceOf(name, facts.schedules[name]), isEnabled, expression, timezone, nextAt };
    }),
    ...heard(facts, shell),
    queues: QUEUES.map((name) => {
      const { waiting = null, inFlight = null } = answerOf(facts.queues[name]) ?? {};
      return { ...existenceOf(name, facts.queues[name]), waiting, inFlight };
    }),
    functions: FUNCTIONS.map((name) => ({
      ...existenceOf(name, facts.functions[name]),
      state: answerOf(facts.functions[name])?.state ?? null,
    })),
    unknown: unknownOf(facts),
  };
}

/** Of a ledger that stands alone: what `npm start` leaves behind. `description` says which it is. */
export function ledgerStatus(
  asking: Asking,
  facts: Pick<StatusFacts, 'runs' | 'organization' | 'others'>,
  description: string,
  nowMs: number,
): StatusAnswer {
  const because = `only ${description} is here, and no running stack`;
  return {
    ...headAnd(asking, facts, nowMs),
    otherKinds: otherKinds(facts, nowMs),
    schedules: [],
    alarms: null,
    subscribers: null,
    queues: [],
    functions: [],
    unknown: [{ what: 'all but the ledger', because }],
  };
}

function headAnd({ accountId, ...where }: Asking, facts: Pick<StatusFacts, 'runs' | 'organization'>, nowMs: number) {
  const organization = together(facts, nowMs);
  return { ...headOf('status', accountId, nowMs), ...where, ...newest(facts.runs, nowMs), organization };
}

function together({ organization: [last, ...earlier] = [] }: Pick<StatusFacts, 'organization'>, nowMs: number) {
  if (last === undefined) return null;
  const { latest } = newestOf([last, ...earlier]);
  return {
    lastRun: organizationRunSummary(last, nowMs),
    latest: latest === undefined ? null : organizationRunSummary(latest, nowMs),
  };
}

function newest(asked: Asked<Run[]>, nowMs: number): Pick<StatusAnswer, 'lastRun' | 'latest'> {
  const runs = answerOf(asked) ?? [];
  const summary = (run: Run | undefined) => (run === undefined ? null : runSummary(run, nowMs));
  return { lastRun: summary(runs[0]), latest: summary(newestOf(runs).latest) };
}

function otherKinds(facts: Pick<StatusFacts, 'others'>, nowMs: number): StatusAnswer['otherKinds'] {
  return others(facts).map(({ kind, runs }) => ({ kind, ...newest(runs, nowMs) }));
}

function others(facts: Pick<StatusFacts, 'others'>): { kind: Kind; runs: Asked<Run[]> }[] {
  return KINDS.flatMap((kind) => {
    const found = facts.others[kind];
    return found === undefined ? [] : [{ kind, runs: found.runs }];
  });
}

function existenceOf(name: string, asked: Asked<unknown>): Part {
  return { name, exists: 'answer' in asked ? asked.answer !== null : null };
}

function heard({ alarms, hearers }: StatusFacts, shell: Shell): Pick<StatusAnswer, 'alarms' | 'subscribers'> {
  const found = answerOf(alarms);
  if (found === undefined) return { alarms: null, subscribers: null };
  const own = ownAlarms(found, shell).map(({ name, state, since }) => ({
    name: partOf(name, shell) ?? name,
    state,
    since,
  }));
  const topics = Object.values(hearers);
  const isKnown = topics.every((asked) => 'answer' in asked);
  return { alarms: own, subscribers: isKnown ? topics.flatMap((asked) => answerOf(asked) ?? []) : null };
}

function unknownOf(facts: StatusFacts): StatusAnswer['unknown'] {
  const questions: [string, Asked<unknown>][] = [
    ...SCHEDULES.map((name): [string, Asked<unknown>] => [`the schedule ${name}`, facts.schedules[name]]),
    ['runs', facts.runs],
    ...others(facts).map(({ kind, runs }): [string, Asked<unknown>] => [`runs of ${kind}`, runs]),
    ['alarms', facts.alarms],
    ...Object.values(facts.hearers).map((asked): [string, Asked<unknown>] => ['who hears the alarms', asked]),
    ...QUEUES.map((name): [string, Asked<unknown>] => [`the queue ${name}`, facts.queues[name]]),
    ...FUNCTIONS.map((name): [string, Asked<unknown>] => [`the function ${name}`, facts.functions[name]]),
  ];
  const refused = questions.flatMap(([what, asked]) =>
    'refusal' in asked ? [{ what, because: becauseOf(asked.refusal) }] : [],
  );
  return [...new Map(refused.map((one) => [`${one.what} ${one.because}`, one])).values()];
}

const becauseOf = (refusal: Refusal) => wordsOf(refusal).what;
