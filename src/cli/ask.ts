import type { Io } from './io.ts';
import type { ReadingOptions } from './options.ts';
import { type StackSource, withSource } from './source/source.ts';
import { type Shown, type Subject, show } from './subject.ts';
import { subjectOf } from './subject-of.ts';

/**
 * What a command does that only reads: asks the ledger that its options name, and shows the answer.
 * @param question may be put a second time, as of withSource; its instant is in milliseconds since 1970
 */
export async function ask(
  options: ReadingOptions,
  io: Io,
  question: (subject: Subject, source: StackSource, nowMs: number) => Promise<Shown>,
): Promise<void> {
  await withSource(options, io, async (source) => {
    await show(await question(await subjectOf(source), source, io.nowMs()), io, options);
  });
}
