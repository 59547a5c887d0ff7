/**
 * Time that passes only when nothing is left to do: a queue of what is to happen at which instant. Two things at the
 * same instant happen in the order in which they were planned, so a simulation is the same each time.
 */
export type Cancel = () => void;

export type VirtualTime = {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /**
   * Plans a task, `ms` from now. What stands in the background (the next sweep, say) does not keep time going.
   * A task that resumes somebody's `await` must say so (`resumed`).
   */
  after(ms: number, task: () => void, place?: 'background'): Cancel;
  /** Somebody who waited goes on: what that leads to happens before anything else does. */
  resumed(): void;
  /** Whether anything is planned that is not in the background. */
  isBusy(): boolean;
  /** Lets things happen until `isOver` says so after one of them, or nothing is planned any more. */
  run(isOver: () => boolean): Promise<void>;
  /** Tasks that have happened. */
  steps(): number;
};

type Planned = { atMs: number; order: number; task: (() => void) | undefined; background: boolean };

export function makeVirtualTime(startMs: number): VirtualTime {
  const heap: Planned[] = [];
  let nowMs = startMs;
  let order = 0;
  let foreground = 0;
  let steps = 0;
  let waiterResumed = false;

  const earlier = (a: Planned, b: Planned) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

  function push(planned: Planned): void {
    let at = heap.push(planned) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!earlier(planned, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = planned;
  }

  function pop(): Planned | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && earlier(heap[child + 1]!, heap[child]!)) child += 1;
      if (!earlier(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  return {
    nowMs: () => nowMs,
    after(ms, task, place) {
      const planned: Planned = { atMs: nowMs + Math.max(0, ms), order, task, background: place === 'background' };
      order += 1;
      if (!planned.background) foreground += 1;
      push(planned);
      return () => {
        if (planned.task === undefined) return;
        planned.task = undefined;
        if (!planned.background) foreground -= 1;
      };
    },
    resumed: () => {
      waiterResumed = true;
    },
    isBusy: () => foreground > 0,
    steps: () => steps,
    async run(isOver) {
      for (let planned = pop(); planned !== undefined; planned = pop()) {
        const { task } = planned;
        if (task === undefined) continue;
        planned.task = undefined;
        if (!planned.background) foreground -= 1;
        nowMs = planned.atMs;
        steps += 1;
        task();
        if (waiterResumed) {
          waiterResumed = false;
          // Node empties the queue of promises, whatever they lead to, before it comes to the next tick.
          await new Promise<void>((resume) => void process.nextTick(resume));
        }
        if (isOver()) return;
      }
    },
  };
}

/**
 * Lets `setTimeout` of whatever runs now go by this time. One that nobody waits for any more does not keep time going.
 * Gives what puts things back.
 */
export function useVirtualTimers(time: VirtualTime): () => void {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const virtual = {
    setTimeout: (task: () => void, ms: number) =>
      time.after(
        ms,
        () => {
          task();
          time.resumed();
        },
        'background',
      ),
    clearTimeout: (cancel: Cancel | undefined) => cancel?.(),
  };
  Object.assign(globalThis, virtual);
  return () => void Object.assign(globalThis, real);
}
