import type { Io } from './io.ts';
import { plainJson } from './render/plain.ts';
import type { View } from './render/text.ts';

/** A model as JSON or for people. A renderer is loaded only where people read. */
export async function print<Model>(
  io: Io,
  { json }: { json: boolean },
  model: Model,
  loadRenderer: () => Promise<(model: Model, view: View) => string>,
): Promise<void> {
  if (json) return await io.write(`${plainJson(model, io.isTerminal ? 2 : undefined)}\n`);
  const [render, { makeView }] = await Promise.all([loadRenderer(), import('./render/text.ts')]);
  await io.write(`${render(model, makeView(io))}\n`);
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

/** Regions that were counted after the total was stored: the number is true of what it names, and about to grow. */
export function warnOfNews(io: Io, runId: string, news: readonly string[]): void {
  if (news.length === 0) return;
  io.warn(
    `Counted since the total of ${runId} was stored, and not in it yet: ${news.join(', ')}. Ask again in 5 minutes.`,
  );
}
