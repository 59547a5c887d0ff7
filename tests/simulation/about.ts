/**
 * Of which kind and account it is what an invocation asks. It may deal with several at the same time, each in a course of its own; so
 * that is known of the course, from the last thing that it asked of the ledger.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kind } from '../../src/census/kinds.ts';
import type { Invocation } from '../judging/history.ts';

/** What is asked is about this kind, in this account or in all of an organisation. */
export type Census = { kind: Kind; account: string };

const course = new AsyncLocalStorage<{ invocation: Invocation; census: Census }>();

/** From here on, until it says so of another. */
export function goesOnAbout(invocation: Invocation, census: Census): void {
  course.enterWith({ invocation, census });
}

export function censusOfCourse(invocation: Invocation): Census | undefined {
  const known = course.getStore();
  return known?.invocation === invocation ? known.census : undefined;
}
