/**
 * Of which kind it is what an invocation asks. It may deal with several at the same time, each in a course of its own; so that is known
 * of the course, from the last thing that it asked of the ledger.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kind } from '../../src/census/kinds.ts';
import type { Invocation } from '../judging/history.ts';

const course = new AsyncLocalStorage<{ invocation: Invocation; kind: Kind }>();

/** From here on, until it says so of another. */
export function goesOnAbout(invocation: Invocation, kind: Kind): void {
  course.enterWith({ invocation, kind });
}

export function kindOfCourse(invocation: Invocation): Kind | undefined {
  const known = course.getStore();
  return known?.invocation === invocation ? known.kind : undefined;
}
