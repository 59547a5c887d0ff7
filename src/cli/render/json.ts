import type { Damage } from '../../answers/damage.ts';
import type { Head } from '../../answers/head.ts';
import { plainJson } from './plain.ts';

/** A run a line. */
export async function* ndjson(runs: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const answer of runs) yield `${plainJson(answer)}\n`;
}

/** One document, written as it comes: a run a line, without what all documents begin with. */
export async function* json(
  runs: AsyncIterable<Head<string>>,
  document: Head<string>,
  damage: Damage,
): AsyncGenerator<string> {
  const opening = `${plainJson(document).slice(0, -1)},"runs":[\n`;
  let before = opening;
  for await (const { schema: _, readAt: __, accountId: ___, kind: ____, ...run } of runs) {
    yield `${before}${plainJson(run)}`;
    before = ',\n';
  }
  // Nothing is written before the first run is there: what fails by then leaves no torso behind.
  const ending = `],"damaged":${plainJson(damage.items())}}\n`;
  yield before === opening ? `${opening}${ending}` : `\n${ending}`;
}
