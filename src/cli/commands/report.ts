/** `kvs-census report`: the census page as one file, to keep or to send. */
import { Command } from 'commander';
import { number, plural } from '../../answers/words.ts';
import { loadAssets } from '../../page/assets.ts';
import { readPageReport } from '../../page/data.ts';
import { pageHtml } from '../../page/html.ts';
import type { Io } from '../io.ts';
import { examples, type PlaceOptions, type RangeOptions, rangeOf, withPlace, withRange } from '../options.ts';
import { once, writeOutput } from '../output-file.ts';
import { tellDamage } from '../print.ts';
import { plain } from '../render/plain.ts';
import { withSource } from '../source/source.ts';

type Options = PlaceOptions & RangeOptions & { html: string };

const LAST = 100;

export function reportCommand(io: Io): Command {
  return withRange(withPlace(new Command('report')), LAST)
    .description('The census page as one self-contained file, with all regions of its runs.')
    .requiredOption('--html <file>', 'the file to write; one that is there is replaced')
    .addHelpText(
      'after',
      examples([
        ['report --html census.html', 'the newest runs, for a browser'],
        ['report --html november.html --since 2026-11 --until 2026-11', 'a month'],
      ]),
    )
    .action(async (options: Options) => {
      await withSource(options, io, async (source) => {
        const report = await readPageReport(source, await rangeOf(source, options, LAST, io.nowMs()), io.nowMs());
        const html = pageHtml({ form: 'report', report }, await loadAssets());
        const file = await writeOutput(io, options.html, once(html));
        const size = number(Math.ceil(Buffer.byteLength(html) / 1000));
        if (file !== undefined)
          await io.write(`Wrote ${plural(report.runs.length, 'run')} to ${plain(file)} (${size} kB).\n`);
        tellDamage(io, report.damaged);
      });
    });
}
