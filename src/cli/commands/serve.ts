/** `kvs-census serve`: the census page, for this machine. */
import { once } from 'node:events';
import { Command } from 'commander';
import { settleOwner } from '../../answers/asking/owner.ts';
import { listenLocally } from '../../local/listen.ts';
import { endWithNpm } from '../../local/parents.ts';
import { loadAssets } from '../../page/assets.ts';
import { readNewest } from '../../page/data.ts';
import { makePageHandler, type PageOptions } from '../../page/handler.ts';
import { sentenceOf, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { examples, type PlaceOptions, parsePort, withPlace } from '../options.ts';
import { plain } from '../render/plain.ts';
import { withSource } from '../source/source.ts';

type Options = PlaceOptions & { port: number };

const PORT = 4780;

export function serveCommand(io: Io): Command {
  return withPlace(new Command('serve'))
    .description('The census page, for a browser on this machine: read-only, and live while a run progresses.')
    .option('--port <n>', 'where it listens, on 127.0.0.1 only; 0 picks a free one', parsePort, PORT)
    .addHelpText(
      'after',
      examples([
        ['serve', 'the stage dev, with your default credentials'],
        ['serve --stage prod --region eu-west-1', 'another stage and region'],
        ['serve --local', 'the runs of `npm start`; live if that was started with --keep'],
      ]),
    )
    .action((options: Options) => serve(options, io));
}

async function serve(options: Options, io: Io): Promise<void> {
  if (options.local) return await serveWith(makeLocalLedger(options, io), options, io);
  // AWS is reached through one client, which keeps its connections.
  await withSource(options, io, (source) => serveWith((use) => use(source), options, io));
}

type WithLedger = PageOptions['withLedger'];

/**
 * A local ledger belongs to whoever holds its folder open, so it is opened for each reading and closed again: then
 * `npm start` can count in between, and a stack that was started meanwhile is found. One reading at a time.
 */
function makeLocalLedger(options: Options, io: Io): WithLedger {
  let last: Promise<unknown> = Promise.resolve();
  return (use) => {
    const next = last.then(() => withSource(options, io, use));
    last = next.catch(() => {});
    return next;
  };
}

async function serveWith(withLedger: WithLedger, options: Options, io: Io): Promise<void> {
  const assets = await loadAssets();
  // What is wrong with the ledger is said here, before anybody opens a browser.
  const { place, censusId } = await withLedger(async (source) => {
    if (options.account === undefined) await settleOwner(source);
    return { ...(await readNewest(source, io.nowMs())), censusId: source.censusId };
  });
  const server = await listenLocally(
    makePageHandler({ withLedger, censusId, sentenceOf, nowMs: io.nowMs, assets: Promise.resolve(assets) }),
    options.port,
  ).catch((cause: Error) => {
    throw new UsageError(cause.message, { cause });
  });
  endWithNpm();
  const url = `${server.url}/`;
  await io.write(
    `The census page of ${plain(place)} is at ${url}\nIt only reads, and only this machine reaches it. Stop it with Ctrl-C.\n`,
  );
  const signal = io.interrupted();
  if (!signal.aborted) await once(signal, 'abort');
  await server.close();
}
