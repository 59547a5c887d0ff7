/** `kvs-census headroom`: how full each region is, and when it will be full. */
import { type Command, Option } from 'commander';
import { HISTORY_DAYS } from '../../answers/asking/limits.ts';
import { ask } from '../ask.ts';
import type { Io } from '../io.ts';
import { examples, parseCount, type ReadingOptions, readingCommand } from '../options.ts';

type Options = ReadingOptions & { days: number; above?: number };

export function headroomCommand(io: Io): Command {
  const { usual, least, most } = HISTORY_DAYS;
  return readingCommand('headroom', 'How full each region is, and when it will be full; most urgent first.')
    .addOption(
      new Option('--days <n>', `the history that growth is told from, ${least} to ${most} days`)
        .default(usual)
        .argParser(parseCount(most, least)),
    )
    .addOption(
      new Option(
        '--above <percent>',
        "from how many percent on a region is above (default: the deployment's own)",
      ).argParser(parseCount(100)),
    )
    .addHelpText(
      'after',
      examples([
        ['headroom', 'the newest total against the quotas'],
        ['headroom --days 90', 'growth over a quarter'],
        ['headroom --above 60', 'with the commands that ask for more, from 60 percent on'],
        ['headroom --json | jq -r ".regions[] | select(.isAbove).region"', 'the regions alone'],
      ]),
    )
    .action(async ({ days, above, ...options }: Options) => {
      const wanted = { days, ...(above !== undefined && { alarmPercent: above }) };
      await ask(options, io, (subject, source, nowMs) => subject.headroom(source, wanted, nowMs));
    });
}
