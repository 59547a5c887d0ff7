/** Whether the queues are there, hand on what failed, and hold nothing that waits for a person. */
import { list, plural } from '../words.ts';
import {
  type DoctorFacts,
  INVOKED,
  QUEUES,
  type QueueName,
  SCHEDULES,
  type SubscriptionFacts,
  TOTALS_TOPICS,
  WORK_TOPICS,
  type WorkTopic,
} from './facts.ts';
import { answerOf, broken, type Finding, factsOf, judged, ok, together, warning } from './finding.ts';
import { otherKindsOf } from './kinds.ts';
import type { Shell } from './shell.ts';

type Queues = Pick<DoctorFacts, 'queues'>;

export function judgeQueues({ queues }: Queues, shell: Shell): Finding {
  return judged('queues', together(queues), 'whether the queues are there', shell, (found) => {
    const missing = QUEUES.filter((name) => found[name] === null);
    if (missing.length === 0) return ok('queues', `${list(QUEUES)}: there.`);
    return broken(
      'queues',
      `Not there: ${list(missing.map(shell.nameOf))}.`,
      'What is sent to a queue that is not there is lost.',
      {
        todo: 'SQS gives a name again a minute after its queue was deleted.',
        commands: shell.restore(),
      },
    );
  });
}

/** maxReceives of serverless.yml; the worker is told the same number, and hands over its last failure itself. */
const MAX_RECEIVES = 5;

export function judgeRedrive({ queues, functions }: Queues & Pick<DoctorFacts, 'functions'>, shell: Shell): Finding {
  const { 'region-tasks': tasks, 'undelivered-tasks': undelivered } = queues;
  return judged('redrive', together({ tasks, undelivered }), 'where tasks go that fail for good', shell, (found) => {
    const wanted = factsOf(functions.worker)?.maxReceives ?? MAX_RECEIVES;
    const name = shell.nameOf('undelivered-tasks');
    if (found.tasks === null || found.undelivered === null) return noQueue('redrive', shell);
    const { redrive, url } = found.tasks;
    const put = (maxReceiveCount: number) => {
      const policy = JSON.stringify({ deadLetterTargetArn: found.undelivered?.arn, maxReceiveCount });
      return [
        shell.aws(
          'sqs',
          'set-queue-attributes',
          '--queue-url',
          url,
          '--attributes',
          JSON.stringify({ RedrivePolicy: policy }),
        ),
      ];
    };
    if (redrive === null || !redrive.targetArn.endsWith(`:${name}`)) {
      const goes = redrive === null ? 'nowhere' : `to ${redrive.targetArn.split(':').at(-1)}`;
      return broken(
        'redrive',
        `Tasks that fail for good go ${goes}, not to ${name}.`,
        'Nobody records that their regions failed: their runs end only by their deadline, and say unanswered.',
        {
          commands: put(wanted),
        },
      );
    }
    if (redrive.maxReceives === wanted) return ok('redrive', `After ${wanted} receives a task goes to ${name}.`);
    return warning(
      'redrive',
      `A task goes to ${name} after ${redrive.maxReceives} receives, but the worker believes that it is after ${wanted}.`,
      'Regions are given up too early, or are tried again without an end.',
      {
        commands: put(wanted),
      },
    );
  });
}

function noQueue(check: 'redrive', shell: Shell): Finding {
  return broken(
    check,
    'The queue of tasks, or that of dead letters, is not there.',
    'Nobody records which regions failed.',
    {
      commands: shell.restore(),
    },
  );
}

/** Events that fail for good must not vanish: what the functions fail on, and what the Scheduler cannot deliver. */
export function judgeDestinations(
  { destinations, schedules }: Pick<DoctorFacts, 'destinations' | 'schedules'>,
  shell: Shell,
): Finding {
  const check = 'destinations';
  const asked = together<string, unknown>({ ...destinations, ...schedules });
  return judged(check, asked, 'where events go that fail for good', shell, () => {
    const wanted = `:${shell.nameOf('failed-invocations')}`;
    const isLost = (arn: string | null | undefined) => !arn?.endsWith(wanted);
    const functions = INVOKED.filter((name) => isLost(answerOf(destinations[name])));
    const timers = SCHEDULES.filter((name) => {
      const facts = answerOf(schedules[name]);
      return facts !== null && facts !== undefined && isLost(facts.deadLetterArn);
    });
    if (functions.length + timers.length === 0) return ok(check, `Events that fail for good go to ${wanted.slice(1)}.`);
    const lost = [...functions, ...timers.map((name) => `the schedule ${name}`)];
    const what = `What fails for good does not go to ${wanted.slice(1)}: of ${list(lost)}.`;
    return broken(check, what, 'A run that could not be opened leaves no trace.', { commands: shell.restore() });
  });
}

const SUBSCRIBER = { 'region-tasks': 'sqs', nudges: 'lambda' } as const satisfies Record<WorkTopic, string>;
const SUBSCRIBER_NAME = { 'region-tasks': 'region-tasks', nudges: 'aggregator' } as const satisfies Record<
  WorkTopic,
  string
>;

export function judgeDelivery({ work }: Pick<DoctorFacts, 'work'>, shell: Shell): Finding {
  return judged('delivery', together(work), 'whether the topics reach who works', shell, (found) => {
    const deaf = WORK_TOPICS.filter((name) => !isHeard(found[name], name, shell));
    if (deaf.length === 0) return ok('delivery', 'Tasks reach their queue, and nudges the aggregator.');
    const what = deaf.map(
      (name) => `what is published to ${shell.nameOf(name)} does not reach ${shell.nameOf(SUBSCRIBER_NAME[name])}`,
    );
    const why = deaf.includes('region-tasks')
      ? 'No region is counted: tasks are lost as soon as they are published.'
      : 'Totals come only with the sweep, up to five minutes late.';
    const sentence = list(what);
    const judge = deaf.includes('region-tasks') ? broken : warning;
    return judge('delivery', `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`, why, {
      commands: shell.restore(),
    });
  });
}

function isHeard(found: SubscriptionFacts[] | null, name: WorkTopic, shell: Shell): boolean {
  const target = shell.nameOf(SUBSCRIBER_NAME[name]);
  return (found ?? []).some(
    ({ protocol, endpoint, isConfirmed }) =>
      isConfirmed && protocol === SUBSCRIBER[name] && endpoint.endsWith(`:${target}`),
  );
}

/** A stack of an earlier release, which counts streams alone, has no topic for what is of another kind. */
export function judgeAnnouncements(facts: Pick<DoctorFacts, 'totals' | 'functions'>, shell: Shell): Finding {
  const check = 'announcements';
  const isDetailed = otherKindsOf(facts).length > 0;
  const wanted = TOTALS_TOPICS.filter((name) => name !== 'totals-detail' || isDetailed);
  return judged(check, together(facts.totals), 'whether totals can be announced', shell, (found) => {
    const missing = wanted.filter((name) => found[name] === null);
    if (missing.length === 0) return ok(check, `${list(wanted)}: there.`);
    const what = `Not there: ${list(missing.map(shell.nameOf))}.`;
    const why =
      'Totals are stored, but cannot be announced: whoever subscribed to them, and alarms that wait for them, hear of none.';
    return broken(check, what, why, {
      todo: 'This makes the topic again; who had subscribed must do so once more.',
      commands: shell.restore(),
    });
  });
}

const PARKED = {
  'undelivered-tasks': 'dead letters, which the undelivered function turns into failed records',
  'unreadable-tasks': 'dead letters that nobody could read, or that no run asked for',
  'failed-invocations': 'events that a function failed on three times, or that the Scheduler could not deliver',
} as const satisfies Partial<Record<QueueName, string>>;

/** A queue that is empty while all is well. */
export function judgeEmpty(name: keyof typeof PARKED, { queues }: Queues, shell: Shell): Finding {
  return judged(name, queues[name], `whether ${shell.nameOf(name)} is empty`, shell, (facts) => {
    const count = (facts?.waiting ?? 0) + (facts?.inFlight ?? 0);
    if (facts === null)
      return broken(name, `There is no queue ${shell.nameOf(name)}.`, `It is for ${PARKED[name]}.`, {
        commands: shell.restore(),
      });
    if (count === 0) return ok(name, 'Empty.');
    const what = `${plural(count, 'message')} in ${shell.nameOf(name)}: ${PARKED[name]}.`;
    switch (name) {
      case 'failed-invocations':
        return broken(
          name,
          what,
          'A run may never have been opened; what the aggregator missed, the sweep makes up for.',
          {
            todo: 'See what they are and why; then send them again, or delete them.',
            commands: [shell.census('redrive')],
          },
        );
      case 'unreadable-tasks':
        return warning(name, what, 'No run is hurt by it, but somebody publishes what is no task, or deleted a run.', {
          todo: 'See what they are and why; then delete them.',
          commands: [shell.census('redrive')],
        });
      case 'undelivered-tasks':
        return warning(
          name,
          what,
          'They are gone within minutes, if that function works. As long as they lie, runs do not learn which regions failed.',
          {
            todo: 'If they are still there in five minutes, its log says why.',
            commands: [shell.aws('logs', 'tail', `/aws/lambda/${shell.nameOf('undelivered')}`, '--since', '1h')],
          },
        );
      default:
        return name satisfies never;
    }
  });
}
