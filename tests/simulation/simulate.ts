/**
 * Runs a schedule: the real functions on a simulated account, in virtual time. The same schedule gives the same history,
 * to the millisecond.
 */
import type { SNSEvent, SQSEvent } from 'aws-lambda';
import { runItem } from '../../src/aws/items.ts';
import { censusIdOf, kindOf, ownerOf } from '../../src/census/census-id.ts';
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
  REQUEST_TIMEOUT_MS,
  SWEEP_MS,
  UNDELIVERED_CONFIG,
  VISIBILITY_MS,
  WORKER_CONFIG,
} from '../judging/numbers.ts';
import { askAgain } from '../judging/person.ts';
import { isOpen } from '../judging/story.ts';
import { comparisonsIn } from './comparisons.ts';
import { type Fault, makeFaults } from './faults.ts';
import { planIntruders } from './intruders.ts';
import { type Body, type InvokeAsync, makeInvokeAsync, makeMapping, startInvocation } from './lambda.ts';
import type { Process, Surroundings } from './process.ts';
import type { Product } from './product.ts';
import { makeQueue, type Queue } from './queue.ts';
import { makeQuotaPort } from './quotas.ts';
import { kindsOf, type Schedule, worldsOf } from './schedule.ts';
import { makePorts, type Services, type Topic } from './services.ts';
import { HOME, makeSourcePorts } from './sources.ts';
import { makeTable } from './table.ts';
import { makeVideo } from './video.ts';
import { makeVideoPorts } from './video-client.ts';
import { makeVirtualTime, useVirtualTimers } from './virtual-time.ts';

const ACCOUNT = '123456789012';
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

export async function simulate(schedule: Schedule, product: Product): Promise<History> {
  const { stackTraceLimit } = Error;
  // Errors are ordinary here, and nobody reads where they came from.
  Error.stackTraceLimit = 0;
  try {
    return await run(schedule, product);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function run(schedule: Schedule, product: Product): Promise<History> {
  const time = makeVirtualTime(START_MS);
  const healAfterMs = schedule.healAfterS * 1000;
  const history = makeHistory(START_MS, START_MS + healAfterMs);
  const counts = new Map<string, number>();
  const surroundings: Surroundings = {
    time,
    history,
    seed: schedule.seed,
    faults: makeFaults(schedule.faults, healAfterMs, () => time.nowMs() - START_MS),
    nth(name) {
      const nth = (counts.get(name) ?? 0) + 1;
      counts.set(name, nth);
      return nth;
    },
  };

  const services = makeServices(surroundings, schedule.faults.length > 0);
  const bodies = makeHandlers(product, schedule, services, surroundings);
  const invokeAsync = makeInvokeAsync(surroundings, bodies);
  connect(services, bodies, invokeAsync, surroundings);
  planEvents(schedule, product, services, invokeAsync, surroundings);

  const mostSteps = MOST_STEPS * kindsOf(schedule).length;
  const crowd = surroundings.faults.crowds().reduce((sum, { runs }) => sum + runs, 0);
  const restore = useVirtualTimers(time);
  await time
    .run(() => {
      history.exhausted = time.steps() >= mostSteps + crowd * STEPS_PER_RUN || time.nowMs() >= START_MS + LONGEST_MS;
      return history.exhausted || (!time.isBusy() && !hasWorkForSweep(services, history));
    })
    .finally(restore);
  history.endedAtMs = time.nowMs();
  for (const kind of kindsOf(schedule)) history.comparisons.push(...comparisonsIn(history, kind, product));
  return history;
}

type Account = Services & {
  queues: Record<'region-tasks' | 'undelivered-tasks' | 'unreadable-tasks', Queue>;
  /** To be filled in by `connect`. */
  topics: Record<string, Topic>;
  onVisible: Record<string, () => void>;
};

/** @param isRough batches may be answered in part: AWS's good right, but not on a calm day */
function makeServices(surroundings: Surroundings, isRough: boolean): Account {
  const { time, history, seed } = surroundings;
  const onVisible: Account['onVisible'] = {};
  const tasks = new Map<string, TaskMessage>();
  const queue = (name: string, visibilityMs: number, deadLetters?: Queue) =>
    makeQueue({
      name,
      time,
      visibilityMs,
      ...(deadLetters && { redrive: { maxReceives: MAX_RECEIVES, deadLetters } }),
      oldHandlesWork: noise(seed, 'old handles') < 0.5,
      onVisible: () => onVisible[name]?.(),
      onMessage: (id, body, what) => followTask(tasks, history, { id, body, what, queue: name, atMs: time.nowMs() }),
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
      pageItems: 1 + Math.floor(3 * noise(seed, 'page items')),
      ttlLagMs: (key) => 3_600_000 * noise(seed, `ttl ${key}`),
      batchKeys: () => (isRough && noise(seed, 'batch', surroundings.nth('batch')) < 0.03 ? 1 : 3),
      onWrite(before, after, by) {
        if (!isOfNoRun(after)) history.writes.push({ atMs: time.nowMs(), before, after, by });
      },
    }),
  };
}

type Sighting = { id: string; body: string; what: 'come' | 'gone' | 'dead'; queue: string; atMs: number };

/** Follows each region task through both of its queues. */
function followTask(tasks: Map<string, TaskMessage>, history: History, sighting: Sighting): void {
  const { id, body, what, queue, atMs } = sighting;
  if (queue === 'unreadable-tasks') return void history.parked.push(body);
  if (what === 'come') {
    const task = readTask(body);
    if (task === undefined) return;
    const { censusId, runId, region, round, quick } = task;
    // What nobody may obey is not followed.
    if (ownerOf(censusId) !== ACCOUNT || round > MOST_ROUNDS) return;
    const kind = kindOf(censusId);
    const message = { kind, runId, region, round, queue, messageId: id, sentAtMs: atMs, ...(quick && { quick }) };
    tasks.set(id, message);
    history.tasks.push(message);
  } else if (what === 'gone') {
    const message = tasks.get(id);
    if (message !== undefined) message.acknowledgedAtMs = atMs;
  }
}

/** There is one account, and no other is ever asked. */
const noOthers = () => Promise.reject(new Error('There are no other accounts.'));

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
    invokedFunctionArn: `arn:aws:lambda:${HOME}:${ACCOUNT}:function:${of}`,
    memoryLimitInMB: '1024',
    getRemainingTimeInMillis: process.remainingMs,
  });
  const videoOf = makeVideos(schedule);
  const retention = () => {
    const retentionDays = faults.retentionDays();
    return retentionDays === undefined ? {} : { retentionDays };
  };
  const deps = (process: Process) => {
    const { clock, random, every } = process;
    return { ...makePorts(product, services, process), clock, random, every, log };
  };
  const listers = {
    streams: product.streamsLister,
    channels: product.channelsLister,
    'data-streams': product.dataStreamsLister,
  };
  return {
    dispatcher: (process, event) => {
      process.invocation.runId = (event as { runId: string }).runId;
      return product.dispatcher({
        ...deps(process),
        ...makeSourcePorts(product, schedule, process, surroundings),
        readAccounts: noOthers,
        askAccess: noOthers,
        readOptInStatesOf: () => noOthers,
        config: {
          ...DISPATCHER_CONFIG,
          kinds: kindsOf(schedule),
          ...retention(),
          regionSettings: settingsOf(schedule),
        },
      })(event, context(process, 'dispatcher'));
    },
    worker: (process, event) => {
      nameKind(process, (event as SQSEvent).Records[0]?.body);
      const listPageOf = (kind: Kind, region: string) => {
        const { world, number, video } = videoOf(kind, region);
        const { client, readOptIn } = makeVideoPorts(world, number, video, process, surroundings, kind);
        return product.makeListPage(listers[kind](client), region, REQUEST_TIMEOUT_MS, readOptIn);
      };
      const askQuota = makeQuotaPort(product, (kind) => worldsOf(schedule, kind), process, surroundings);
      const clientsOf = () => ({ listPageOf, askQuota });
      return product.worker({ ...deps(process), config: WORKER_CONFIG, clientsOf, askAccess: noOthers })(
        event as SQSEvent,
        context(process, 'worker'),
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
      // What it may have been shown.
      const writes = history.writes.filter(({ atMs }) => atMs <= time.nowMs() - STALEST_MS).length;
      const swept = () => {
        if ((event as { sweep?: true }).sweep) history.writesBySweep = writes;
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

/** What a task or a nudge says of its kind, for who judges: not as the product reads it. */
function nameKind({ invocation }: Process, message = ''): void {
  const { Message: inner } = objectIn(message);
  const { version, kind = STREAMS } = objectIn(typeof inner === 'string' ? inner : message);
  if (version !== undefined) invocation.kind = kind as Kind;
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** The regions of each kind, with their number, by which faults find them. */
function makeVideos(schedule: Schedule) {
  const videos = new Map(
    kindsOf(schedule).flatMap((kind) =>
      worldsOf(schedule, kind).map((world, number) => {
        const video = makeVideo(world, START_MS, kind);
        return [`${kind} ${world.region}`, { world, number, video }] as const;
      }),
    ),
  );
  return (kind: Kind, region: string) => {
    const found = videos.get(`${kind} ${region}`);
    if (found === undefined) throw new Error(`The world has no region ${region} of ${kind}.`);
    return found;
  };
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
    const mapping = { queue, of: name, body: bodies[name], concurrency: CONCURRENCY[name], visibilityMs };
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

  for (const { atS, run, regions, force, whose = STREAMS } of schedule.retries) {
    const key = { censusId: censusIdOf(ACCOUNT, whose), runId: runIdOf(START_MS + (schedule.runs[run] ?? 0) * 1000)! };
    const chosen = (regions ?? []).map((index) => worldsOf(schedule, whose)[index]?.region ?? '');
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
  planIntruders({ accountId: ACCOUNT, startMs: START_MS, schedule, services, surroundings });
  damage(schedule, services, surroundings);
}

const OLDER = '2026-11-19T00:00:00Z';
/** The sweep comes to these first, and cannot read them. */
const NEWER = '2026-11-22T00:00:00Z';
const OF_A_NEWER_RELEASE = '2026-11-22T06:00:00Z';
type Damage = Extract<Fault, { kind: 'damage' }>['of'];
const UNREADABLE: readonly (string | undefined)[] = [NEWER, OF_A_NEWER_RELEASE];

function damage(schedule: Schedule, { table }: Services, { faults }: Surroundings): void {
  for (const { of, whose = STREAMS } of faults.damages())
    table.slip(damagedItem(of, censusIdOf(ACCOUNT, whose), worldsOf(schedule, whose)[0]?.region ?? ''));
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
function hasWorkForSweep({ table }: Services, { writes, writesBySweep }: History): boolean {
  const items = table.items();
  const seen = items.filter((item) => item.sweep !== undefined && !UNREADABLE.includes(item.timeSk?.S));
  const wasCut = items.some((item) => isSweepPlace(item) && item.place !== undefined);
  return wasCut || seen.some(isOpen) || (seen.length > 0 && writes.length > writesBySweep);
}

/** Where a sweep stopped, and what is remembered of regions: news of no run. */
const isOfNoRun = (item: Item) => isSweepPlace(item) || item.sk?.S === 'REGIONS';
const isSweepPlace = ({ pk }: Item) => pk?.S === 'SWEEP';
