/**
 * Writes down what happens on the stack, as the simulation writes down its own history, so that the same invariants can
 * judge it. Instants are in the template's time: the stack divides every wait, the history multiplies it again.
 */
import { kindOf } from '../../src/census/census-id.ts';
import type { Reason } from '../../src/census/errors.ts';
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import { readTask } from '../../src/census/messages.ts';
import type { FunctionLog, StackEvent } from '../../src/local/stack.ts';
import { type FunctionName, type History, type Invocation, type Item, makeHistory } from '../judging/history.ts';
import type { Answer } from './answer.ts';
import { type Call, jsonOf, kindListed, messagesOf, topicOf } from './call.ts';

const FUNCTIONS: Readonly<Record<string, FunctionName>> = {
  DispatcherLambdaFunction: 'dispatcher',
  WorkerLambdaFunction: 'worker',
  UndeliveredLambdaFunction: 'undelivered',
  AggregatorLambdaFunction: 'aggregator',
};

export type Witness = {
  history: History;
  /** From real milliseconds since 1970 to those of the history. */
  historyTime(ms: number): number;
  /** Which function a process runs; its own name for whatever is none. */
  callerOf(sender: string): string;
  onLog(line: FunctionLog): void;
  onEvent(event: StackEvent): void;
  sawWrite(before: Item | undefined, after: Item): void;
  /** A request was carried out, but for those that write the ledger. */
  sawCall(call: Call, answer: Answer): void;
  /** A call to a service that is listed comes in. Gives what to tell when it is over; only the first counts. */
  sawVideoCall(call: Call): (outcome: VideoOutcome) => void;
};

/** What the caller of such a service met: an answer, a broken connection, or nothing before it had enough of waiting. */
type VideoOutcome = Answer | 'dropped' | 'given up';

/** Who gives up sooner was not waiting for the answer any more: the region was counted without it. */
const WAITED_MS = 500;

/** @param timeScale by which the history's waits are longer than the real ones */
export function makeWitness(startMs: number, timeScale: number): Witness {
  const history = makeHistory(startMs, startMs);
  const historyTime = (ms: number) => startMs + (ms - startMs) * timeScale;
  const nowMs = () => historyTime(Date.now());
  /** The last invocation of each process. */
  const processes = new Map<string, Invocation>();
  /** Workers that ended just now: whether their message stays is told before anything else happens. */
  const justEnded = new Set<Invocation>();
  const regionsOf = new Map<Invocation, RegionOfRun>();
  let invocations = 0;

  function onEvent(event: StackEvent): void {
    switch (event.type) {
      case 'invocation-started': {
        invocations += 1;
        const invocation = { of: FUNCTIONS[event.function]!, nth: invocations, startedAtMs: nowMs() };
        processes.set(String(event.pid), invocation);
        history.invocations.push(invocation);
        break;
      }
      case 'invocation-ended': {
        const invocation = processes.get(String(event.pid));
        if (invocation === undefined) break;
        invocation.endedAtMs = nowMs();
        invocation.outcome = outcomeOf(event.error);
        // Lambda's runtime logs what a function throws.
        if (event.error) history.logLines.push(`${event.error.errorType}: ${event.error.errorMessage}`);
        if (invocation.of === 'worker') ended(invocation);
        break;
      }
      case 'message-failed':
        if (event.function === 'WorkerLambdaFunction') failed(event);
        break;
      case 'batch-throttled':
      case 'destination':
      case 'retry':
      case 'schedule-fired':
      case 'schedule-failed':
        break;
      default:
        event satisfies never;
    }
  }

  function ended(invocation: Invocation): void {
    justEnded.add(invocation);
    setImmediate(() => {
      if (justEnded.delete(invocation) && invocation.outcome === 'answered') acknowledged(regionsOf.get(invocation));
    });
  }

  function failed({ messageId, receives, reason }: Extract<StackEvent, { type: 'message-failed' }>): void {
    history.mostReceives = Math.max(history.mostReceives, receives);
    const hasAnswered = reason === 'reported as failed';
    const invocation = [...justEnded].find(({ outcome }) => (outcome === 'answered') === hasAnswered);
    if (invocation === undefined) return;
    invocation.messageId = messageId;
    justEnded.delete(invocation);
  }

  function acknowledged(which: RegionOfRun | undefined): void {
    if (which === undefined) return;
    const task = history.tasks.findLast(
      ({ runId, region, kind, queue, acknowledgedAtMs }) =>
        runId === which.runId &&
        region === which.region &&
        kind === which.kind &&
        queue === 'region-tasks' &&
        acknowledgedAtMs === undefined,
    );
    if (task) task.acknowledgedAtMs = nowMs();
  }

  function sawPublished(call: Call): void {
    const topic = topicOf(call) ?? '';
    for (const body of messagesOf(call)) {
      if (topic.endsWith('-totals-mail')) history.mails.push({ atMs: nowMs(), text: body });
      if (/-totals(-detail)?$/.test(topic)) history.announcements.push({ atMs: nowMs(), body });
      const task = topic.endsWith('-region-tasks') ? readTask(body) : undefined;
      if (task) {
        const { censusId, runId, region, round } = task;
        history.tasks.push({ kind: kindOf(censusId), runId, region, round, queue: 'region-tasks', sentAtMs: nowMs() });
      }
    }
  }

  /** Of which region a message is shows when its function looks up what is known of it. Its round does not show. */
  function sawLookUp(call: Call): void {
    const invocation = processes.get(call.sender);
    const which = regionOfRun(call);
    if (invocation === undefined || which === undefined) return;
    regionsOf.set(invocation, which);
    invocation.kind = which.kind;
    if (invocation.of !== 'undelivered') return;
    history.tasks.push({ ...which, queue: 'undelivered-tasks', sentAtMs: nowMs() });
  }

  return {
    history,
    historyTime,
    callerOf: (sender) => processes.get(sender)?.of ?? sender,
    onLog: ({ line }) => void history.logLines.push(line),
    onEvent,
    sawWrite(before, after) {
      const { deadlineAt } = after;
      const atMs = nowMs();
      if (deadlineAt?.S === undefined) return void history.writes.push({ atMs, before, after });
      const inHistory = new Date(historyTime(Date.parse(deadlineAt.S))).toISOString();
      history.writes.push({ atMs, before, after: { ...after, deadlineAt: { S: inHistory } } });
    },
    sawCall(call, answer) {
      if (call.service === 'sns' && answer.status === 200) sawPublished(call);
      if (call.operation === 'BatchGetItem') sawLookUp(call);
    },
    sawVideoCall(call) {
      const { region, sender } = call;
      const kind = kindListed(call) ?? STREAMS;
      const invocation = processes.get(sender);
      const body = call.body.toString();
      const atMs = nowMs();
      if (invocation) {
        const page = `${call.operation} ${body}`;
        history.videoCalls.push({ atMs: signedAtMs(call), kind, region, invocation, page });
      }
      const startedAtMs = Date.now();
      let isTold = false;
      return (outcome) => {
        if (isTold) return;
        isTold = true;
        if (outcome === 'given up' && Date.now() - startedAtMs < WAITED_MS) return;
        for (const reason of reasonsOf(outcome, body)) history.evidence.push({ atMs, kind, region, reason });
      };
    },
  };
}

function outcomeOf(error: { errorType: string } | undefined): NonNullable<Invocation['outcome']> {
  if (error === undefined) return 'answered';
  return /^(Runtime|Sandbox)\./.test(error.errorType) ? 'died' : 'threw';
}

type RegionOfRun = { kind: Kind; runId: string; region: string };

function regionOfRun(call: Call): RegionOfRun | undefined {
  const { RequestItems } = jsonOf<{ RequestItems: Record<string, { Keys: Item[] }> }>(call);
  for (const { pk, sk } of Object.values(RequestItems).flatMap(({ Keys }) => Keys)) {
    const [, censusId = '', runId = ''] = pk?.S?.split('#') ?? [];
    const [what, region = ''] = sk?.S?.split('#') ?? [];
    if (what === 'REGION') return { kind: kindOf(censusId), runId, region };
  }
  return undefined;
}

/**
 * The second in which a call was signed. The limit on calls is the service's own, which no time scale changes; and calls
 * that left a worker evenly may well arrive in a heap where a machine is busy.
 */
function signedAtMs({ headers }: Call): number {
  const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(headers['x-amz-date'] ?? '') ?? [];
  if (date === undefined || time === undefined)
    throw new Error('A call that lists something does not say when it was signed.');
  const iso = `${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`;
  return Date.parse(iso);
}

/** Why a region may not have been counted, after this. */
function reasonsOf(outcome: VideoOutcome, request: string): Reason[] {
  if (outcome === 'dropped') return ['unreachable'];
  if (outcome === 'given up') return ['timed-out'];
  const { status, headers, body } = outcome;
  if (status >= 500) return ['unreachable'];
  switch (headers['x-amzn-errortype']) {
    case 'ClientLimitExceededException':
    case 'LimitExceededException':
      return ['throttled'];
    case 'AccessDeniedException':
      return ['denied'];
    case 'UnrecognizedClientException':
      return ['denied', 'not-enabled', 'bad-credentials'];
    default: {
      const token = /"NextToken":"([^"]+)"/;
      const sent = token.exec(request)?.[1];
      const isRepeated = sent !== undefined && sent === token.exec(body.toString('latin1', 0, 2000))?.[1];
      return isRepeated ? ['bad-answer'] : [];
    }
  }
}
