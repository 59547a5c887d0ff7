/** Whether runs are opened when they are due, and come to an end. */
import { type Kind, STREAMS } from '../../census/kinds.ts';
import type { Run, StoredTotal } from '../../census/run.ts';
import { ago, duration, list, toSecond } from '../words.ts';
import {
  type Asked,
  type DoctorFacts,
  type FunctionName,
  SCHEDULES,
  type ScheduleFacts,
  type ScheduleName,
} from './facts.ts';
import { broken, type Finding, judged, ok, together, unknown, warning } from './finding.ts';
import type { Shell } from './shell.ts';

const DOES = {
  dispatch: 'No run is opened, and none is missed: only the alarm no-run would tell.',
  sweep: 'A run that a function left unfinished is never settled, and no partial total improves.',
} as const satisfies Record<ScheduleName, string>;

const TARGET = { dispatch: 'dispatcher', sweep: 'aggregator' } as const satisfies Record<ScheduleName, FunctionName>;

const lastOf = (arn: string) => arn.split(':').at(-1) ?? '';

export function judgeSchedule(
  name: ScheduleName,
  { schedules, times }: Pick<DoctorFacts, 'schedules' | 'times'>,
  readAt: string,
  shell: Shell,
): Finding {
  const check = `${name}-schedule` as const;
  const called = shell.nameOf(name);
  return judged(check, schedules[name], `whether the schedule ${called} is enabled`, shell, (facts) => {
    if (facts === null)
      return broken(check, `There is no schedule ${called}.`, DOES[name], { commands: shell.restore() });
    if (!facts.isEnabled) {
      return broken(check, `The schedule ${called} is disabled.`, DOES[name], { commands: [enable(facts, shell)] });
    }
    if (!facts.targetArn.endsWith(`:${shell.nameOf(TARGET[name])}`)) {
      const what = `The schedule ${called} invokes ${lastOf(facts.targetArn)}, not ${shell.nameOf(TARGET[name])}.`;
      return broken(check, what, DOES[name], { commands: shell.restore() });
    }
    const { nextAt } = times[name];
    const next = nextAt === null ? '' : `; next at ${toSecond(nextAt)}, ${ago(nextAt, readAt)}`;
    return ok(check, `Enabled: ${expressionOf(facts)}${next}.`);
  });
}

/** The zone is told where it is not the one that everything here is in. */
export function expressionOf({ expression, timezone }: Pick<ScheduleFacts, 'expression' | 'timezone'>): string {
  return expression.startsWith('rate(') ? expression : `${expression} ${timezone}`;
}

/** What is not said again, UpdateSchedule forgets: docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html */
function enable({ name, asItIs }: ScheduleFacts, shell: Shell): string {
  return shell.aws('scheduler', 'update-schedule', '--name', name, '--state', 'ENABLED', ...asItIs.flat());
}

/** A schedule whose role may not invoke ticks all the same, and nothing happens. */
export function judgeMayInvoke({ mayInvoke }: Pick<DoctorFacts, 'mayInvoke'>, shell: Shell): Finding {
  const check = 'may-invoke';
  return judged(check, together(mayInvoke), 'whether the schedules may invoke their functions', shell, (found) => {
    const mayNot = SCHEDULES.filter((name) => found[name] !== null && found[name].decision !== 'allowed');
    if (mayNot.length === 0) return ok(check, 'The schedules may invoke their functions.');
    const what = mayNot.map((name) => `${name} may not invoke ${shell.nameOf(TARGET[name])}`);
    return broken(check, `Of the schedules, ${list(what)}.`, mayNot.map((name) => DOES[name]).join(' '), {
      todo: 'This gives their role what the template says.',
      commands: shell.restore(),
    });
  });
}

/** As infra/parameters.ts has it for the alarm no-run. */
const LATE_MS = 3_600_000;

export function judgeLastRun(
  kind: Kind,
  facts: Pick<DoctorFacts, 'runs' | 'organization' | 'schedules' | 'times'>,
  nowMs: number,
  shell: Shell,
): Finding {
  const check = 'last-run';
  const { schedules, times } = facts;
  return judged(check, runsOf(facts), 'when the last run was', shell, ([last]) => {
    const now = new Date(nowMs).toISOString();
    const { nextAt, longestGapMs } = times.dispatch;
    const mend = { todo: 'Start one by hand.', commands: [shell.census('run --now')] };
    if (last === undefined) {
      const next = nextAt === null ? '' : ` The first is due ${ago(nextAt, now)}.`;
      return warning(
        check,
        `There is no run yet.${next}`,
        kind === STREAMS
          ? 'Until there is one, the alarms no-run and no-total stay on.'
          : `Until there is one, the alarm no-total-${kind} stays on.`,
        mend,
      );
    }
    const age = nowMs - Date.parse(last.runId);
    const was = `The last run${ofWhom(facts)} was ${last.runId}, ${ago(last.runId, now)}`;
    if (longestGapMs === null) return howOften(check, `${was}.`, schedules.dispatch, shell);
    if (age <= longestGapMs + LATE_MS) return ok(check, `${was}: ${verdictOf(last)}.`);
    const what = `${was}, although the schedule leaves at most ${duration(longestGapMs)} between two.`;
    return broken(
      check,
      what,
      'Nobody counts: the newest total is old, and what has changed since is not in it.',
      mend,
    );
  });
}

/** Where nothing is due: of a ledger that stands alone. */
export function judgeRunOf(facts: Pick<DoctorFacts, 'runs' | 'organization'>, nowMs: number, shell: Shell): Finding {
  const check = 'last-run';
  return judged(check, runsOf(facts), 'when the last run was', shell, ([last]) => {
    if (last === undefined) return ok(check, 'There is no run yet.');
    return ok(
      check,
      `The last run${ofWhom(facts)} was ${last.runId}, ${ago(last.runId, new Date(nowMs).toISOString())}: ${verdictOf(last)}.`,
    );
  });
}

function howOften(check: 'last-run', was: string, schedule: Asked<ScheduleFacts | null>, shell: Shell): Finding {
  const whether = 'how often a run is due';
  if ('refusal' in schedule) {
    const finding = unknown(check, schedule.refusal, whether, shell);
    return { ...finding, what: `${was} ${finding.what}` };
  }
  const commands = [shell.aws('scheduler', 'get-schedule', '--name', shell.nameOf('dispatch'))];
  return { ...ok(check, `${was} Nobody can tell how often one is due.`), level: 'unknown', commands };
}

function verdictOf({ total }: AnyRun): string {
  return total === undefined ? 'under way, without a total yet' : total.verdict;
}

type AnyRun = Pick<Run, 'runId' | 'deadlineAt'> & { total?: Pick<StoredTotal, 'verdict'> };
type RunsOfStack = Pick<DoctorFacts, 'runs' | 'organization'>;

/** Of what the stack counts: an account that is counted with others may be complete where the organisation is not. */
function runsOf({ runs, organization }: RunsOfStack): Asked<readonly AnyRun[]> {
  return organization === undefined ? runs : { answer: organization };
}

const ofWhom = ({ organization }: RunsOfStack) => (organization === undefined ? '' : ' of the organisation');

/** A sweep comes every five minutes, and may take one. */
const SETTLING_MS = 10 * 60_000;

export function judgeSettling(facts: RunsOfStack, nowMs: number, shell: Shell): Finding {
  const check = 'settling';
  return judged(check, facts.runs, 'whether runs come to an end', shell, (found) => {
    const overdue = [...(facts.organization ?? []), ...found].filter(
      ({ total, deadlineAt }) => total === undefined && nowMs > Date.parse(deadlineAt) + SETTLING_MS,
    );
    const [newest] = overdue;
    if (newest === undefined) return ok(check, 'No run is overdue.');
    const more = overdue.length === 1 ? '' : ` (and ${overdue.length - 1} more)`;
    const now = new Date(nowMs).toISOString();
    const what = `The run ${newest.runId}${more} was due ${ago(newest.deadlineAt, now)}, and has no total.`;
    return broken(check, what, 'The aggregator does not settle it, so nobody is told what it counted.', {
      todo: "The aggregator's log says why.",
      commands: [shell.aws('logs', 'tail', `/aws/lambda/${shell.nameOf('aggregator')}`, '--since', '3h')],
    });
  });
}
