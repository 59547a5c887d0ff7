/** `kvs-census region`: one region through time. */
import { Argument, type Command } from 'commander';
import type { RunFilter } from '../../answers/run-filter.ts';
import { parseRegion } from '../../census/region.ts';
import { ask } from '../ask.ts';
import type { Io } from '../io.ts';
import {
  checked,
  examples,
  type RangeOptions,
  type ReadingOptions,
  rangeOf,
  readingCommand,
  reasonOption,
  withRange,
} from '../options.ts';

const LAST = 30;

export function regionCommand(io: Io): Command {
  const command = readingCommand('region', 'One region through time, newest first.').addArgument(
    new Argument('<region>', 'the region that was counted').argParser(checked(parseRegion)),
  );
  return withRange(command, LAST)
    .addOption(reasonOption())
    .addHelpText(
      'after',
      examples([
        ['region eu-west-1', 'the newest runs'],
        ['region eu-west-1 --last 100', 'the newest hundred'],
        ['region eu-west-1 --reason timed-out', 'only where it was too slow'],
        ['region eu-west-1 --stage prod --region us-east-1', '--region says where the ledger is'],
      ]),
    )
    .action(async (region: string, options: ReadingOptions & RangeOptions & RunFilter) => {
      await ask(options, io, async (subject, source, nowMs) => {
        const range = await rangeOf(source, options, LAST, nowMs);
        return await subject.region(source, region, range, options, nowMs);
      });
    });
}
