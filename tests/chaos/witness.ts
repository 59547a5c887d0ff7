/**
 * Writes down what happens on the stack, as the simulation writes down its own history, so that the same invariants can
 * judge it. Instants are in the template's time: the stack divides every wait, the history multiplies it again.
 */
import type { Reason } from '../../src/census/errors.ts';
import { readTask } from '../../src/census/region.ts';
import type { FunctionLog, StackEvent } from '../../src/local/stack.ts';
import type { FunctionName } from '../simulation/faults.ts';
import { type History, type Invocation, makeHistory } from '../simulation/history.ts';
import type { Answer } from './answer.ts';
import { type Call, jsonOf, messagesOf, topicOf } from './call.ts';
import type { Item } from './ledger.ts';

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
  /** A call to Kinesis Video comes in. Gives what to tell when it is over. */
  sawVideoCall(call: Call): (outcome: VideoOutcome) => void;
  /** Requests that a process still sends belong to this. */
  messageReceives(): number;
};

/** What the caller of Kinesis Video met: an answer, a broken connection, or nothing before it gave up. */
export type VideoOutcome = Answer | 'dropped' | 'given up';

/** @param timeScale by which the history's waits are longer than the real ones */
export function makeWitness(startMs: number, timeScale: number): Witness {
  const history = makeHistory(startMs, startMs);
  const historyTime = (ms: number) => startMs + (ms - startMs) * timeScale;
  const nowMs = () => historyTime(Date.now());
  /** The last invocation of each process, and which process has which. */
  const processes = new Map<string, Invocation>();
  const endedWorkers: Invocation[] = [];
  let invocations = 0;
  let messageReceives = 0;

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
        invocation.outcome = event.error
          ? /^(Runtime|Sandbox)\./.test(event.error.errorType)
            ? 'died'
            : 'threw'
          : 'answered';
        // Lambda's runtime logs what a function throws.
        if (event.error) history.logLines.push(`${event.error.errorType}: ${event.error.errorMessage}`);
        if (invocation.of === 'worker') endedWorkers.push(invocation);
        break;
      }
      case 'message-failed': {
        if (event.function !== 'WorkerLambdaFunction') break;
        messageReceives = Math.max(messageReceives, event.receives);
        // Reported right after its invocation ended, in the order in which they ended.
        const invocation = endedWorkers.pop();
        if (invocation) invocation.messageId = event.messageId;
        break;
      }
      case 'destination':
        history.failedInvocations.push(event);
        break;
      case 'retry':
      case 'schedule-fired':
      case 'schedule-failed':
        break;
      default:
        event satisfies never;
    }
  }

  function sawPublished(call: Call): void {
    const topic = topicOf(call) ?? '';
    for (const body of messagesOf(call)) {
      if (topic.endsWith('-totals')) history.announcements.push({ atMs: nowMs(), body });
      const task = topic.endsWith('-region-tasks') ? readTask(body) : undefined;
      if (task) {
        const { runId, region, round } = task;
        history.tasks.push({ runId, region, round, queue: 'region-tasks', sentAtMs: nowMs() });
      }
    }
  }

  /** A dead letter shows when its function looks up what is known of its region. Of which round it is does not show. */
  function sawDeadLetter(call: Call): void {
    const [{ Keys } = { Keys: [] }] = Object.values(
      jsonOf<{ RequestItems: Record<string, { Keys: Item[] }> }>(call).RequestItems,
    );
    for (const { pk, sk } of Keys) {
      const [, , runId = ''] = pk?.S?.split('#') ?? [];
      const [kind, region = ''] = sk?.S?.split('#') ?? [];
      if (kind !== 'REGION') continue;
      history.tasks.push({ runId, region, round: 0, queue: 'undelivered-tasks', sentAtMs: nowMs() });
    }
  }

  return {
    history,
    historyTime,
    callerOf: (sender) => processes.get(sender)?.of ?? sender,
    onLog: ({ line }) => void history.logLines.push(line),
    onEvent,
    messageReceives: () => messageReceives,
    sawWrite(before, after) {
      const { deadlineAt } = after;
      const atMs = nowMs();
      if (deadlineAt?.S === undefined) return void history.writes.push({ atMs, before, after });
      const inHistory = new Date(historyTime(Date.parse(deadlineAt.S))).toISOString();
      history.writes.push({ atMs, before, after: { ...after, deadlineAt: { S: inHistory } } });
    },
    sawCall(call, answer) {
      if (call.service === 'sns' && answer.status === 200) sawPublished(call);
      if (call.operation === 'BatchGetItem' && processes.get(call.sender)?.of === 'undelivered') sawDeadLetter(call);
    },
    sawVideoCall(call) {
      const { region, sender } = call;
      const invocation = processes.get(sender);
      const page = call.body.toString();
      const atMs = nowMs();
      // The limit on calls is the service's own, which no time scale changes: here the instant is the real one.
      if (invocation) history.videoCalls.push({ atMs: Date.now(), region, invocation, page });
      return (outcome) => {
        for (const reason of reasonsOf(outcome, page)) history.evidence.push({ atMs, region, reason });
      };
    },
  };
}

/** Why a region may not have been counted, after this. */
function reasonsOf(outcome: VideoOutcome, request: string): Reason[] {
  if (outcome === 'dropped') return ['unreachable'];
  if (outcome === 'given up') return ['timed-out'];
  const { status, headers, body } = outcome;
  if (status >= 500) return ['unreachable'];
  switch (headers['x-amzn-errortype']) {
    case 'ClientLimitExceededException':
      return ['throttled'];
    case 'AccessDeniedException':
      return ['denied'];
    case 'UnrecognizedClientException':
      return ['denied', 'not-enabled'];
    default: {
      const token = /"NextToken":"([^"]+)"/;
      const sent = token.exec(request)?.[1];
      const isRepeated = sent !== undefined && sent === token.exec(body.toString('latin1', 0, 2000))?.[1];
      return isRepeated ? ['bad-answer'] : [];
    }
  }
}
