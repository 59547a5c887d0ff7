import type { News } from '../answers/news.ts';
import type { DamagedItem } from '../answers/reader.ts';
import type { RunSummary } from '../answers/run-summary.ts';
import type { Io } from './io.ts';
import { placeOf, type ReadingOptions } from './options.ts';
import { plainJson } from './render/plain.ts';
import type { View } from './render/text.ts';

/** A model as JSON or for people. A renderer is loaded only where people read. */
export async function print<Model>(
  io: Io,
  options: ReadingOptions,
  model: Model,
  loadRenderer: () => Promise<(model: Model, view: View) => string>,
): Promise<void> {
  if (options.json) return await io.write(`${plainJson(model, io.isTerminal ? 2 : undefined)}\n`);
  const [render, { makeView }] = await Promise.all([loadRenderer(), import('./render/text.ts')]);
  const { wide, kind } = options;
  await io.write(`${render(model, makeView(io, { wide, place: placeOf(io, options), kind }))}\n`);
}

/**
 * For a command that has more to do than to be read: what cannot be written is lost, which is said once, and the command
 * goes on.
 */
export function makeTeller(io: Io): (text: string) => void {
  let isLost = false;
  return (text) => {
    if (isLost) return;
    io.write(text).catch((error: Error) => {
      if (!isLost) io.warn(`${error.message.replace(/\.$/, '')}; the count goes on.`);
      isLost = true;
    });
  };
}

/** What a person should know beside an answer, before it. */
export function tellNews(io: Io, news: readonly News[]): void {
  for (const { runId, regions } of news) {
    if (regions.length === 0) continue;
    io.warn(
      `Counted since the total of ${runId} was stored, and not in it yet: ${regions.join(', ')}. Ask again in 5 minutes.`,
    );
  }
}

/** Named one by one; more would hide the answer. */
const MOST_NAMED = 10;

/** What an answer had to leave out, after it: exit code 1. */
export function tellDamage(io: Io, items: readonly DamagedItem[]): void {
  if (items.length === 0) return;
  for (const { runId, problem } of items.slice(0, MOST_NAMED))
    io.warn(`error: The run ${runId} is left out: ${problem}`);
  const rest = items.length - MOST_NAMED;
  if (rest > 0) io.warn(`error: ${rest} more items are damaged; with --json, \`damaged\` names all of them.`);
  io.exitCode = 1;
}

/** 0: every region is in the number; 2: some are missing, or there is none yet. */
export function exitCodeOf({ verdict }: Pick<RunSummary, 'verdict'>): number {
  return verdict === 'complete' ? 0 : 2;
}
