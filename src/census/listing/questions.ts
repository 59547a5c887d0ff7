/** What the service is asked, and whether what comes back is an answer. */
import type { Page, PageRequest } from '../ports.ts';
import { type Branches, nameEnd, type Part } from './parts.ts';

/** One page of a part's own list, the question for its namesake, and what audit.ts asks: for a name, or into a part. */
export type Question = {
  readonly part: Part;
  readonly about: 'page' | 'namesake' | 'lookup' | 'check';
  readonly request: PageRequest;
};

export function askForPage(part: Part): Question {
  part.state = 'asked';
  const { prefix, token } = part;
  return { part, about: 'page', request: { ...(prefix && { prefix }), ...(token !== undefined && { token }) } };
}

export function askForNamesake(part: Part, branches: Branches): Question {
  branches.namesake.state = 'asked';
  return { part, about: 'namesake', request: { name: part.prefix } };
}

export function askForName(region: Part, name: string): Question {
  return { part: region, about: 'lookup', request: { name } };
}

export function askToCheck(part: Part): Question {
  return { ...askForPage(part), about: 'check' };
}

const NAME = /^[a-zA-Z0-9_.-]{1,256}$/;

/**
 * Whether every stream on the page is one that was asked for, by a name that branches cover and that its ARN holds. If
 * the service ever understood prefixes in another way, counting by branches would count twice or not at all.
 */
export function answers(page: Page, { prefix = '', name }: PageRequest): boolean {
  return page.streams.every(
    (stream) =>
      NAME.test(stream.name) &&
      (name === undefined ? stream.name.startsWith(prefix) : stream.name === name) &&
      nameEnd(stream) >= 0,
  );
}

/** Whether its answer can still matter: neither the part nor one that holds it is done. */
export function isWanted({ part, about }: Question): boolean {
  if (about === 'lookup') return true;
  if (about === 'namesake' && part.branches === undefined) return false;
  for (let each: Part | undefined = part; each !== undefined; each = each.parent) {
    if (each.done) return false;
    // Its branches were given up.
    if (each.parent !== undefined && each.parent.branches === undefined) return false;
  }
  return true;
}
