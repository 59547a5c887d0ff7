/** Everything that is looked at, judged one by one. */
import { descriptorOf, KINDS, type Kind, STREAMS } from '../../census/kinds.ts';
import { type Head, headOf } from '../head.ts';
import { judgeAlarms, judgeRinging, judgeSubscribers } from './alarms.ts';
import { type DoctorFacts, FUNCTIONS, type Identity, QUEUES, type RunFacts, SCHEDULES } from './facts.ts';
import { broken, type Check, type Finding, LEVELS, type Level, ok } from './finding.ts';
import { judgeConcurrency, judgeFunctions, judgeMayList, judgeTrigger } from './functions.ts';
import { judgeKinds } from './kinds.ts';
import { judgeExpiry, judgeIndexes, judgeItems, judgeRecovery, judgeTable } from './ledger.ts';
import { judgePlan } from './plan.ts';
import {
  judgeAnnouncements,
  judgeDelivery,
  judgeDestinations,
  judgeEmpty,
  judgeQueues,
  judgeRedrive,
} from './queues.ts';
import { judgeQuotas } from './quotas.ts';
import { judgeLastRun, judgeMayInvoke, judgeRunOf, judgeSchedule, judgeSettling } from './schedules.ts';
import type { Shell } from './shell.ts';

export type DoctorAnswer = Omit<Head<'doctor'>, 'accountId' | 'kind'> & {
  /** Whose the credentials are; `null` where that could not be found out. */
  accountId: string | null;
  /** What the names of the stack's parts begin with. */
  stack: string;
  region: string | null;
  /** The worst of all findings. */
  level: Level;
  findings: Finding[];
};

type Asked = { accountId: string | null; stack: string; region: string | null };

export function doctorAnswer({ accountId, ...where }: Asked, findings: Finding[], nowMs: number): DoctorAnswer {
  const { schema, readAt } = headOf('doctor', '', nowMs);
  return {
    ...{ schema, readAt, accountId },
    ...where,
    level: worstOf(findings),
    findings,
  };
}

/** What is found of that kind, and of what serves every kind. */
export function onlyOf(kind: Kind, { findings, ...answer }: DoctorAnswer): DoctorAnswer {
  const found = findings.filter((finding) => finding.kind === null || finding.kind === kind);
  return { ...answer, level: worstOf(found), findings: found };
}

function worstOf(findings: readonly Finding[]): Level {
  return LEVELS[Math.max(0, ...findings.map(({ level }) => LEVELS.indexOf(level)))] ?? 'ok';
}

export function judgeIdentity({ accountId, arn }: Identity): Finding {
  return ok('credentials', arn.includes(accountId) ? `${arn}.` : `${arn}, of the account ${accountId}.`);
}

/** What keeps anything from being asked. `sentence` says what to do, too. */
export function nothingAsked(check: Check, sentence: string): Finding {
  return broken(check, sentence, 'Until that is mended, nothing of the stack can be asked.', {});
}

/** A ledger that stands alone: what `npm start` leaves behind. `description` says which it is. */
export function judgeLedger(
  facts: Pick<DoctorFacts, 'tableName' | 'askedTable' | 'table' | 'runs' | 'damaged' | 'others'>,
  description: string,
  nowMs: number,
  shell: Shell,
): Finding[] {
  const what = `Only ${description} is here: no functions, queues, schedules and alarms run that could be asked.`;
  const stack: Finding = {
    ...ok('stack', what),
    level: 'unknown',
    todo: 'To look at all of it, keep a stack up and ask again.',
    commands: ['npm start -- --keep'],
  };
  const findings = [
    stack,
    judgeTable(facts, shell),
    ...(isGone(facts) ? [] : [judgeIndexes(facts, shell)]),
    ...ofEachKind(facts, shell, (its, { shell: shellOfKind }) => [
      judgeRunOf(its, nowMs, shellOfKind),
      judgeItems(its, shellOfKind),
    ]),
  ];
  return findings.map(onThisMachine);
}

export function judgeStack(facts: DoctorFacts, nowMs: number, shell: Shell): Finding[] {
  const readAt = new Date(nowMs).toISOString();
  const ledger = [
    judgeTable(facts, shell),
    judgeIndexes(facts, shell),
    judgeExpiry(facts, shell),
    judgeRecovery(facts, shell),
  ];
  if (isAbsent(facts))
    return [noStack(shell), ...('answer' in facts.table && facts.table.answer !== null ? ledger : [])];
  return [
    judgeFunctions(facts, shell),
    judgeKinds(facts, shell),
    ...(isGone(facts) ? ledger.slice(0, 1) : ledger),
    judgeQueues(facts, shell),
    judgeRedrive(facts, shell),
    judgeDestinations(facts, shell),
    judgeDelivery(facts, shell),
    judgeAnnouncements(facts, shell),
    judgeTrigger('worker', facts, shell),
    judgeTrigger('undelivered', facts, shell),
    ...SCHEDULES.map((name) => judgeSchedule(name, facts, readAt, shell)),
    ...ofEachKind(facts, shell, (its, { kind, shell: shellOfKind }) => [
      // A run that is started by hand is one of every kind.
      judgeLastRun(kind, its, nowMs, shell),
      judgeSettling(its, nowMs, shellOfKind),
      judgePlan(its, nowMs, shellOfKind),
      judgeItems(its, shellOfKind),
      ...(descriptorOf(kind).quota === undefined ? [] : [judgeQuotas(its, shellOfKind)]),
    ]),
    judgeEmpty('undelivered-tasks', facts, shell),
    judgeEmpty('unreadable-tasks', facts, shell),
    judgeEmpty('failed-invocations', facts, shell),
    judgeAlarms(facts, shell),
    judgeRinging(facts, readAt, shell),
    judgeSubscribers(facts, shell),
    judgeMayInvoke(facts, shell),
    ...ofEachKind(facts, shell, (its, of) => [judgeMayList(of.kind, its, of.shell)]),
    judgeConcurrency(facts, shell),
  ].map((finding) => (shell.isLocal ? onThisMachine(finding) : finding));
}

type OfKinds = RunFacts & Pick<DoctorFacts, 'others'>;

/** Judges the runs of streams, and then those of each other kind as if they were these. */
function ofEachKind<Facts extends OfKinds>(
  facts: Facts,
  shell: Shell,
  judge: (its: Facts, of: { kind: Kind; shell: Shell }) => Finding[],
): Finding[] {
  return KINDS.flatMap((kind) => {
    const runs = kind === STREAMS ? {} : facts.others[kind];
    if (runs === undefined) return [];
    return judge({ ...facts, ...runs }, { kind, shell: shell.of(kind) }).map((finding) => ({ ...finding, kind }));
  });
}

/** There is no table: what else is wrong with it is no news. */
const isGone = ({ table }: Pick<DoctorFacts, 'table'>) => 'answer' in table && table.answer === null;

/** Each of these was asked for, and none is there. */
function isAbsent({ functions, queues, schedules }: DoctorFacts): boolean {
  const all = [
    ...FUNCTIONS.map((name) => functions[name]),
    ...QUEUES.map((name) => queues[name]),
    ...SCHEDULES.map((name) => schedules[name]),
  ];
  return all.every((asked) => 'answer' in asked && asked.answer === null);
}

function noStack(shell: Shell): Finding {
  const what = `There is no stack ${shell.nameOf('').slice(0, -1)} in this region: none of its functions, queues and schedules is there.`;
  if (shell.isStage) {
    const todo = 'Check --stage, --region and --profile; or deploy it.';
    return broken('stack', what, 'Nothing counts.', { todo, commands: [shell.deploy()] });
  }
  const todo = 'Name the stack by its stage (--stage), and beside it its ledger (--table), if that has another name.';
  return broken('stack', what, 'Nothing can be said of what counts.', { todo });
}

const ELSEWHERE = /^(aws|npx sls) /;

/** The local stack cannot be changed while it runs: it is what its template says. */
function onThisMachine(finding: Finding): Finding {
  if (!finding.commands.some((command) => ELSEWHERE.test(command))) return finding;
  const todo = 'The local stack is as serverless.yml and infra/ say: mend it there, and start it again.';
  return { ...finding, todo, commands: ['npm start -- --keep'] };
}
