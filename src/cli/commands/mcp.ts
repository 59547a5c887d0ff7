/** `kvs-census mcp`: the answers for an agent, by the Model Context Protocol. */
import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import about from '../../../package.json' with { type: 'json' };
import type { Io } from '../io.ts';
import { examples, type PlaceOptions, withPlace } from '../options.ts';

/** For what is under way when the client has gone, and waits for AWS: nobody needs it any more. */
const LAST_WORDS_MS = 500;

export function mcpCommand(io: Io): Command {
  return withPlace(new Command('mcp'))
    .description(
      'A server of the Model Context Protocol on standard input and output: an agent starts it, and asks what the commands answer. It only reads.',
    )
    .addHelpText(
      'after',
      examples([
        ['mcp', 'the stage dev, with your default credentials'],
        ['mcp --stage prod --region eu-west-1 --profile audit', 'another stage, with the credentials of a profile'],
        ['mcp --local', 'the runs of `npm start`'],
      ]),
    )
    .action(async (options: PlaceOptions) => {
      // Only here: the protocol's package takes longer to load than most commands take.
      const [{ makeLedger }, { makeTools }, { serveTools }] = await Promise.all([
        import('../agent/ledger.ts'),
        import('../agent/tools.ts'),
        import('../agent/serve.ts'),
      ]);
      const ledger = makeLedger(options, io);
      const newId = () => randomUUID().slice(0, 8);
      await serveTools(await makeTools({ ledger, nowMs: io.nowMs, newId }), about.version, io);
      await ledger.close();
      setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
    });
}
