/** What commands ask, whether it is of an account's runs or of the organisation's. */
import type { Damage } from '../answers/damage.ts';
import type { News } from '../answers/news.ts';
import type { DamagedItem, Source, TimeRange } from '../answers/reader.ts';
import type { RunFilter } from '../answers/run-filter.ts';
import type { RunName } from '../answers/run-name.ts';
import type { Range } from '../answers/runs.ts';
import type { RunId } from '../census/run.ts';
import type { Io } from './io.ts';
import type { ReadingOptions } from './options.ts';
import { print, tellDamage, tellNews } from './print.ts';
import type { View } from './render/text.ts';
import type { StackSource } from './source/source.ts';
import type { WatchOptions } from './watch-run.ts';

/** An answer, and what else a command makes of it. */
export type Shown = {
  exitCode: number;
  news: readonly News[];
  damaged: readonly DamagedItem[];
  /** Said beside the answer, before it. */
  hint?: string;
  print(io: Io, options: ReadingOptions): Promise<void>;
};

/** Of `diff`: the runs may be named in either order. */
export const GOES_BACK =
  'The first run is the later one: this goes back in time, and "gone" is what was created since.';

type Wanted = { days: number; alarmPercent?: number };

export type RetryOptions = ReadingOptions & { force: boolean; wait: boolean };

export type Subject = {
  latest(source: Source, filter: RunFilter, nowMs: number): Promise<Shown>;
  runs(
    source: Source,
    range: Range,
    filter: RunFilter,
    nowMs: number,
  ): Promise<Shown & { more: boolean; count: number }>;
  run(source: Source, name: RunName, filter: RunFilter, nowMs: number): Promise<Shown>;
  explain(source: Source, name: RunName, nowMs: number): Promise<Shown>;
  /** Without names: the newest total and the one that it is compared with. */
  diff(source: Source, names: readonly [before: RunName, after: RunName] | undefined, nowMs: number): Promise<Shown>;
  /** @param than the run to compare with; undefined: the comparable one */
  why(source: Source, name: RunName, than: RunName | undefined, nowMs: number): Promise<Shown>;
  region(source: Source, region: string, range: Range, filter: RunFilter, nowMs: number): Promise<Shown>;
  headroom(source: Source, wanted: Wanted, nowMs: number): Promise<Shown>;
  exporter(source: Source, wish: ExportWish): Exporter;
  /** Shows the run until it has settled, and sets the exit code by its verdict. */
  watch(source: StackSource, io: Io, options: WatchOptions, runId: RunId): Promise<void>;
  /** @param wished of what is missing only these regions, or accounts; none: all */
  retry(source: StackSource, io: Io, options: RetryOptions, name: RunName, wished: readonly string[]): Promise<void>;
};

/** What `export` is to write. */
type ExportWish = {
  range: TimeRange & { limit?: number };
  filter: RunFilter;
  /** So many of those that are looked for. */
  last?: number | undefined;
  isByAccount: boolean;
  /** The clock, in milliseconds since 1970: a long history takes its time. */
  nowMs: () => number;
  damage: Damage;
};

/** The same runs in each form. */
type Exporter = Record<'json' | 'ndjson' | 'csv' | 'prometheus', () => Promise<AsyncIterable<string>>>;

type Told = Partial<Omit<Shown, 'print'>>;

/** An answer as what is shown of it. A renderer is loaded only where people read. */
export function shown<Answer extends object>(
  answer: Answer,
  { exitCode = 0, news = [], damaged = damagedIn(answer), ...told }: Told,
  loadRenderer: () => Promise<(answer: Answer, view: View) => string>,
): Shown {
  return {
    exitCode,
    news,
    damaged,
    ...told,
    print: (io, options) => print(io, options, answer, loadRenderer),
  };
}

const damagedIn = (answer: { damaged?: readonly DamagedItem[] }) => answer.damaged ?? [];

export async function show(one: Shown, io: Io, options: ReadingOptions): Promise<void> {
  const { news, hint, exitCode, damaged } = one;
  tellNews(io, news);
  if (hint !== undefined) io.warn(hint);
  io.exitCode = exitCode;
  await one.print(io, options);
  tellDamage(io, damaged);
}
