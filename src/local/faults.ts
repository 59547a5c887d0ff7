/** What a fault of a world does to the requests of whatever it is a fault of. */
import type { Fault } from './world.ts';

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
