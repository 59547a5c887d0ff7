/**
 * Runs a schedule: the real functions on a simulated account, in virtual time. The same schedule gives the same history,
 * to the millisecond.
 */
import type { SNSEvent, SQSEvent } from 'aws-lambda';
import { runItem, runPk } from '../../src/aws/items.ts';
import { censusIdOf, kindOf, ORGANIZATION, ownerOf } from '../../src/census/census-id.ts';
import { descriptorOf, type Kind, STREAMS } from '../../src/census/kinds.ts';
import { readTask } from '../../src/census/messages.ts';
import { partitionOf } from '../../src/census/partition.ts';
import { openRun, runIdOf } from '../../src/census/run.ts';
import { type FunctionName, type History, type Item, makeHistory, type TaskMessage } from '../judging/history.ts';
import { noise } from '../judging/noise.ts';
import {
  AGGREGATOR_CONFIG,
  CONCURRENCY,
  DISPATCHER_CONFIG,
  MAX_RECEIVES,
  METRICS,
  SWEEP_MS,
  UNDELIVERED_CONFIG,
  VISIBILITY_MS,
  WORKER_CONFIG,
} from '../judging/numbers.ts';
import { askAgain } from '../judging/person.ts';
import { isOpen } from '../judging/story.ts';
import { comparisonsIn } from './comparisons.ts';
import { makeClients } from './counting.ts';
import { makeEnvironments } from './environments.ts';
import { type Fault, makeFaults } from './faults.ts';
import { planIntruders } from './intruders.ts';
import { type Body, type InvokeAsync, makeInvokeAsync, makeMapping, startInvocation } from './lambda.ts';
import { accountIdOf, OWN_ACCOUNT } from './organization.ts';
import { makeOrganizationsClient } from './organizations.ts';
import type { Process, Surroundings } from './process.ts';
import type { Product } from './product.ts';
import { makeQueue, type Queue } from './queue.ts';
import { accountsOf, kindsOf, type Schedule, worldsOf } from './schedule.ts';
import { makePorts, type Services, type Topic } from './services.ts';
import { HOME, makeSourcePorts } from './sources.ts';
import { makeTable } from './table.ts';
import { makeVirtualTime, useVirtualTimers } from './virtual-time.ts';

/** No schedule has so many. */
const MOST_ROUNDS = 100;
/** What an index shows may be so old. */
const STALEST_MS = 5000;
export const START_MS = Date.parse('2026-11-20T06:00:00Z');
/** Longer than anything takes by itself: a task that comes days late, a retry's deadline, sweeps. */
const LONGEST_MS = 6 * 24 * 3_600_000;
const MOST_STEPS = 50_000;
/** Of each run in a crowd, for some sweeps. */
const STEPS_PER_RUN = 50;

/** What differs from a small stack on a rough day. */
type Scale = {
  /** Workers at the same time. */
  workers?: number;
  /** Every answer takes what it mostly does on AWS, and pages are as long as they are there. */
  isTypical?: boolean;
};

export async function simulate(schedule: Schedule, product: Product, scale: Scale = {}): Promise<History> {
  const { stackTraceLimit } = Error;
  // Errors are ordinary here, and nobody reads where they came from.
  Error.stackTraceLimit = 0;
  try {
    return await run(schedule, product, scale);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function run(schedule: Schedule, product: Product, scale: Scale): Promise<History> {
  const time = makeVirtualTime(START_MS);
  const healAfterMs = schedule.healAfterS * 1000;
  const history = makeHistory(START_MS, START_MS + healAfterMs);
  const counts = new Map<string, number>();
  const numbers = new Map(accountsOf(schedule).map(({ accountId, number }) => [accountId, number]));
  const surroundings: Surroundings = {
    ...(schedule.organization && { numberOf: (accountId = '') => numbers.get(accountId) }),
    time,
    history,
    seed: schedule.seed,
    ...scale,
    faults: makeFaults(schedule.faults, healAfterMs, () => time.nowMs() - START_MS),
    nth(name) {
      const nth = (counts.get(name) ?? 0) + 1;
      counts.set(name, nth);
      return nth;
    },
  };

  const services = makeServices(schedule, surroundings);
  const bodies = makeHandlers(product, schedule, services, surroundings);
  const invokeAsync = makeInvokeAsync(surroundings, bodies);
  connect(services, bodies, invokeAsync, surroundings);
  planEvents(schedule, product, services, invokeAsync, surroundings);

  const mostSteps = MOST_STEPS * kindsOf(schedule).length * accountsOf(schedule).length;
  const crowd = surroundings.faults.crowds().reduce((sum, { runs }) => sum + runs, 0);
  const restore = useVirtualTimers(time);
  await time
    .run(() => {
      history.exhausted = time.steps() >= mostSteps + crowd * STEPS_PER_RUN || time.nowMs() >= START_MS + LONGEST_MS;
      return history.exhausted || (!time.isBusy() && !hasWorkForSweep(services, history));
    })
    .finally(restore);
  history.endedAtMs = time.nowMs();
  // Of one run alone there is nothing to compare.
  for (const { accountId } of schedule.runs.length > 1 ? accountsOf(schedule) : [])
    for (const kind of kindsOf(schedule))
      history.comparisons.push(...comparisonsIn(history, { kind, accountId }, product));
  return history;
}

type Account = Services & {
  queues: Record<'region-tasks' | 'undelivered-tasks' | 'unreadable-tasks', Queue>;
  /** To be filled in by `connect`. */
  topics: Record<string, Topic>;
  onVisible: Record<string, () => void>;
};

function makeServices(schedule: Schedule, surroundings: Surroundings): Account {
  const { time, history, seed } = surroundings;
  // Batches may be answered in part: AWS's good right, but not on a calm day.
  const isRough = schedule.faults.length > 0;
  const onVisible: Account['onVisible'] = {};
  const tasks = new Map<string, TaskMessage>();
  const accounts = new Set(accountsOf(schedule).map(({ accountId }) => accountId));
  const queue = (name: string, visibilityMs: number, deadLetters?: Queue) =>
    makeQueue({
      name,
      time,
      visibilityMs,
      ...(deadLetters && { redrive: { maxReceives: MAX_RECEIVES, deadLetters } }),
      oldHandlesWork: noise(seed, 'old handles') < 0.5,
      onVisible: () => onVisible[name]?.(),
      onMessage: (id, body, what) =>
        followTask({ accounts, tasks, history }, { id, body, what, queue: name, atMs: time.nowMs() }),
    });
  const undelivered = queue('undelivered-tasks', VISIBILITY_MS['undelivered-tasks']);
  return {
    onVisible,
    topics: {},
    queues: {
      'region-tasks': queue('region-tasks', VISIBILITY_MS['region-tasks'], undelivered),
      'undelivered-tasks': undelivered,
      'unreadable-tasks': queue('unreadable-tasks', VISIBILITY_MS['undelivered-tasks']),
    },
    table: makeTable({
      nowMs: time.nowMs,
      stalenessMs: () => STALEST_MS * noise(seed, 'staleness', surroundings.nth('staleness')),
      pageItems: surroundings.isTypical ? Number.POSITIVE_INFINITY : 1 + Math.floor(3 * noise(seed, 'page items')),
      ttlLagMs: (key) => 3_600_000 * noise(seed, `ttl ${key}`),
      batchKeys: () => (isRough && noise(seed, 'batch', surroundings.nth('batch')) < 0.03 ? 1 : 100),
      onWrite(before, after, by) {
        if (!isOfNoRun(after)) history.writes.push({ atMs: time.nowMs(), before, after, by });
      },
    }),
  };
}

type Sighting = { id: string; body: string; what: 'come' | 'gone' | 'dead'; queue: string; atMs: number };

/** Follows each region task through both of its queues. */
function followTask(
  { accounts, tasks, history }: { accounts: ReadonlySet<string>; tasks: Map<string, TaskMessage>; history: History },
  sighting: Sighting,
): void {
  const { id, body, what, queue, atMs } = sighting;
  if (queue === 'unreadable-tasks') return void history.parked.push(body);
  if (what === 'come') {
    const task = readTask(body);
    if (task === undefined) return;
    const { censusId, runId, region, round, quick } = task;
    // What nobody may obey is not followed.
    const [kind, account] = [kindOf(censusId), ownerOf(censusId)];
    if (!accounts.has(account) || round > MOST_ROUNDS) return;
    const message = {
      kind,
      account,
      runId,
      region,
      round,
      queue,
      messageId: id,
      sentAtMs: atMs,
      ...(quick && { quick }),
    };
    tasks.set(id, message);
    history.tasks.push(message);
  } else if (what === 'gone') {
    const message = tasks.get(id);
    if (message !== undefined) message.acknowledgedAtMs = atMs;
  }
}

/** The bodies, bound as functions/bind.ts binds them: what they throw is what may be printed. */
function makeHandlers(product: Product, ...given: [Schedule, Services, Surroundings]): Record<FunctionName, Body> {
  const bound =
    (body: Body): Body =>
    (process, event) =>
      body(process, event).catch((error: unknown) => {
        throw product.printable(error);
      });
  const { dispatcher, worker, undelivered, aggregator } = makeBodies(product, ...given);
  return {
    dispatcher: bound(dispatcher),
    worker: bound(worker),
    undelivered: bound(undelivered),
    aggregator: bound(aggregator),
  };
}

function makeBodies(
  product: Product,
  schedule: Schedule,
  services: Services,
  surroundings: Surroundings,
): Record<FunctionName, Body> {
  const { time, history, faults } = surroundings;
  const log = product.makeLog((line) => history.logLines.push(line));
  const context = (process: Process, of: FunctionName) => ({
    invokedFunctionArn: `arn:aws:lambda:${HOME}:${OWN_ACCOUNT}:function:${of}`,
    memoryLimitInMB: '1024',
    getRemainingTimeInMillis: process.remainingMs,
  });
  const clientsFor = makeClients(product, schedule, surroundings);
  const inEnvironment = makeEnvironments(product, schedule, surroundings);
  const retention = () => {
    const retentionDays = faults.retentionDays();
    return retentionDays === undefined ? {} : { retentionDays };
  };
  const deps = (process: Process) => {
    const { clock, random, every } = process;
    return { ...makePorts(product, services, process), clock, random, every, log };
  };
  return {
    dispatcher: (process, event) => {
      process.invocation.runId = (event as { runId: string }).runId;
      const sources = makeSourcePorts(product, schedule, process, surroundings);
      return inEnvironment(process, (sessions) =>
        product.dispatcher({
          ...deps(process),
          ...sources,
          readAccounts: product.makeReadAccounts(makeOrganizationsClient(schedule, process, surroundings), {
            units: [],
          }),
          askAccess: sessions.askAccess,
          readOptInStates: sources.readOptInStatesOf(OWN_ACCOUNT, sessions),
          readOptInStatesOf: (accountId) => sources.readOptInStatesOf(accountId, sessions),
          config: {
            ...DISPATCHER_CONFIG,
            ...accountSettingsOf(schedule, time.nowMs()),
            kinds: kindsOf(schedule),
            ...retention(),
            regionSettings: settingsOf(schedule),
          },
        })(event, context(process, 'dispatcher')),
      );
    },
    worker: (process, event) => {
      nameKind(process, (event as SQSEvent).Records[0]?.body);
      const { accounts } = accountSettingsOf(schedule, time.nowMs());
      const config = { ...WORKER_CONFIG, accounts: accounts.accounts };
      return inEnvironment(process, (sessions) =>
        product.worker({
          ...deps(process),
          config,
          clientsOf: clientsFor(process, sessions),
          askAccess: sessions.askAccess,
        })(event as SQSEvent, context(process, 'worker')),
      );
    },
    undelivered: (process, event) => {
      nameKind(process, (event as SQSEvent).Records[0]?.body);
      return product.undelivered({ ...deps(process), config: UNDELIVERED_CONFIG })(
        event as SQSEvent,
        context(process, 'undelivered'),
      );
    },
    async aggregator(process, event) {
      nameKind(process, (event as Partial<SNSEvent>).Records?.[0]?.Sns.Message);
      const isSweep = (event as { sweep?: true }).sweep === true;
      // What it may have been shown.
      const writes = isSweep ? history.writes.filter(({ atMs }) => atMs <= time.nowMs() - STALEST_MS).length : 0;
      // One that goes on where the last stopped comes to the rest alone, and not to what the last had passed.
      const isWhole = isSweep && !wasSweepCut(services);
      const swept = () => {
        if (isWhole) history.writesBySweep = writes;
      };
      try {
        await product.aggregator({
          ...deps(process),
          config: { ...AGGREGATOR_CONFIG, metrics: METRICS },
          print: (line) => history.logLines.push(line),
        })(event, context(process, 'aggregator'));
        swept();
      } catch (error) {
        // A damaged run fails every sweep, which does the rest of its work.
        if (faults.areHealed() && faults.damages().length > 0) swept();
        throw error;
      }
    },
  };
}

/** What a task or a nudge says of its kind and account, for who judges: not as the product reads it. */
function nameKind({ invocation }: Process, message = ''): void {
  const { Message: inner } = objectIn(message);
  const { version, kind = STREAMS, accountId, runId } = objectIn(typeof inner === 'string' ? inner : message);
  if (version === undefined) return;
  invocation.kind = kind as Kind;
  invocation.account = accountId as string;
  invocation.runId = runId as string;
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** Whose runs are opened now. */
function accountSettingsOf({ organization }: Schedule, nowMs: number) {
  if (organization === undefined || nowMs < START_MS + (organization.fromS ?? 0) * 1000)
    return { accounts: DISPATCHER_CONFIG.accounts };
  const named = [OWN_ACCOUNT, ...organization.members.map((_, index) => accountIdOf(index + 1))];
  const accounts = organization.list === undefined ? named : ('organization' as const);
  return { accounts: { accounts, includeOrganizationalUnits: [], excludeAccounts: [] } };
}

/** Where the services that know about regions are asked, the code's own lists are kept out but for the regions of this world. */
function settingsOf(schedule: Schedule) {
  const { regions, sources } = schedule;
  if (sources === undefined)
    return { regions: regions.map(({ region }) => region), includeRegions: [], excludeRegions: [] };
  const kinds = kindsOf(schedule);
  const names = new Set(kinds.flatMap((kind) => worldsOf(schedule, kind).map(({ region }) => region)));
  const floors = kinds.flatMap((kind) => descriptorOf(kind).regions.floor);
  const others = floors.filter((region) => !names.has(region) && partitionOf(region) === 'aws');
  return { regions: [], includeRegions: [], excludeRegions: [...new Set(others)] };
}

/** Topics to queues and functions, queues to functions. */
function connect(
  services: Account,
  bodies: Record<FunctionName, Body>,
  invokeAsync: InvokeAsync,
  surroundings: Surroundings,
) {
  const { time, faults, history, seed } = surroundings;
  const { queues, topics, onVisible } = services;
  const queueOf = { worker: 'region-tasks', undelivered: 'undelivered-tasks' } as const;
  for (const name of ['worker', 'undelivered'] as const) {
    const queue = queues[queueOf[name]];
    const visibilityMs = VISIBILITY_MS[queueOf[name]];
    const concurrency = (name === 'worker' ? surroundings.workers : undefined) ?? CONCURRENCY[name];
    const mapping = { queue, of: name, body: bodies[name], concurrency, visibilityMs };
    onVisible[queue.name] = makeMapping(surroundings, mapping);
  }

  /** Delivers once, or as the fault says. */
  function topic(name: string, deliver: (message: string) => void, dead?: (message: string) => void): Topic {
    return (message) => {
      const nth = surroundings.nth(`message ${name}`);
      const fault = faults.message(name, nth);
      const travelMs = 5 + 100 * noise(seed, `travel ${name}`, nth) ** 4;
      const byMs = (fault?.byS ?? 0) * 1000;
      if (fault?.how === 'refused') return 'refused';
      if (fault?.how === 'lost') return 'accepted';
      if (fault?.how === 'dead') time.after(travelMs + byMs, () => dead?.(message));
      else time.after(travelMs + (fault?.how === 'late' ? byMs : 0), () => deliver(message));
      if (fault?.how === 'twice') time.after(travelMs + byMs, () => deliver(message));
      return 'accepted';
    };
  }
  topics['region-tasks'] = topic(
    'region-tasks',
    (message) => queues['region-tasks'].send(message),
    (message) => queues['undelivered-tasks'].send(message),
  );
  topics.nudges = topic('nudges', (Message) =>
    invokeAsync('aggregator', { Records: [{ Sns: { Message } }] } as unknown as SNSEvent),
  );
  for (const name of ['totals', 'totals-detail'])
    topics[name] = (body, attributed = '') => {
      history.announcements.push({ atMs: time.nowMs(), body, topic: name, attributed });
      return 'accepted';
    };
  topics['totals-mail'] = (text, attributed = '') => {
    history.mails.push({ atMs: time.nowMs(), text, attributed });
    return 'accepted';
  };
}

/** The Scheduler's events, the person's retries, and messages from nowhere. */
function planEvents(
  schedule: Schedule,
  product: Product,
  services: Account,
  invokeAsync: InvokeAsync,
  surroundings: Surroundings,
): void {
  const { time, faults, history, seed } = surroundings;
  schedule.runs.forEach((atS, index) => {
    const runId = runIdOf(START_MS + atS * 1000)!;
    const fault = faults.trigger(index);
    const fire = (afterMs: number) =>
      time.after(atS * 1000 + 2000 * noise(seed, 'trigger', index) + afterMs, () => {
        history.triggered.add(runId);
        invokeAsync('dispatcher', { runId });
      });
    const byMs = (fault?.byS ?? 0) * 1000;
    if (fault?.how !== 'never') fire(fault?.how === 'late' ? byMs : 0);
    if (fault?.how === 'twice') fire(byMs);
  });

  for (const [nth, { atS, run, regions, force, whose = STREAMS, account = 0 }] of schedule.retries.entries()) {
    const runId = runIdOf(START_MS + (schedule.runs[run] ?? 0) * 1000)!;
    if (account === 'organization') {
      const again = () => askAllAgain({ runId, whose, accounts: regions }, services, invokeAsync, surroundings);
      time.after(atS * 1000, again);
      // As Lambda may.
      if (noise(seed, 'retried twice', nth) < 0.2) time.after(atS * 1000 + 4000 * noise(seed, 'again', nth), again);
      continue;
    }
    const key = { censusId: censusIdOf(accountIdOf(account), whose), runId };
    const chosen = (regions ?? []).map((index) => worldsOf(schedule, whose, account)[index]?.region ?? '');
    const body = (process: Process) => {
      const wished = { regions: chosen, ...(force && { force }) };
      const { clock, random } = process;
      return askAgain(product, { ...makePorts(product, services, process), clock, random }, key, wished);
    };
    time.after(atS * 1000, () => startInvocation(surroundings, 'person', body, () => {}));
  }

  const firstSweepMs = SWEEP_MS * noise(seed, 'sweep');
  let sweeps = 0;
  function sweep(): void {
    sweeps += 1;
    // One that can only do what the last did, nothing, is left out: there would be hundreds of them. So no schedule sees
    // how a partial run is forgotten in the end; tests/stack does.
    if (!faults.isSweepMissed(sweeps) && hasWorkForSweep(services, history)) invokeAsync('aggregator', { sweep: true });
    time.after(SWEEP_MS, sweep, 'background');
  }
  time.after(firstSweepMs, sweep, 'background');
  planIntruders({ accountId: OWN_ACCOUNT, startMs: START_MS, schedule, services, surroundings });
  damage(schedule, services, surroundings);
}

/** What the command does about an organisation's run: it invokes the dispatcher. */
function askAllAgain(
  { runId, whose, accounts }: { runId: string; whose: Kind; accounts?: readonly number[] | undefined },
  { table }: Services,
  invokeAsync: InvokeAsync,
  { time, history }: Surroundings,
): void {
  const pk = runPk({ censusId: censusIdOf(ORGANIZATION, whose), runId });
  const item = table.items().find((each) => each.pk?.S === pk && each.sk?.S === 'RUN');
  if (item === undefined) return;
  const round = Number(item.round?.N ?? 0) + 1;
  const wished = accounts?.map(accountIdOf);
  history.askedAgain.push({ atMs: time.nowMs(), kind: whose, runId, round, ...(wished && { accounts: wished }) });
  invokeAsync('dispatcher', { runId, retry: { kind: whose, round, ...(wished && { accounts: wished }) } });
}

const OLDER = '2026-11-19T00:00:00Z';
/** The sweep comes to these first, and cannot read them. */
const NEWER = '2026-11-22T00:00:00Z';
const OF_A_NEWER_RELEASE = '2026-11-22T06:00:00Z';
type Damage = Extract<Fault, { kind: 'damage' }>['of'];
const UNREADABLE: readonly (string | undefined)[] = [NEWER, OF_A_NEWER_RELEASE];

function damage(schedule: Schedule, { table }: Services, { faults }: Surroundings): void {
  for (const { of, whose = STREAMS, account } of faults.damages())
    table.slip(
      account === undefined
        ? damagedItem(of, censusIdOf(OWN_ACCOUNT, whose), worldsOf(schedule, whose)[0]?.region ?? '')
        : damagedOrganization(of, censusIdOf(ORGANIZATION, whose)),
    );
}

function damagedItem(of: Damage, censusId: string, region: string): Item {
  if (of === 'a run of a newer release') return runOfNewerRelease(censusId, region);
  const items = {
    'a newer run': { pk: `RUN#${censusId}#${NEWER}`, sk: 'RUN', sweep: 'OPEN', timeSk: NEWER, rev: 'damaged' },
    'an older record': {
      pk: `RUN#${censusId}#${OLDER}`,
      sk: `REGION#${region}`,
      timePk: `REGION#${censusId}#${region}`,
      timeSk: OLDER,
      status: 'counted',
      tally: 'damaged',
    },
  };
  return Object.fromEntries(Object.entries(items[of]).map(([name, S]) => [name, { S }]));
}

/** One that the sweep comes to first, or one that a run which opens looks back to. */
function damagedOrganization(of: Damage, censusId: string): Item {
  const runId = of === 'an older record' ? OLDER : NEWER;
  const lists = of === 'an older record' ? { timePk: `RUNS#${censusId}` } : { sweep: 'OPEN' };
  const item = {
    pk: `RUN#${censusId}#${runId}`,
    sk: 'RUN',
    timeSk: runId,
    rev: 'damaged',
    planId: 'damaged',
    ...lists,
  };
  return Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }]));
}

/** But for its version it is a run that is past its deadline, and could be settled. It is in no list but the sweep's. */
function runOfNewerRelease(censusId: string, region: string): Item {
  const key = { censusId, runId: OF_A_NEWER_RELEASE };
  const { retentionDays } = DISPATCHER_CONFIG;
  const run = openRun(key, [region], START_MS, { deadlineAfterMs: 0, retentionDays });
  const { timePk: _, ...item } = runItem({ ...run, sweep: 'OPEN' });
  return { ...item, version: { N: '4' } };
}

/**
 * Whether a sweep has anything to do: for a run that has not settled, or with what the ledger was told since the last one.
 * A damaged run stays so: it is for a person to mend.
 */
function hasWorkForSweep(services: Services, { writes, writesBySweep }: History): boolean {
  const seen = services.table
    .items()
    .filter((item) => item.sweep !== undefined && !UNREADABLE.includes(item.timeSk?.S));
  return wasSweepCut(services) || seen.some(isOpen) || (seen.length > 0 && writes.length > writesBySweep);
}

const wasSweepCut = ({ table }: Services) =>
  table.items().some((item) => isSweepPlace(item) && item.place !== undefined);

/** Where a sweep stopped, and what is remembered of regions: news of no run. */
const isOfNoRun = (item: Item) => isSweepPlace(item) || item.sk?.S === 'REGIONS';
const isSweepPlace = ({ pk }: Item) => pk?.S === 'SWEEP';
