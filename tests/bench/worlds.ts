/** What the benchmark counts: rows of the table, and the world in which each row and side has a region of its own. */

const SIDES = ['engine', 'loop', 'sample'] as const;
export type Side = (typeof SIDES)[number];

export type Row = {
  /** `spread/80`: how people choose rows on the command line. */
  id: string;
  title: string;
  streams: number;
  names: 'spread' | 'shared';
  latencyMs: number;
  sides: readonly Side[];
  /** It takes long, and its time is compared with nothing. */
  isOnce?: true;
};

const LATENCIES_MS = [20, 80, 300];

/** As many as a published screenshot of AWS's own sample shows in one region. */
const LARGE = 380_942;

const WORLDS: Pick<Row, 'id' | 'title' | 'streams' | 'names'>[] = [
  { id: 'spread', title: '380,942 spread names', streams: LARGE, names: 'spread' },
  { id: 'shared', title: '380,942 sharing 12 letters', streams: LARGE, names: 'shared' },
  { id: '2500', title: '2,500', streams: 2500, names: 'shared' },
  { id: '0', title: '0', streams: 0, names: 'shared' },
];

export const TABLE_ROWS: readonly Row[] = WORLDS.flatMap((world) =>
  LATENCIES_MS.map((latencyMs) => ({ ...world, id: `${world.id}/${latencyMs}`, latencyMs, sides: SIDES })),
);

/** Rows of the engine alone. */
export const MEMORY_ROWS: readonly Row[] = [10_000, 1_000_000].map((streams) => ({
  id: `memory/${streams}`,
  title: `${streams.toLocaleString('en')} spread names`,
  streams,
  names: 'spread',
  latencyMs: 80,
  sides: ['engine'],
  ...(streams > 10_000 && { isOnce: true }),
}));

export const CAPACITY_ROW: Row = {
  id: 'capacity',
  title: '5,000,000 sharing 12 letters',
  streams: 5_000_000,
  names: 'shared',
  latencyMs: 80,
  sides: ['engine'],
  isOnce: true,
};

export const ROWS: readonly Row[] = [...TABLE_ROWS, ...MEMORY_ROWS, CAPACITY_ROW];

export const PAGE_SIZE = 1000;

/** ListStreams calls per second that AWS allows in one region. */
export const SERVICE_LIMIT = 50;

/** Nobody can list the row's streams in less: an empty region takes one page too. */
export function floorMs({ streams }: Row): number {
  return (pagesOf(streams) / SERVICE_LIMIT) * 1000;
}

export function pagesOf(streams: number): number {
  return Math.max(1, Math.ceil(streams / PAGE_SIZE));
}

/** Rows that are over in a second or two. A small difference shows only in more rounds, and these cost nothing. */
export function isSmall({ streams }: Row): boolean {
  return streams <= 10_000;
}

/**
 * A row and side's own region, so that no side meets the rate limit, or is counted among the calls, of another. The
 * local Kinesis Video takes any name that looks like one of a region.
 */
export function regionOf(row: Row, side: Side): string {
  return `us-bench-${side}-${ROWS.indexOf(row) + 1}`;
}

/** A region to warm the server up with. */
export const WARM_UP_REGION = 'us-warmup-0';
const WARM_UP_STREAMS = 50_000;

/** The world file: docs/local-video.md. Twelve letters that all names of a fleet share, then seven digits. */
export function worldJson(): unknown {
  const names = { spread: { kind: 'spread' }, shared: { kind: 'numbered', prefix: 'fleet-cam-eu', digits: 7 } };
  const regions = ROWS.flatMap((row) =>
    row.sides.map((side) => [
      regionOf(row, side),
      { streams: row.streams, names: names[row.names], latencyMs: row.latencyMs, callsPerSecond: SERVICE_LIMIT },
    ]),
  );
  const warmUp = [WARM_UP_REGION, { streams: WARM_UP_STREAMS, names: names.spread }];
  return { seed: 'bench', accountId: '123456789012', regions: Object.fromEntries([...regions, warmUp]) };
}
