import type { Damage } from '../../answers/damage.ts';
import type { Head } from '../../answers/head.ts';
import type { RunAnswer } from '../../answers/run.ts';
import { plainJson } from './plain.ts';

/** A run a line. */
export async function* ndjson(runs: AsyncIterable<RunAnswer>): AsyncGenerator<string> {
  for await (const answer of runs) yield `${plainJson(answer)}\n`;
}

/** One document, written as it comes: a run a line. */
export async function* json(
  runs: AsyncIterable<RunAnswer>,
  head: Head<'export'>,
  damage: Damage,
): AsyncGenerator<string> {
  const opening = `${plainJson(head).slice(0, -1)},"runs":[\n`;
  let before = opening;
  for await (const { run, regions } of runs) {
    yield `${before}${plainJson({ run, regions })}`;
    before = ',\n';
  }
  // Nothing is written before the first run is there: what fails by then leaves no torso behind.
  const ending = `],"damaged":${plainJson(damage.items())}}\n`;
  yield before === opening ? `${opening}${ending}` : `\n${ending}`;
}
