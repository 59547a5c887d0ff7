/** What becomes of one request. Drawn from a dice that depends on the seed, on who asks for what, and on how often. */
import { makeRandom } from '../judging/noise.ts';
import { type Call, topicOf } from './call.ts';
import type { Sky } from './weather.ts';

export type Fate =
  | { kind: 'served' }
  /** Not carried out, and the client is told so. */
  | { kind: 'server error' }
  | { kind: 'unavailable' }
  | { kind: 'throttled' }
  /** Not carried out, and the connection is dropped. */
  | { kind: 'dropped' }
  /** Carried out, and the client does not hear so: its connection is dropped, it is told of an error, or of nothing. */
  | { kind: 'answer lost'; how: 'dropped' | 'server error' | 'silence' }
  /** The connection is dropped, and the request is carried out after all. */
  | { kind: 'late'; ms: number }
  /** Carried out, and answered when the client may have given up. */
  | { kind: 'slow'; ms: number }
  | { kind: 'in part'; random: () => number }
  /** A message is taken, and never delivered. */
  | { kind: 'lost' }
  /** The process that asks is killed, before or after the request is carried out. */
  | { kind: 'killed'; when: 'before' | 'after' };
type FateKind = Fate['kind'];

type Odds = { kind: FateKind; weight: number; of?: (call: Call) => boolean };

const WRITES = ['PutItem', 'UpdateItem', 'Publish', 'PublishBatch', 'SendMessage', 'ChangeMessageVisibility'];
const isWrite = ({ operation }: Call) => WRITES.includes(operation);
const isBatch = ({ operation }: Call) => ['PublishBatch', 'BatchGetItem'].includes(operation);
/** The only messages that may be lost: the sweep makes up for them. */
const isNudge = (call: Call) => call.operation === 'Publish' && (topicOf(call)?.endsWith('-nudges') ?? false);
const isFunction = ({ sender }: Call) => /^\d+$/.test(sender);

const ODDS: readonly Odds[] = [
  { kind: 'server error', weight: 5 },
  { kind: 'unavailable', weight: 3 },
  { kind: 'throttled', weight: 6 },
  { kind: 'dropped', weight: 4 },
  { kind: 'answer lost', weight: 6, of: isWrite },
  { kind: 'answer lost', weight: 2 },
  { kind: 'late', weight: 3, of: isWrite },
  { kind: 'slow', weight: 4 },
  { kind: 'in part', weight: 6, of: isBatch },
  { kind: 'killed', weight: 1.5, of: isFunction },
];

/** Of a hundred requests that many go wrong. */
const WRONG = { fair: 2, rough: 20, out: 100 } as const satisfies Record<Sky, number>;
/** SNS may lose a message to a function at any time, and says nothing. Of a hundred nudges. */
const LOST = 20;

/** The service pays no attention to what is asked for. */
const OUT: readonly Odds[] = [
  { kind: 'unavailable', weight: 5 },
  { kind: 'server error', weight: 2 },
  { kind: 'dropped', weight: 3 },
];

const SLOWEST_MS = 2000;
const LATEST_MS = 4000;

type Dice = (call: Call, caller: string, sky: Sky, leftMs: number) => Fate;

export function makeDice(seed: number): Dice {
  const thrown = new Map<string, number>();
  return (call, caller, sky, leftMs) => {
    const name = `${caller} ${call.operation}`;
    const nth = (thrown.get(name) ?? 0) + 1;
    thrown.set(name, nth);
    const random = makeRandom(seed, name, nth);
    if (random() * 100 >= WRONG[sky]) return delivered(call, random);
    const odds = (sky === 'out' ? OUT : ODDS).filter(({ of }) => of === undefined || of(call));
    return fateOf(pick(odds, random), random, leftMs);
  };
}

function delivered(call: Call, random: () => number): Fate {
  if (isNudge(call) && random() * 100 < LOST) return { kind: 'lost' };
  return { kind: 'served' };
}

function pick(odds: readonly Odds[], random: () => number): FateKind {
  let left = random() * odds.reduce((sum, { weight }) => sum + weight, 0);
  for (const { kind, weight } of odds) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'served';
}

/** @param leftMs until chaos ends: nothing that it causes happens later */
function fateOf(kind: FateKind, random: () => number, leftMs: number): Fate {
  switch (kind) {
    case 'answer lost':
      return { kind, how: (['dropped', 'server error', 'silence'] as const)[Math.floor(random() * 3)]! };
    case 'slow':
      return { kind, ms: Math.min(leftMs, random() * SLOWEST_MS) };
    case 'late':
      return { kind, ms: Math.min(leftMs, random() * LATEST_MS) };
    case 'in part':
      return { kind, random };
    case 'killed':
      return { kind, when: random() < 0.3 ? 'before' : 'after' };
    default:
      return { kind };
  }
}
