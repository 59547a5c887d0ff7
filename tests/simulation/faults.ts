/**
 * What can go wrong. A schedule is a list of these; each hits one thing, named by what it is and the how-manieth of its
 * kind it is, so that taking one out leaves the others where they were.
 */
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import type { Caller, FunctionName } from '../judging/history.ts';
import type { VideoTrouble } from '../judging/region-world.ts';

/** What each caller asks of the services: `<caller>.<request>`. */
export const SITES = [
  'dispatcher.readRunAndMemory',
  'dispatcher.readLiveRegions',
  'dispatcher.readOptInStates',
  'dispatcher.lastCount',
  'dispatcher.writeMemory',
  'dispatcher.openRun',
  'dispatcher.readRun',
  'dispatcher.earlierRuns',
  'dispatcher.writeRecord',
  'dispatcher.strike',
  'dispatcher.publishTasks',
  'dispatcher.markDispatched',
  'worker.delayMessage',
  'worker.readRunAndRecord',
  'worker.listPage',
  'worker.askQuota',
  'worker.writeRecord',
  'worker.strike',
  'worker.sendNudge',
  'undelivered.readRunAndRecord',
  'undelivered.writeRecord',
  'undelivered.strike',
  'undelivered.sendNudge',
  'undelivered.parkMessage',
  'aggregator.readSweepPlace',
  'aggregator.runsForSweep',
  'aggregator.writeSweepPlace',
  'aggregator.readRun',
  'aggregator.readRecords',
  'aggregator.lastKnown',
  'aggregator.earlierRuns',
  'aggregator.storeTotal',
  'aggregator.announceTotal',
  'aggregator.mailTotal',
  'aggregator.markAnnounced',
  'aggregator.markSettled',
  'person.readRun',
  'person.readRecords',
  'person.openRound',
  'person.earlierRuns',
  'person.publishTasks',
  'person.markDispatched',
] as const;

/** What they ask beside that where an organisation is counted. */
export const ORGANIZATION_SITES = [
  'dispatcher.readAccounts',
  'dispatcher.organizationBefore',
  'dispatcher.lastTotal',
  'dispatcher.openOrganization',
  'dispatcher.readOrganization',
  'dispatcher.readAccountRecords',
  'dispatcher.openOrganizationRound',
  'dispatcher.assumeRole',
  'dispatcher.writeAccountRecord',
  'dispatcher.strikeAccount',
  'dispatcher.adoptRun',
  'dispatcher.readRecords',
  'dispatcher.openRound',
  'worker.assumeRole',
  'worker.noteDark',
  'aggregator.writeAccountRecord',
  'aggregator.strikeAccount',
  'aggregator.sendNudge',
  'aggregator.readOrganization',
  'aggregator.readAccountRecords',
  'aggregator.earlierOrganizations',
  'aggregator.storeOrganizationTotal',
] as const;
export type Site = (typeof SITES)[number] | (typeof ORGANIZATION_SITES)[number];

/** What is asked beside the count: a total says more with it, or a region costs less, and the number is the same without. */
export const BESIDE = [
  'dispatcher.earlierRuns',
  'worker.askQuota',
  'person.earlierRuns',
  'aggregator.lastKnown',
  'aggregator.earlierRuns',
] as const satisfies Site[];

/** What a request can meet. */
export const MISHAPS = {
  'crash before': 'the caller dies before it is sent',
  'crash after': 'it is carried out, and the caller dies before it hears so',
  throttled: 'it is refused, and not carried out',
  'answer lost': 'it is carried out, and the caller hears of a time-out',
  'sent twice': 'its first answer is lost, the SDK sends it again, and the caller hears the second',
  'carried out late': 'the caller hears of a time-out, and half a minute later it is carried out after all',
} as const;
export type Mishap = keyof typeof MISHAPS;

export type Service = 'ledger' | 'topics' | 'queues' | 'video' | 'sources' | 'quotas' | 'organizations' | 'access';

export type Fault =
  /** One request, the nth of its site; or of those of its site that are about a kind, or about an account of the organisation. */
  | { kind: 'request'; site: Site; nth: number; mishap: Mishap; whose?: Kind; account?: number }
  /** A service refuses everything for a while, or answers nothing; or what is about a kind, or about an account. */
  | { kind: 'outage'; service: Service; fromS: number; forS: number; silent?: true; whose?: Kind; account?: number }
  /**
   * The nth message of a topic. SNS refuses one of a batch, never delivers it, or hands it to the subscription's dead
   * letters because it cannot deliver it.
   */
  | { kind: 'message'; topic: 'region-tasks'; nth: number; how: 'twice' | 'late' | 'refused' | 'dead'; byS: number }
  | { kind: 'message'; topic: 'nudges'; nth: number; how: 'twice' | 'late' | 'lost'; byS: number }
  /**
   * The nth receive from a queue. `throttled`: Lambda refuses to invoke the function for so long, and the poller goes on
   * trying the same message; if it is visible again before that ends, the receive is spent and reached nobody.
   */
  | { kind: 'receive'; queue: 'region-tasks' | 'undelivered-tasks'; nth: number; how: 'twice' | 'ack lost' }
  | { kind: 'receive'; queue: 'region-tasks' | 'undelivered-tasks'; nth: number; how: 'throttled'; forS: number }
  /** The nth invocation of a function. */
  | { kind: 'invocation'; of: FunctionName; nth: number; how: 'killed' | 'late'; afterS: number }
  /** It stands still for so long, and goes on as if nothing had been: also where Lambda gave it up meanwhile. */
  | { kind: 'invocation'; of: FunctionName; nth: number; how: 'frozen'; afterS: number; forS: number }
  /** Its clock is wrong, and some seconds later steps. */
  | { kind: 'clock'; of: Caller; nth: number; aheadS: number; stepS: number; afterS: number }
  /** The nth event of the schedule that opens runs. */
  | { kind: 'trigger'; nth: number; how: 'twice' | 'late' | 'never'; byS: number }
  | { kind: 'sweep'; nth: number; how: 'missed' }
  /** Some calls to one region. In this and what follows, absent `whose` is streams, and absent `account` the stack's own. */
  | { kind: 'video'; region: number; nth: number; calls: number; trouble: VideoTrouble; whose?: Kind; account?: number }
  /** A message that nobody published, in the queue of tasks, or among the dead letters. */
  | {
      kind: 'stray';
      what: StrayTask;
      atS: number;
      queue?: 'region-tasks' | 'undelivered-tasks';
      whose?: Kind;
      account?: number;
    }
  /** Many nudges at once for the nth run. */
  | { kind: 'storm'; run: number; nudges: number; atS: number; whose?: Kind; account?: number | 'organization' }
  /** A count of the first region of the first run is written, and nobody strikes it. */
  | { kind: 'latecomer'; atS: number; whose?: Kind; account?: number }
  /** So many newer runs are partial, and stay so; and the ledger is slow. */
  | { kind: 'crowd'; runs: number; whose?: Kind }
  /** From then on runs are kept for so many days. */
  | { kind: 'retention'; fromS: number; days: number }
  /** Somebody laid hands on the ledger: a newer run that is open, or an older record of the first region. */
  | {
      kind: 'damage';
      of: 'a newer run' | 'an older record' | 'a run of a newer release';
      whose?: Kind;
      /** Of the organisation's runs: one that is newer, or one that is older. Absent: of the stack's own account. */
      account?: 'organization';
    };

/** See intruders.ts. */
export type StrayTask =
  | 'no task'
  | 'task of no run'
  | 'task in an envelope'
  | 'task of another account'
  | 'task of an unknown kind'
  | 'task of a region that was not planned'
  | 'task of a round to come'
  | 'task due in 2099'
  | 'task of a stranger';

type Of<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>;

export type Faults = {
  /** @param whose a kind, or the number of an account, if the nth is meant of those that are about it */
  request(site: string, nth: number, whose?: Kind | number): Mishap | undefined;
  /** @param whose the kind that the request is about, if it is about one; so of an account */
  outage(service: Service, whose?: Kind, account?: number): Of<'outage'> | undefined;
  message(topic: string, nth: number): Of<'message'> | undefined;
  receive(queue: string, nth: number): Of<'receive'> | undefined;
  invocation(of: Caller, nth: number): Of<'invocation'> | undefined;
  clock(of: Caller, nth: number): Of<'clock'> | undefined;
  trigger(nth: number): Of<'trigger'> | undefined;
  isSweepMissed(nth: number): boolean;
  video(region: number, nth: number, whose: Kind, account?: number): VideoTrouble | undefined;
  strays(): Of<'stray'>[];
  damages(): Of<'damage'>[];
  storms(): Of<'storm'>[];
  latecomers(): Of<'latecomer'>[];
  crowds(): Of<'crowd'>[];
  /** Milliseconds by which each request to it takes longer. */
  slowness(service: Service): number;
  /** As it is set now; nothing: as it was at first. */
  retentionDays(): number | undefined;
  /** Clocks are right again, and nothing goes wrong any more. */
  areHealed(): boolean;
};

/** So that a sweep has time for a dozen runs, and a crowd need not be large. */
const SLOW_MS = 1000;

/** @param sinceStartMs how long the simulation has been going on */
export function makeFaults(faults: readonly Fault[], healAfterMs: number, sinceStartMs: () => number): Faults {
  const byName = new Map<string, Fault>();
  for (const fault of faults) byName.set(nameOf(fault), fault);
  const outages = ofKind(faults, 'outage');
  const videos = ofKind(faults, 'video');
  const isCrowded = faults.some(({ kind }) => kind === 'crowd');
  const areHealed = () => sinceStartMs() >= healAfterMs;
  const find = <F extends Fault>(name: string) => (areHealed() ? undefined : (byName.get(name) as F | undefined));

  return {
    areHealed,
    request: (site, nth, whose) => find<Of<'request'>>(nameOfRequest(site, nth, whose))?.mishap,
    outage(service, whose, account) {
      if (areHealed()) return undefined;
      const nowS = sinceStartMs() / 1000;
      const isMeant = (outage: Of<'outage'>) =>
        outage.service === service && (outage.whose ?? whose) === whose && (outage.account ?? account) === account;
      return outages.find((o) => isMeant(o) && o.fromS <= nowS && nowS < o.fromS + o.forS);
    },
    message: (topic, nth) => find(`message ${topic} ${nth}`),
    receive: (queue, nth) => find(`receive ${queue} ${nth}`),
    invocation: (of, nth) => find(`invocation ${of} ${nth}`),
    clock: (of, nth) => find(`clock ${of} ${nth}`),
    trigger: (nth) => find(`trigger ${nth}`),
    isSweepMissed: (nth) => find(`sweep ${nth}`) !== undefined,
    video(region, nth, whose, account = 0) {
      if (areHealed()) return undefined;
      const isMeant = (v: Of<'video'>) => isOf(v, whose) && (v.account ?? 0) === account && v.region === region;
      return videos.find((v) => isMeant(v) && v.nth <= nth && nth < v.nth + v.calls)?.trouble;
    },
    strays: () => ofKind(faults, 'stray'),
    damages: () => ofKind(faults, 'damage'),
    storms: () => ofKind(faults, 'storm'),
    latecomers: () => ofKind(faults, 'latecomer'),
    crowds: () => ofKind(faults, 'crowd'),
    slowness: (service) => (isCrowded && service === 'ledger' ? SLOW_MS : 0),
    retentionDays: () => ofKind(faults, 'retention').findLast(({ fromS }) => fromS * 1000 <= sinceStartMs())?.days,
  };
}

function ofKind<Kind extends Fault['kind']>(faults: readonly Fault[], kind: Kind): Of<Kind>[] {
  return faults.filter((fault): fault is Of<Kind> => fault.kind === kind);
}

const isOf = ({ whose = STREAMS }: { whose?: Kind }, kind: Kind) => whose === kind;

const nameOfRequest = (site: string, nth: number, whose?: Kind | number) =>
  `request ${site} ${nth}${whose === undefined ? '' : ` ${whose}`}`;

function nameOf(fault: Fault): string {
  switch (fault.kind) {
    case 'request':
      return nameOfRequest(fault.site, fault.nth, fault.account ?? fault.whose);
    case 'message':
      return `message ${fault.topic} ${fault.nth}`;
    case 'receive':
      return `receive ${fault.queue} ${fault.nth}`;
    case 'invocation':
    case 'clock':
      return `${fault.kind} ${fault.of} ${fault.nth}`;
    case 'trigger':
    case 'sweep':
      return `${fault.kind} ${fault.nth}`;
    case 'outage':
    case 'video':
    case 'stray':
    case 'damage':
    case 'storm':
    case 'latecomer':
    case 'crowd':
    case 'retention':
      return '';
    default:
      return fault satisfies never;
  }
}

/** A fault as a line for people. */
export function describeFault(fault: Fault): string {
  const { whose, account } = fault as { whose?: Kind; account?: number | 'organization' };
  const where = account === undefined ? '' : account === 'organization' ? ', of all' : `, of account no. ${account}`;
  return `${describe(fault)}${where}${whose ? `, of ${whose}` : ''}`;
}

function describe(fault: Fault): string {
  switch (fault.kind) {
    case 'request':
      return `${fault.site} no. ${fault.nth}: ${fault.mishap} (${MISHAPS[fault.mishap]})`;
    case 'outage':
      return `${fault.service}: ${fault.silent ? 'nothing is answered' : 'nothing works'} from ${fault.fromS} s for ${fault.forS} s`;
    case 'message':
      return `message no. ${fault.nth} to ${fault.topic}: ${fault.how}${by(fault)}`;
    case 'receive':
      return `receive no. ${fault.nth} from ${fault.queue}: ${fault.how}${fault.how === 'throttled' ? ` for ${fault.forS} s` : ''}`;
    case 'invocation':
      if (fault.how === 'frozen')
        return `${fault.of} no. ${fault.nth}: after ${fault.afterS} s frozen for ${fault.forS} s, and then it goes on`;
      return `${fault.of} no. ${fault.nth}: ${fault.how === 'killed' ? 'killed after' : 'late by'} ${fault.afterS} s`;
    case 'clock':
      return `${fault.of} no. ${fault.nth}: its clock is ${fault.aheadS} s ahead and steps by ${fault.stepS} s after ${fault.afterS} s`;
    case 'trigger':
      return `trigger no. ${fault.nth}: ${fault.how}${by(fault)}`;
    case 'sweep':
      return `sweep no. ${fault.nth}: missed`;
    case 'video':
      return `region no. ${fault.region}: ${fault.trouble}, call ${fault.nth} and ${fault.calls - 1} more`;
    case 'stray':
      return `after ${fault.atS} s, in the queue ${fault.queue ?? 'region-tasks'}: a ${fault.what}`;
    case 'damage':
      return `in the ledger lies ${fault.of} that nobody can read`;
    case 'storm':
      return `after ${fault.atS} s, ${fault.nudges} nudges at once for run no. ${fault.run}`;
    case 'latecomer':
      return `after ${fault.atS} s the ledger carries out a count of region no. 0 whose writer is gone`;
    case 'crowd':
      return `in the ledger, which is slow, ${fault.runs} newer runs are partial`;
    case 'retention':
      return `from ${fault.fromS} s on runs are kept for ${fault.days} days`;
    default:
      return fault satisfies never;
  }
}

function by({ how, byS }: { how: string; byS: number }): string {
  return ['late', 'twice', 'dead'].includes(how) ? ` by ${byS} s` : '';
}
