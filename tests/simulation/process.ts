/**
 * One invocation of a function, as a process that can die at any of its requests. What it had sent by then is still
 * carried out; what it waited for never comes.
 */
import type { Kind } from '../../src/census/kinds.ts';
import type { Clock, Every, Random } from '../../src/census/ports.ts';
import type { History, Invocation } from '../judging/history.ts';
import { makeRandom, noise } from '../judging/noise.ts';
import { REQUEST_TIMEOUT_MS } from '../judging/numbers.ts';
import { censusOfCourse } from './about.ts';
import type { Faults, Service } from './faults.ts';
import type { Cancel, VirtualTime } from './virtual-time.ts';

export type Surroundings = {
  time: VirtualTime;
  faults: Faults;
  history: History;
  seed: number;
  /** The how-manieth of its name this one is, from 1. */
  nth: (name: string) => number;
  /** The number of an account of the organisation. Nothing, where only one is counted, and of no account of it. */
  numberOf?: (accountId: string | undefined) => number | undefined;
  /** Workers at the same time, if not as many as a small stack has. */
  workers?: number;
  /** Every answer takes what it mostly does. */
  isTypical?: boolean;
};

export type Outcome = 'answered' | 'threw' | 'died';

type Request<T> = {
  service: Service;
  /** As in `SITES`, without the caller. */
  name: string;
  /** What the service does when the request arrives. @throws what it answers with instead; SlowError: after a while */
  carryOut: () => T;
  /** What the caller hears when the service refuses everything, and when no answer comes. */
  refused?: () => unknown;
  timedOut?: () => unknown;
  /** Ends the wait, with what `timedOut` gives. */
  signal?: AbortSignal | undefined;
  /** What the answer takes beyond its way, in milliseconds. */
  tookMs?: number;
};

export type Process = {
  readonly invocation: Invocation;
  readonly clock: Clock;
  readonly every: Every;
  readonly random: Random;
  /** Milliseconds until it is killed. */
  remainingMs(): number;
  request<T>(request: Request<T>): Promise<T>;
};

/** An error that comes only after a while: a call that hangs until it times out. */
export class SlowError {
  readonly error: unknown;
  readonly afterMs: number;
  constructor(error: unknown, afterMs: number) {
    this.error = error;
    this.afterMs = afterMs;
  }
}

const LATE_MS = 30_000;
const SDK_RETRY_MS = 100;
/** It asks a silent service four times; whoever waits less says so by a signal. */
const SDK_PATIENCE_MS = 4 * REQUEST_TIMEOUT_MS;

export function startProcess(
  surroundings: Surroundings,
  invocation: Invocation,
  timeoutMs: number,
  onEnd: (outcome: Outcome, value?: unknown) => void,
  body: (process: Process) => Promise<unknown>,
): void {
  const { time, faults, seed } = surroundings;
  const { of, nth } = invocation;
  const endsAtMs = time.nowMs() + timeoutMs;
  const timers = new Set<Cancel>();
  const fault = faults.invocation(of, nth);
  const [frozenMs, thawedMs] = frozenBetween(fault, time.nowMs());
  let isGone = false;

  /** Lambda hears of it once. One that was frozen may go on although Lambda has given it up. */
  function report(outcome: Outcome, value?: unknown): void {
    if (invocation.outcome !== undefined) return;
    invocation.outcome = outcome;
    onEnd(outcome, value);
  }

  function end(outcome: Outcome, value?: unknown): void {
    if (isGone) return;
    isGone = true;
    for (const cancel of timers) cancel();
    invocation.endedAtMs = time.nowMs();
    report(outcome, value);
  }

  /** A timer that dies with the process, and stands still with it. */
  function after(ms: number, task: () => void): Cancel {
    if (isGone) return () => {};
    const fire = () => {
      timers.delete(cancel);
      if (frozenMs <= time.nowMs() && time.nowMs() < thawedMs) {
        invocation.wasFrozen = true;
        plan = time.after(thawedMs - time.nowMs(), fire);
        return void timers.add(cancel);
      }
      task();
      time.resumed();
    };
    let plan = time.after(ms, fire);
    const cancel = () => {
      timers.delete(cancel);
      plan();
    };
    timers.add(cancel);
    return cancel;
  }

  const timeUp = time.after(timeoutMs, () => (invocation.wasFrozen ? report('died') : end('died')));
  timers.add(timeUp);
  if (fault?.how === 'killed') after(fault.afterS * 1000, () => end('died'));
  const process: Process = {
    invocation,
    clock: {
      nowMs: clockOf(surroundings, invocation),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const cancel = after(ms, resolve);
          signal?.addEventListener('abort', () => {
            cancel();
            if (!isGone) resolve();
          });
        }),
    },
    every(ms, task) {
      let cancel = after(ms, tick);
      function tick() {
        cancel = after(ms, tick);
        task();
      }
      return () => cancel();
    },
    random: makeRandom(seed, of, nth),
    remainingMs: () => endsAtMs - time.nowMs(),
    // What is dead asks nothing, also where several things were going on in it.
    request: (request) =>
      isGone ? new Promise(() => {}) : send(surroundings, invocation, request, { after, die: () => end('died') }),
  };
  body(process).then(
    (value) => end('answered', value),
    (error: unknown) => end('threw', error),
  );
  time.resumed();
}

function frozenBetween(fault: ReturnType<Faults['invocation']>, startedMs: number): [fromMs: number, toMs: number] {
  if (fault?.how !== 'frozen') return [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const fromMs = startedMs + fault.afterS * 1000;
  return [fromMs, fromMs + fault.forS * 1000];
}

type Life = { after: (ms: number, task: () => void) => Cancel; die: () => void };
type Answer<T> = ({ value: T } | { error: unknown }) & { afterMs: number };

function send<T>(surroundings: Surroundings, by: Invocation, request: Request<T>, life: Life): Promise<T> {
  const { of, nth } = by;
  const { time, faults, history, seed } = surroundings;
  const { service, name, refused = throttleError, timedOut = timeoutError, signal, tookMs = 0 } = request;
  const site = `${of}.${name}`;
  const number = surroundings.nth(site);
  const census = censusOfCourse(by);
  const [kind, account] = [census?.kind ?? by.kind, census?.account ?? by.account];
  const accountNumber = surroundings.numberOf?.(account);
  history.requests.push({ site, nth: number, atMs: time.nowMs(), by, kind, account });
  const mishapOf = (whose: Kind | number | undefined) =>
    whose === undefined ? undefined : faults.request(site, surroundings.nth(`${site} of ${whose}`), whose);
  const mishap = faults.request(site, number) ?? mishapOf(kind) ?? mishapOf(accountNumber);
  // What is asked beside the list has its own: so it changes nothing of when anything else is answered.
  const sent = surroundings.nth(`${of} ${nth}${service === 'quotas' ? ' beside' : ''}`);
  const latencyMs = (way: string) => {
    const drawn = noise(seed, `${of} ${nth} ${way}`, sent);
    return delayMs(service, way, surroundings.isTypical ? (15 / 16) * drawn : drawn);
  };
  const isFirst = service === 'video' && surroundings.nth(`${of} ${nth} first to ${service}`) === 1;
  const connectMs = isFirst ? CONNECT_MS * noise(seed, `${of} ${nth} connects`, 1) : 0;
  const thereMs = connectMs + latencyMs('there') + faults.slowness(service);
  const backMs = latencyMs('back') + tookMs;

  const carryOut = (): Answer<T> => {
    try {
      return { value: request.carryOut(), afterMs: 0 };
    } catch (error) {
      return error instanceof SlowError ? error : { error, afterMs: 0 };
    }
  };

  return new Promise<T>((resolve, reject) => {
    if (mishap === 'crash before') return life.die();
    if (signal !== undefined) onAbort(signal, () => void life.after(0, () => reject(timedOut())));
    const hear = (answer: Answer<T>) =>
      life.after(backMs + answer.afterMs, () => ('value' in answer ? resolve(answer.value) : reject(answer.error)));
    const hearNothing = () => life.after(REQUEST_TIMEOUT_MS, () => reject(timedOut()));

    // On its way it outlives the process.
    time.after(thereMs, () => {
      const outage = faults.outage(service, kind, accountNumber);
      if (outage?.silent) return void life.after(SDK_PATIENCE_MS, () => reject(timedOut()));
      if (mishap === 'throttled' || outage) return void hear({ error: refused(), afterMs: 0 });
      if (mishap === 'carried out late') {
        hearNothing();
        return void time.after(LATE_MS, carryOut);
      }
      const answer = carryOut();
      if (mishap === 'crash after') life.die();
      else if (mishap === 'answer lost') hearNothing();
      else if (mishap === 'sent twice' && isRetried(service)) time.after(SDK_RETRY_MS, () => hear(carryOut()));
      else hear(answer);
    });
  });
}

/** Many calls share one signal, and adding a listener is slow: each signal gets one. */
const aborted = new WeakMap<AbortSignal, (() => void)[]>();

function onAbort(signal: AbortSignal, task: () => void): void {
  const known = aborted.get(signal);
  if (known !== undefined) return void known.push(task);
  const tasks = [task];
  aborted.set(signal, tasks);
  signal.addEventListener('abort', () => tasks.forEach((each) => void each()), { once: true });
}

/** By the SDK. The worker's own retries are the only ones for Kinesis Video, and nobody asks for a quota twice. */
const isRetried = (service: Service) => service !== 'video' && service !== 'quotas';

function clockOf({ time, faults }: Surroundings, { of, nth, startedAtMs }: Invocation): () => number {
  const fault = faults.clock(of, nth);
  if (fault === undefined) return time.nowMs;
  return () => {
    if (faults.areHealed()) return time.nowMs();
    const stepped = time.nowMs() >= startedAtMs + fault.afterS * 1000;
    return time.nowMs() + (fault.aheadS + (stepped ? fault.stepS : 0)) * 1000;
  };
}

/** A process that has just started has no connection yet to the other side of the world. */
const CONNECT_MS = 300;

/** One way: mostly a few milliseconds, one in sixteen up to a second. What Kinesis Video sees keeps its spacing. */
function delayMs(service: Service, way: string, drawn: number): number {
  if (service === 'video') return way === 'there' ? 10 : 20 + 60 * drawn;
  return drawn < 15 / 16 ? 2 + 10 * drawn : 1000 * (16 * drawn - 15);
}

function throttleError(): Error {
  return Object.assign(new Error('secret-message'), {
    name: 'ThrottlingException',
    $metadata: { httpStatusCode: 400, requestId: 'request-1' },
  });
}

function timeoutError(): Error {
  return Object.assign(new Error('secret-message'), { name: 'TimeoutError' });
}
