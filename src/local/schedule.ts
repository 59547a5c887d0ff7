/**
 * EventBridge Scheduler: rates, divided by the time scale, and cron expressions, which follow the clock. A schedule ticks
 * only after it was told to start; it can be fired for any instant at any time.
 *
 * A tick hands the target's input, with the context attributes filled in, to an asynchronous invocation. When that is
 * refused it is tried again as the retry policy says, and then sent to the dead-letter queue, with the reason in its
 * attributes.
 *
 * On purpose not emulated: flexible windows, start and end dates, `at(...)`, targets other than functions, the exact
 * waits between retries (AWS promises an exponential backoff and no more).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Asynchronous } from './asynchronous.ts';
import type { Listeners } from './events.ts';
import type { Lambda, LambdaFunction } from './lambda.ts';
import type { Messaging } from './messaging.ts';
import type { Properties } from './resource-types.ts';
import { makeNext } from './schedule-expression.ts';
import { ofType, type Template } from './template.ts';

type Schedule = {
  readonly logicalId: string;
  readonly arn: string;
  readonly fn: LambdaFunction;
  readonly expression: string;
  readonly properties: Properties<'AWS::Scheduler::Schedule'>;
  /** The first instant after the given one at which it ticks; null: never again. */
  readonly next: (after: Date) => Date | null;
};

type Scheduler = {
  readonly schedules: readonly Schedule[];
  /** Hands over one event as if the instant had come; enabled or not. Resolves when it was accepted or given up. */
  fire(schedule: Schedule, scheduledAt: Date): Promise<void>;
  /** Lets an enabled schedule tick; does nothing for one that already does. */
  start(schedule: Schedule): void;
  stop(): void;
};

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** A timer holds about 24 days at most; looking again every hour also survives a laptop's sleep. */
const LONGEST_TIMER_MS = 3_600_000;

/** @throws one sentence when an expression or a context attribute is not understood, naming the schedule */
export function makeScheduler(
  template: Template,
  services: { lambda: Lambda; asynchronous: Asynchronous; messaging: Messaging },
  { timeScale, onEvent, onRequest }: Omit<Listeners, 'onLog'> & { readonly timeScale: number },
): Scheduler {
  const schedules = ofType(template, 'AWS::Scheduler::Schedule').map(({ logicalId, arn, properties }): Schedule => {
    const fn = services.lambda.find(properties.Target.Arn);
    if (!fn)
      throw new Error(`${logicalId} has the target ${properties.Target.Arn}, which is no function of this template.`);
    const next = parseExpression(logicalId, properties, timeScale);
    fillIn(properties.Target.Input, { logicalId, arn, scheduledAt: new Date(0), attempt: 1 });
    return { logicalId, arn, fn, expression: properties.ScheduleExpression, properties, next };
  });
  const stopping = new AbortController();
  const ticking = new Set<Schedule>();

  async function fire(schedule: Schedule, scheduledAt: Date): Promise<void> {
    const { RetryPolicy, DeadLetterConfig, Input } = schedule.properties.Target;
    const retries = RetryPolicy?.MaximumRetryAttempts ?? 185;
    const maximumAgeMs = ((RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400) * 1000) / timeScale;
    const firedAt = Date.now();
    for (let attempt = 1; ; attempt += 1) {
      const event = fillIn(Input, { ...schedule, scheduledAt, attempt });
      tell(schedule, 'lambda', 'InvokeFunction', schedule.fn.arn);
      try {
        services.asynchronous.accept(schedule.fn, event);
        const { logicalId, fn } = schedule;
        onEvent({
          type: 'schedule-fired',
          schedule: logicalId,
          function: fn.logicalId,
          scheduledAt: instant(scheduledAt),
        });
        return;
      } catch (error) {
        const afterMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1)) / timeScale;
        const tooOld = Date.now() + afterMs > firedAt + maximumAgeMs;
        if (attempt <= retries && !tooOld) await wait(afterMs, undefined, { signal: stopping.signal });
        else return giveUp(schedule, scheduledAt, event, error as Error, tooOld, attempt - 1, DeadLetterConfig?.Arn);
      }
    }
  }

  /** What the Scheduler does with the schedule's role. */
  function tell({ logicalId }: Schedule, service: string, action: string, resource: string): void {
    onRequest?.({ type: 'request', by: logicalId, service, action, resource });
  }

  async function giveUp(
    schedule: Schedule,
    scheduledAt: Date,
    event: string,
    error: Error,
    tooOld: boolean,
    retries: number,
    deadLetterQueue: string | undefined,
  ): Promise<void> {
    onEvent({ type: 'schedule-failed', schedule: schedule.logicalId, reason: error.message, deadLetterQueue });
    if (!deadLetterQueue) return;
    tell(schedule, 'sqs', 'SendMessage', deadLetterQueue);
    await services.messaging.send(deadLetterQueue, event, {
      ERROR_CODE: error.name,
      ERROR_MESSAGE: error.message,
      EXHAUSTED_RETRY_CONDITION: tooOld ? 'MaximumEventAgeInSeconds' : 'MaximumRetryAttempts',
      RETRY_ATTEMPTS: String(retries),
      SCHEDULED_TIME: instant(scheduledAt),
      SCHEDULE_ARN: schedule.arn,
      TARGET_ARN: schedule.fn.arn,
    });
  }

  async function tick(schedule: Schedule): Promise<void> {
    let due = schedule.next(new Date());
    while (due) {
      const leftMs = due.getTime() - Date.now();
      await wait(Math.min(Math.max(0, leftMs), LONGEST_TIMER_MS), undefined, { signal: stopping.signal });
      if (Date.now() < due.getTime()) continue;
      await fire(schedule, due);
      // A laptop that slept does not make up for what it missed.
      const following = schedule.next(due);
      due = following && following.getTime() < Date.now() ? schedule.next(new Date()) : following;
    }
  }

  return {
    schedules,
    fire,
    start: (schedule) => {
      if (schedule.properties.State === 'DISABLED' || ticking.has(schedule)) return;
      ticking.add(schedule);
      tick(schedule).catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      });
    },
    stop: () => stopping.abort(),
  };
}

function parseExpression(
  logicalId: string,
  { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone }: Schedule['properties'],
  timeScale: number,
): Schedule['next'] {
  try {
    return makeNext(expression, timezone, timeScale);
  } catch (cause) {
    throw new Error(
      `${logicalId} has the schedule ${expression} (${timezone}); expected rate(N minutes|hours|days) or cron(minutes hours ` +
        'day-of-month month day-of-week year) with a ? for one of the two days.',
      { cause },
    );
  }
}

/** @throws when the input asks for an attribute that the Scheduler does not have */
function fillIn(
  input: string,
  context: { logicalId: string; arn: string; scheduledAt: Date; attempt: number },
): string {
  return input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (attribute, name: string) => {
    switch (name) {
      case 'scheduled-time':
        return instant(context.scheduledAt);
      case 'schedule-arn':
        return context.arn;
      case 'execution-id':
        return randomUUID();
      case 'attempt-number':
        return String(context.attempt);
      default:
        throw new Error(`${context.logicalId} asks for ${attribute}, which is no context attribute of the Scheduler.`);
    }
  });
}

/** The Scheduler's instants have no fraction of a second. */
function instant(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}
