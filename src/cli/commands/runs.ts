/** `kvs-census runs`: the history of totals. */
import type { Command } from 'commander';
import { commandLine } from '../../answers/place.ts';
import type { RunFilter } from '../../answers/run-filter.ts';
import { ask } from '../ask.ts';
import type { Io } from '../io.ts';
import {
  examples,
  type RangeOptions,
  type ReadingOptions,
  rangeOf,
  readingCommand,
  withFilter,
  withRange,
} from '../options.ts';

const LAST = 20;

export function runsCommand(io: Io): Command {
  return withFilter(withRange(readingCommand('runs', 'The history of totals, newest first.'), LAST))
    .addHelpText(
      'after',
      examples([
        ['runs --last 100', 'the newest hundred'],
        ['runs --since 24h', 'of the last day'],
        ['runs --since 2026-11-01 --until 2026-11-07', 'a week'],
        ['runs --reason denied', 'that miss a region that refuses'],
        ['runs --json | jq -r ".runs[].streams"', 'the numbers alone'],
      ]),
    )
    .action(async (options: ReadingOptions & RangeOptions & RunFilter) => {
      await ask(options, io, async (subject, source, nowMs) => {
        const range = await rangeOf(source, options, LAST, nowMs);
        const found = await subject.runs(source, range, options, nowMs);
        if (found.more && options.last === undefined && (options.since ?? options.until) !== undefined)
          io.warn(
            `Only the newest ${found.count} runs of that time are shown: ${commandLine(source.place, 'export')} gives all.`,
          );
        return found;
      });
    });
}
