import type { Story } from '../story.ts';

/** What a newer release has written, nobody of this one writes to: who does not know what an item says must not change it. */
export function* Untouched({ history }: Pick<Story, 'history'>) {
  for (const { before, after } of history.writes) {
    const version = Number(before?.version?.N ?? 0);
    if (version > KNOWN_VERSION) yield `${after.pk?.S} ${after.sk?.S} is of version ${version}, and was written to.`;
  }
}

/** That of the product. It says so itself; who raises it there raises it here. */
const KNOWN_VERSION = 3;
