/** Asks a stack how it is: each question by itself, some at the same time, and none for longer than it may take. */
import { makeDamage } from '../../answers/damage.ts';
import { isTopic, ownAlarms } from '../../answers/health/alarms.ts';
import {
  type AlarmFacts,
  type Asked,
  type Decision,
  type DoctorFacts,
  FED_BY,
  FUNCTIONS,
  type FunctionName,
  type Identity,
  INVOKED,
  QUEUES,
  type Refusal,
  type RunFacts,
  SCHEDULES,
  type ScheduleFacts,
  type StatusFacts,
  type SubscriptionFacts,
  type Times,
  TOTALS_TOPICS,
  type TotalsTopic,
  WORK_TOPICS,
  type WorkTopic,
} from '../../answers/health/facts.ts';
import { answerOf, factsOf } from '../../answers/health/finding.ts';
import { otherKindsOf } from '../../answers/health/kinds.ts';
import type { Shell } from '../../answers/health/shell.ts';
import { type Ask, makeAsk, refusalOf } from '../../aws/health/ask.ts';
import { censusIdOf, ORGANIZATION } from '../../census/census-id.ts';
import { descriptorOf, KINDS, type Kind, STREAMS } from '../../census/kinds.ts';
import { faultOf, gapsOf, makeNext } from '../../local/schedule-expression.ts';
import { sentenceOf } from '../errors.ts';
import type { OpenedStack } from './source.ts';
import { topicArn } from './stack.ts';

/** Milliseconds for one question, its repetitions included, and for all of them: whoever asks is waiting. */
const ANSWER_MS = 10_000;
const ALL_MS = 25_000;
/** Questions at the same time: the services allow more, but a person's command should not use that up. */
const AT_ONCE = 8;

function startAsking(): Ask {
  const over = AbortSignal.timeout(ALL_MS);
  return makeAsk(() => AbortSignal.any([over, AbortSignal.timeout(ANSWER_MS)]), AT_ONCE);
}

/** Whose the credentials are, or the sentence that says what is wrong with them. */
export async function readIdentity(stack: OpenedStack): Promise<Asked<Identity> & { sentence?: string }> {
  try {
    const { accountId, arn } = await stack.identity(() => AbortSignal.timeout(ANSWER_MS));
    return { answer: { accountId, arn } };
  } catch (error) {
    return { refusal: refusalOf('sts:GetCallerIdentity', error), sentence: sentenceOf(error, stack.where) };
  }
}

export async function readStatusFacts(
  stack: OpenedStack,
  shell: Shell,
  account: Asked<string>,
  nowMs: number,
  ask: Ask = startAsking(),
): Promise<StatusFacts> {
  const asked = readFunctions(stack, shell, ask);
  const runsOf = async (kind: Kind) => readRuns(stack, ledgerOf(await asked, stack), account, kind, nowMs, ask);
  const [functions, queues, schedules, alarms, ofStreams, others] = await Promise.all([
    asked,
    readQueues(stack, shell, ask),
    readSchedules(stack, shell, ask),
    readAlarms(stack, shell, ask),
    runsOf(STREAMS),
    asked.then((found) => eachKind(otherKindsOf({ functions: found }), runsOf)),
  ]);
  const hearers = await readHearers(stack, ask, ownAlarms(answerOf(alarms) ?? [], shell));
  const lastRun = answerOf(ofStreams.runs)?.[0]?.runId;
  return {
    ...ofStreams,
    others,
    functions,
    queues,
    schedules,
    times: {
      dispatch: timesOf(schedules.dispatch, nowMs, stack.timeScale, lastRun),
      sweep: timesOf(schedules.sweep, nowMs, stack.timeScale),
    },
    alarms,
    hearers,
  };
}

export async function readDoctorFacts(
  stack: OpenedStack,
  shell: Shell,
  { identity, account }: { identity: Asked<Identity>; account: Asked<string> },
  nowMs: number,
): Promise<DoctorFacts> {
  const ask = startAsking();
  const { dynamoDB, lambda } = stack.access;
  const [status, mappings, destinations, work, totals, concurrency] = await Promise.all([
    readStatusFacts(stack, shell, account, nowMs, ask),
    readMappings(stack, shell, ask),
    readDestinations(stack, shell, ask),
    readTopics(WORK_TOPICS, stack, ask, identity),
    readTopics(TOTALS_TOPICS, stack, ask, identity),
    import('../../aws/health/functions.ts').then(async ({ readConcurrency }) => readConcurrency(await lambda(), ask)),
  ]);
  const tableName = ledgerOf(status.functions, stack);
  const tables = await import('../../aws/health/table.ts');
  const client = await dynamoDB();
  const [table, expiry, isRecoverable, rights] = await Promise.all([
    tables.readTable(client, ask, tableName),
    tables.readExpiry(client, ask, tableName),
    tables.readIsRecoverable(client, ask, tableName),
    readRights(stack, ask, status),
  ]);
  return {
    ...status,
    tableName,
    askedTable: stack.tableName,
    table,
    expiry,
    isRecoverable,
    mappings,
    destinations,
    work,
    totals,
    ...rights,
    concurrency,
  };
}

/** Of a ledger that stands alone, what there is to know. */
export async function readLedgerFacts(
  stack: OpenedStack,
  account: Asked<string>,
  nowMs: number,
): Promise<Pick<DoctorFacts, 'tableName' | 'askedTable' | 'table' | 'runs' | 'damaged' | 'others'>> {
  const ask = startAsking();
  const { readTable } = await import('../../aws/health/table.ts');
  const { tableName } = stack;
  const table = await readTable(await stack.access.dynamoDB(), ask, tableName);
  const runsOf = (kind: Kind) => readRuns(stack, tableName, account, kind, nowMs, ask);
  const [ofStreams, ofAll] = await Promise.all([runsOf(STREAMS), eachKind(KINDS, runsOf)]);
  // Nobody is there who could say what is counted: what was counted, shows.
  const others = Object.fromEntries(
    Object.entries(ofAll).filter(([kind, { runs }]) => kind !== STREAMS && answerOf(runs)?.length),
  );
  return { tableName, askedTable: tableName, table, ...ofStreams, others };
}

/** What the functions were told, where that is known. */
function ledgerOf({ dispatcher }: StatusFacts['functions'], { tableName }: OpenedStack): string {
  return factsOf(dispatcher)?.tableName ?? tableName;
}

/** One question a name, all of them asked. */
async function each<Name extends string, T>(
  names: readonly Name[],
  read: (name: Name) => Promise<Asked<T>>,
): Promise<Record<Name, Asked<T>>> {
  const entries = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  return Object.fromEntries(entries) as Record<Name, Asked<T>>;
}

/** The same of each kind. */
async function eachKind<T>(
  kinds: readonly Kind[],
  read: (kind: Kind) => Promise<T>,
): Promise<Readonly<Partial<Record<Kind, T>>>> {
  return Object.fromEntries(await Promise.all(kinds.map(async (kind) => [kind, await read(kind)] as const))) as Partial<
    Record<Kind, T>
  >;
}

async function readFunctions({ access }: OpenedStack, shell: Shell, ask: Ask) {
  const [client, { readFunction }] = await Promise.all([access.lambda(), import('../../aws/health/functions.ts')]);
  return await each(FUNCTIONS, (name: FunctionName) => readFunction(client, ask, shell.nameOf(name)));
}

async function readMappings({ access }: OpenedStack, shell: Shell, ask: Ask) {
  const [client, { readMappings: read }] = await Promise.all([
    access.lambda(),
    import('../../aws/health/functions.ts'),
  ]);
  const names = Object.keys(FED_BY) as (keyof typeof FED_BY)[];
  return await each(names, (name) => read(client, ask, shell.nameOf(name)));
}

async function readDestinations({ access }: OpenedStack, shell: Shell, ask: Ask) {
  const [client, { readDestination }] = await Promise.all([access.lambda(), import('../../aws/health/functions.ts')]);
  return await each(INVOKED, (name) => readDestination(client, ask, shell.nameOf(name)));
}

async function readQueues({ access }: OpenedStack, shell: Shell, ask: Ask) {
  const [client, { readQueue }] = await Promise.all([access.sqs(), import('../../aws/health/queues.ts')]);
  return await each(QUEUES, (name) => readQueue(client, ask, shell.nameOf(name)));
}

async function readSchedules({ access }: OpenedStack, shell: Shell, ask: Ask) {
  const [client, { readSchedule }] = await Promise.all([access.scheduler(), import('../../aws/health/schedules.ts')]);
  return await each(SCHEDULES, (name) => readSchedule(client, ask, shell.nameOf(name)));
}

async function readAlarms({ access }: OpenedStack, shell: Shell, ask: Ask) {
  const [client, { readAlarms: read }] = await Promise.all([access.cloudWatch(), import('../../aws/health/alarms.ts')]);
  return await read(client, ask, shell.nameOf(''));
}

async function readHearers({ access }: OpenedStack, ask: Ask, alarms: readonly AlarmFacts[]) {
  const topics = new Set(alarms.flatMap(({ actions }) => actions).filter(isTopic));
  const [client, { readSubscriptions }] = await Promise.all([access.sns(), import('../../aws/health/topics.ts')]);
  return await each([...topics], (topic) => readSubscriptions(client, ask, topic));
}

/** Who has subscribed to each of these topics. */
async function readTopics<Name extends WorkTopic | TotalsTopic>(
  names: readonly Name[],
  stack: OpenedStack,
  ask: Ask,
  identity: Asked<Identity>,
): Promise<Record<Name, Asked<SubscriptionFacts[] | null>>> {
  if ('refusal' in identity) return await each(names, async () => identity);
  const { accountId } = identity.answer;
  const [client, { readSubscriptions }] = await Promise.all([stack.access.sns(), import('../../aws/health/topics.ts')]);
  return await each(names, (name) =>
    readSubscriptions(client, ask, topicArn({ ...stack, accountId }, name, stack.region)),
  );
}

/** The rights of roles, each learned from what has it. */
async function readRights(
  { access, region }: OpenedStack,
  ask: Ask,
  { functions, schedules }: StatusFacts,
): Promise<Pick<DoctorFacts, 'mayList' | 'mayInvoke'>> {
  const [client, { readRight }] = await Promise.all([access.iam(), import('../../aws/health/rights.ts')]);
  const mayListOf = async (kind: Kind): Promise<Asked<Decision>> => {
    const { worker } = functions;
    if ('refusal' in worker) return worker;
    if (worker.answer === null) return { refusal: NO_WORKER };
    const { roleArn } = worker.answer;
    return await readRight(client, ask, { roleArn, action: descriptorOf(kind).actions[0], region });
  };
  const mayInvoke = each(SCHEDULES, async (name): Promise<Asked<Decision | null>> => {
    const asked = schedules[name];
    if ('refusal' in asked) return asked;
    if (asked.answer === null) return { answer: null };
    const { roleArn, targetArn: resourceArn } = asked.answer;
    return await readRight(client, ask, { roleArn, action: 'lambda:InvokeFunction', resourceArn, region });
  });
  const mayList = await eachKind([STREAMS, ...otherKindsOf({ functions })], mayListOf);
  return { mayList, mayInvoke: await mayInvoke };
}

const NO_WORKER: Refusal = { action: 'lambda:GetFunctionConfiguration', why: 'failed', error: 'there is no worker' };

async function readRuns(
  { access }: OpenedStack,
  tableName: string,
  account: Asked<string>,
  kind: Kind,
  nowMs: number,
  ask: Ask,
): Promise<RunFacts> {
  if ('refusal' in account) return { runs: account, damaged: [] };
  const [client, { readOrganizationRuns, readRuns: read }] = await Promise.all([
    access.dynamoDB(),
    import('../../aws/health/runs.ts'),
  ]);
  const damage = makeDamage();
  const ledgerOf = (owner: string) => ({
    tableName,
    censusId: censusIdOf(owner, kind),
    nowMs,
    onDamaged: damage.note,
  });
  const runs = await read(client, ask, ledgerOf(account.answer));
  const [newest] = answerOf(runs) ?? [];
  // An account that is counted alone has runs, and they are part of nothing.
  const isAlone = 'refusal' in runs || (newest !== undefined && newest.parent === undefined);
  const together = isAlone ? undefined : answerOf(await readOrganizationRuns(client, ask, ledgerOf(ORGANIZATION)));
  const organization = together === undefined || together.length === 0 ? {} : { organization: together };
  return { runs, damaged: damage.items(), ...organization };
}

const UNTOLD: Times = { nextAt: null, longestGapMs: null };

/** A rate has no times of its own: it goes on from where it began, so its next is known only by its last. */
function timesOf(schedule: Asked<ScheduleFacts | null>, nowMs: number, timeScale: number, last?: string): Times {
  const facts = answerOf(schedule);
  if (!facts || faultOf(facts.expression) !== undefined) return UNTOLD;
  const { expression, timezone } = facts;
  const isRate = expression.startsWith('rate(');
  const gapMs = gapsOf(expression, nowMs)?.longestMs;
  const longestGapMs = gapMs === undefined ? null : gapMs / (isRate ? timeScale : 1);
  const from = isRate ? last : new Date(nowMs).toISOString();
  if (from === undefined) return { nextAt: null, longestGapMs };
  const next = makeNext(expression, timezone, timeScale)(new Date(from));
  return { nextAt: next === null || next.getTime() <= nowMs ? null : next.toISOString(), longestGapMs };
}
