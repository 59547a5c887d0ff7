/** What a fault of a world does to the requests of whatever it is a fault of. */
import type { ApiError } from './wire.ts';
import type { Fault, SourceFaultKind } from './world.ts';

/** What becomes of a request that is not answered with an error. */
export type Outcome =
  /** The body is made when its time has come: a request that waits holds no page. */
  { kind: 'answer'; afterMs: number; body: () => Buffer } | { kind: 'hang' } | { kind: 'drop' };

/** Counts calls; each gives the fault that it meets, if it meets one. */
export function makeFaultCounter<Kind extends string>(fault: Fault<Kind> | undefined): () => Kind | undefined {
  let calls = 0;
  return () => {
    calls += 1;
    const isHit = fault !== undefined && calls > fault.after && calls <= fault.after + fault.calls;
    return isHit ? fault.kind : undefined;
  };
}

/** What services say when they refuse. */
type Refusals = Readonly<Record<'denied' | 'throttled' | 'server-error', () => ApiError>>;

/** The outcome of a fault, unless it lies in the answer. @throws ApiError */
export function meet(fault: SourceFaultKind | undefined, refusals: Refusals): Outcome | undefined {
  switch (fault) {
    case 'hang':
      return { kind: 'hang' };
    case 'drops-connection':
      return { kind: 'drop' };
    case 'denied':
    case 'throttled':
    case 'server-error':
      throw refusals[fault]();
    case undefined:
    case 'empty':
    case 'bad-answer':
    case 'token-loop':
      return undefined;
    default:
      return fault satisfies never;
  }
}

/** At once, as JSON. */
export function answer(json: object): Outcome {
  return { kind: 'answer', afterMs: 0, body: () => Buffer.from(JSON.stringify(json)) };
}
