/** The streams of one simulated region: what they are called, what the service tells of each, and when each is there. */
import type { StreamInfo } from '@aws-sdk/client-kinesis-video';
import { descriptorOf, type Kind, STREAMS } from '../../src/census/kinds.ts';
import { noise } from './noise.ts';

/** How a region's streams are called. */
export const NAMINGS = {
  numbered: 'all alike but for a number',
  spread: 'by every letter there is, the large one apart from the small one',
  nested: 'each the beginning of others: a, a-, a-1, a-1.x',
  letters: 'by one letter each, as long as there are letters',
  long: '256 characters long',
  shared: 'by 245 letters that they share, and a number',
  capitals: 'in small letters, but for a few',
} as const;
export type Naming = keyof typeof NAMINGS;

export type Change = {
  /** Seconds after the start. */
  atS: number;
  how: 'created' | 'deleted' | 're-created';
  /** Of the streams that there were at the start; without meaning for one that is created. */
  stream: number;
};

export type FleetWorld = {
  region: string;
  /** At the start. */
  streams: number;
  /** Absent: numbered. */
  names?: Naming;
  /** In which order the service lists them: by name, or as they were made, which their names do not show. Absent: the latter. */
  order?: 'name' | 'made';
  /** Fields that are missing, or hold what nobody has heard of. */
  odd?: true;
  /** One in so many is listed without its name. */
  nameless?: number;
  changes?: readonly Change[];
};

/** What a service tells of a thing, in the words of Kinesis Video, and what other kinds than streams tell beside that. */
export type Info = StreamInfo & { type?: string; messageTtlSeconds?: number; mode?: string };

/** One thing of any kind. */
export type Stream = {
  name: string;
  arn: string;
  info: Info;
  /** Listed from this instant on, marked as being deleted from the next, gone from the last: milliseconds since 1970. */
  fromMs: number;
  leavesMs: number;
  untilMs: number;
};

const LETTERS = '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
/** Has no divisor in common with the number of letters, so that all of them come in turn. */
const STRIDE = 37;

const letter = (index: number) => LETTERS.charAt((index * STRIDE) % LETTERS.length);
const digits = (index: number) => String(index).padStart(5, '0');

/** Of nested names: what follows the first letter. */
const TAILS = ['', '-', '-1', '-1.x', '-1.y', '-10', '_', '.z'];

/** The nth name of a region. Where there is room, it says that it is a secret. */
export function nameOf(region: string, index: number, naming: Naming = 'numbered'): string {
  const round = Math.floor(index / LETTERS.length);
  switch (naming) {
    case 'numbered':
      return `secret-camera.${region}-${digits(index)}`;
    case 'spread':
      return `${letter(index)}-secret_${digits(index)}`;
    case 'nested': {
      const stem = Math.floor(index / TAILS.length);
      return `${'aB_'.charAt(stem % 3)}${stem < 3 ? '' : stem}${TAILS[index % TAILS.length]}`;
    }
    case 'letters':
      return letter(index) + (round === 0 ? '' : `secret-${round}`);
    case 'long':
      return letter(index) + 'secret'.repeat(42).slice(0, 250) + digits(index);
    case 'shared':
      return 'secret'.repeat(41).slice(0, 245) + digits(index);
    case 'capitals': {
      const name = `${LETTERS.charAt(39 + (index % 26))}-secret-${digits(index)}`;
      return index % 11 === 10 ? name.toUpperCase() : name;
    }
    default:
      return naming satisfies never;
  }
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long a stream that is deleted is listed as such. */
const LEAVING_MS = 3000;

/** Just on this side and on that of where one class of ages ends, and the next begins. */
const AGES_MS = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS].flatMap((age) =>
  [-2 * HOUR_MS, -HOUR_MS, -1000, 0, 1, HOUR_MS].map((more) => age + more),
);

const OWN = '123456789012';

/**
 * In the order in which the service lists them, whatever becomes of them.
 * @param accountId in their ARNs
 */
export function makeFleet(world: FleetWorld, startMs: number, kind: Kind = STREAMS, accountId: string = OWN): Stream[] {
  const { region, streams, names, order, changes = [] } = world;
  const make = (index: number, createdAtMs: number, fromMs: number) =>
    makeStream(world, index, createdAtMs, fromMs, kind, accountId);
  const fleet = Array.from({ length: streams }, (_, index) =>
    make(index, startMs - AGES_MS[(index * 5) % AGES_MS.length]!, Number.NEGATIVE_INFINITY),
  );
  const last = new Map(fleet.map((stream) => [stream.name, stream]));
  let made = streams;
  for (const { atS, how, stream } of [...changes].sort((a, b) => a.atS - b.atS)) {
    const atMs = startMs + Math.round(atS * 1000);
    if (how !== 'created' && streams === 0) continue;
    const index = how === 'created' ? made++ : stream % streams;
    const before = last.get(nameOf(region, index, names));
    const isThere = before !== undefined && before.leavesMs > atMs;
    if (isThere) {
      before.leavesMs = atMs;
      // A name is free again only when the stream that had it is gone.
      before.untilMs = how === 're-created' ? atMs : atMs + LEAVING_MS;
    }
    if (how === 'deleted' || (before !== undefined && before.untilMs > atMs)) continue;
    const next = make(index, atMs, atMs);
    fleet.push(next);
    last.set(next.name, next);
  }
  if (order === 'name') fleet.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.fromMs - b.fromMs));
  return fleet;
}

const KEYS = [undefined, 'arn:aws:kms:eu-west-1:123456789012:alias/aws/kinesisvideo', 'secret-key'];
const ODD_HOURS = [-1, undefined, 25, 169, 1e9, Number.NaN];
const ODD_TYPES = [undefined, '', 'nonsense', `video/${'x'.repeat(200)}`, 'video/h264,audio/aac'];
const ODD_STATUSES = [undefined, 'ARCHIVED', 'DELETING', 'UPDATING', ''];

const TYPES = ['SINGLE_MASTER', 'FULL_MESH'];
const ODD_TYPES_OF_CHANNELS = [undefined, '', 'HALF_MESH'];
const TTLS = [5, 30, 31, 60, 61, 120];
const ODD_TTLS = [undefined, -1, Number.NaN, 0];
const MODES = ['ON_DEMAND', 'PROVISIONED'];
const ODD_MODES = [undefined, '', 'ADVANCED'];

/** As docs/kinds.md has it: a data stream's own says nothing of when it was made, and what it is counted by does, if it says so. */
function arnOf(kind: Kind, accountId: string, region: string, name: string, createdAtMs: number): string {
  const service = kind === 'data-streams' ? 'kinesis' : 'kinesisvideo';
  return `arn:aws:${service}:${region}:${accountId}:${descriptorOf(kind).arnType}/${name}/${createdAtMs}`;
}

/** What a data stream's ARN is without the instant, which is told apart from it. */
export const bareArn = (arn = '') => arn.split('/').slice(0, 2).join('/');

function makeStream(
  world: FleetWorld,
  index: number,
  createdAtMs: number,
  fromMs: number,
  kind: Kind,
  accountId: string,
): Stream {
  const { region, names, odd } = world;
  const name = nameOf(region, index, names);
  let arn = arnOf(kind, accountId, region, name, createdAtMs);
  const key = KEYS[index % KEYS.length];
  const info: Record<keyof Info, unknown> = {
    StreamName: name,
    StreamARN: arn,
    DeviceName: undefined,
    Version: 'secret-version',
    Status: 'ACTIVE',
    DataRetentionInHours: [0, 24, 168, 1000][index % 4],
    MediaType: ['video/h264', 'video/h265'][index % 2],
    KmsKeyId: key,
    CreationTime: new Date(createdAtMs),
    type: TYPES[index % TYPES.length],
    messageTtlSeconds: TTLS[index % TTLS.length],
    mode: MODES[index % MODES.length],
  };
  const pick = <T>(what: string, from: readonly T[]) => from[Math.floor(noise(index, what) * from.length)];
  const isOdd = (what: string) => odd && noise(index, `odd ${what}`) < 0.5;
  if (isOdd('status')) info.Status = pick('status', ODD_STATUSES);
  if (isOdd('retention')) info.DataRetentionInHours = pick('retention', ODD_HOURS);
  if (isOdd('media type')) info.MediaType = pick('media type', ODD_TYPES);
  if (isOdd('creation'))
    info.CreationTime = pick('creation', [undefined, new Date(Number.NaN), new Date(-1), new Date(8e15)]);
  if (isOdd('key')) info.KmsKeyId = '';
  if (isOdd('type')) info.type = pick('type', ODD_TYPES_OF_CHANNELS);
  if (isOdd('ttl')) info.messageTtlSeconds = pick('ttl', ODD_TTLS);
  if (isOdd('mode')) info.mode = pick('mode', ODD_MODES);
  if (world.nameless && index % world.nameless === world.nameless - 1) info.StreamName = undefined;
  const toldMs = (info.CreationTime as Date | undefined)?.getTime() ?? Number.NaN;
  if (kind === 'data-streams') arn = bareArn(arn) + (Number.isFinite(toldMs) ? `/${toldMs}` : '');
  info.StreamARN = arn;
  const forEver = Number.POSITIVE_INFINITY;
  return { name, arn, info: info as Info, fromMs, leavesMs: forEver, untilMs: forEver };
}

/** Whether it is listed at an instant. */
export const isThere = ({ fromMs, untilMs }: Stream, atMs: number) => fromMs <= atMs && atMs < untilMs;

/** What the service tells of it then. */
export function infoAt(stream: Stream, atMs: number): Info {
  return atMs < stream.leavesMs ? stream.info : { ...stream.info, Status: 'DELETING' };
}
