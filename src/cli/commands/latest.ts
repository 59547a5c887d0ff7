/** `kvs-census latest`: the newest total. */
import type { Command } from 'commander';
import { readLatest } from '../../answers/latest.ts';
import type { Io } from '../io.ts';
import { examples, type ReadingOptions, readingCommand } from '../options.ts';
import { exitCodeOf, print, tellDamage, tellNews } from '../print.ts';
import { withSource } from '../source/source.ts';

export function latestCommand(io: Io): Command {
  return readingCommand('latest', 'The newest total: how many there are, in which regions, and whether to trust it.')
    .addHelpText(
      'after',
      examples([
        ['latest', 'of the stage dev, with your default credentials'],
        ['latest --stage prod --region eu-west-1', 'of another stage and region'],
        ['latest --local', 'of the runs of `npm start`'],
        ['latest --kind channels', 'of signaling channels, where the stack counts them'],
        ['latest --json | jq .run.streams', 'the number alone'],
      ]),
    )
    .action(async (options: ReadingOptions) => {
      await withSource(options, io, async (source) => {
        const { answer, news } = await readLatest(source, io.nowMs());
        tellNews(io, news);
        io.exitCode = exitCodeOf(answer.run);
        await print(io, options, answer, async () => (await import('../render/latest.ts')).renderLatest);
        tellDamage(io, answer.damaged);
      });
    });
}
