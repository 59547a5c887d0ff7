/** What the runs come to: medians and ratios of each row, and which targets are met. */
import type { Run } from './measure.ts';
import {
  CAPACITY_ROW,
  floorMs,
  isSmall,
  MEMORY_ROWS,
  pagesOf,
  ROWS,
  type Row,
  SERVICE_LIMIT,
  type Side,
} from './worlds.ts';

export type RowResult = {
  row: Row;
  /** Medians in seconds, and of how many runs. */
  seconds: Partial<Record<Side, { median: number; runs: number }>>;
  engineToLoop?: number;
  /** Not of small rows, where the time of one call says more than the rate. */
  engineToFloor?: number;
  /** Of the engine's runs the most, as the server saw them. */
  calls?: number;
  maxCallsInAnySecond?: number;
  throttled?: number;
  /** Of the engine. */
  peakMb?: number;
  cpuSecondsPer100k?: number;
  /** CPU time for each second that passed. */
  coreShare?: number;
};

export type Target = { what: string; atMost: number; measured: number; unit: string; isMet: boolean };

const MEMORY_GROWTH_LIMIT_MB = 64;

/** The time that an invocation of 300 s may list, after the 15 s that it keeps for recording. */
const CAPACITY_LIMIT_S = 285;

/** Of a core: a Lambda has a whole one at 1,769 MB (AWS Lambda developer guide), and the worker has 1,024 MB. */
const CORE_LIMIT = 1024 / 1769;

export function resultsOf(runs: readonly Run[]): RowResult[] {
  return ROWS.filter(({ id }) => runs.some(({ row }) => row === id)).map((row) => {
    const of = (side: Side) => runs.filter((run) => run.row === row.id && run.side === side);
    const seconds: RowResult['seconds'] = {};
    for (const side of row.sides) {
      const times = of(side).map(({ ms }) => ms / 1000);
      if (times.length > 0) seconds[side] = { median: median(times), runs: times.length };
    }
    const engine = of('engine');
    const engineS = seconds.engine?.median;
    if (engineS === undefined) return { row, seconds };
    return {
      row,
      seconds,
      ...(seconds.loop && { engineToLoop: engineS / seconds.loop.median }),
      ...(!isSmall(row) && { engineToFloor: (engineS * 1000) / floorMs(row) }),
      calls: Math.max(...engine.map(({ calls }) => calls)),
      maxCallsInAnySecond: Math.max(...engine.map((run) => run.maxCallsInAnySecond)),
      throttled: Math.max(...engine.map(({ throttled }) => throttled)),
      peakMb: median(engine.map(({ peakMb }) => peakMb)),
      ...(!isSmall(row) && {
        cpuSecondsPer100k: median(engine.map(({ cpuMs }) => cpuMs)) / 1000 / (row.streams / 100_000),
        coreShare: median(engine.map(({ cpuMs, ms }) => cpuMs / ms)),
      }),
    };
  });
}

/** Ratios of medians, at most. */
const RATIOS: Record<string, { engineToLoop?: number; engineToFloor?: number }> = {
  'spread/80': { engineToLoop: 0.32, engineToFloor: 1.45 },
  'spread/300': { engineToLoop: 0.11, engineToFloor: 1.6 },
  'shared/80': { engineToLoop: 0.9 },
  'shared/300': { engineToLoop: 0.35 },
  'spread/20': { engineToLoop: 1.25 },
  'shared/20': { engineToLoop: 1.25 },
  '2500/80': { engineToLoop: 1.05 },
};

/** The targets of what was measured. */
export function targetsOf(results: readonly RowResult[]): Target[] {
  const targets: Target[] = [];
  const expect = (what: string, measured: number | undefined, atMost: number, unit = '') => {
    if (measured !== undefined) targets.push({ what, atMost, measured, unit, isMet: measured <= atMost });
  };
  const most = (of: (result: RowResult) => number | undefined, among = results) => {
    const values = among.flatMap((result) => of(result) ?? []);
    return values.length === 0 ? undefined : Math.max(...values);
  };
  for (const { row, engineToLoop, engineToFloor } of results) {
    const ratios = RATIOS[row.id];
    const where = `${row.title}, ${row.latencyMs} ms`;
    if (ratios?.engineToLoop) expect(`${where}: engine / loop`, engineToLoop, ratios.engineToLoop);
    if (ratios?.engineToFloor) expect(`${where}: engine / floor`, engineToFloor, ratios.engineToFloor);
  }
  for (const streams of [2500, 0]) {
    const rows = results.filter(({ row }) => row.id.startsWith(`${streams}/`));
    expect(
      `${streams.toLocaleString('en')} streams: calls`,
      most(({ calls }) => calls, rows),
      pagesOf(streams),
    );
  }
  expect(
    'calls in any second, seen by the server',
    most((each) => each.maxCallsInAnySecond),
    SERVICE_LIMIT,
  );
  expect(
    'engine: share of a core while it counts',
    most((each) => each.coreShare),
    CORE_LIMIT,
  );
  const [few, many] = MEMORY_ROWS.map(({ id }) => results.find(({ row }) => row.id === id)?.peakMb);
  if (few !== undefined && many !== undefined) {
    expect('peak memory: 1,000,000 streams above 10,000', many - few, MEMORY_GROWTH_LIMIT_MB, 'MB');
  }
  const capacity = results.find(({ row }) => row.id === CAPACITY_ROW.id)?.seconds.engine?.median;
  expect('5,000,000 streams in one invocation', capacity, CAPACITY_LIMIT_S, 's');
  return targets;
}

/** One sentence for each run that did not find what the world holds. */
export function wrongCounts(runs: readonly Run[]): string[] {
  return runs.flatMap((run) => {
    const truth = ROWS.find(({ id }) => id === run.row)?.streams;
    if (run.streams === truth) return [];
    const found = run.streams === undefined ? `ended with "${run.reason}"` : `counted ${run.streams}`;
    return [`${run.row}, ${run.side}, round ${run.round}: ${found}; the world holds ${truth}.`];
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
