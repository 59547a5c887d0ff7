/**
 * By which way each part is to be counted, so that the whole is counted soon. A pure function of what is left to do (tasks.ts),
 * and a guess like all that it is made of.
 *
 * A list is a chain: each page waits for the one before. What is cut into branches is many short chains, and costs more calls.
 * All parts share the turns of one pace, so what a part needs is judged by the time that all of them take together:
 *
 *     the horizon   the least time in which no list is too long, and there is a turn for each call
 *
 * Whatever fits into the horizon is counted by the way of fewer calls. So nothing is cut that is not the longest list.
 */
import type { Speed } from './calls.ts';

/** What is left to do for a part, by either way. */
export type Task = {
  readonly prefix: string;
  /** Pages of its own list. */
  readonly list: number;
  /** Absent where there are none to be had. */
  readonly branches?: Row;
};

/** What is left to do for the branches of a part. */
export type Row = {
  /** Those of which more is expected than a page. */
  readonly tasks: readonly Task[];
  /** Calls for all the others, and how many of these wait for each other. */
  readonly calls: number;
  readonly chain: number;
  /** Pages that are in one of all these lists, nobody knows in which; at worst in the longest. Not among the calls. */
  readonly unseen: number;
};

type Plan = {
  /** From now, if it goes as planned. */
  readonly ms: number;
  /** Prefixes of the parts that are to be counted by their branches. */
  readonly cut: ReadonlySet<string>;
};

/** Halvings of the time between nothing and that of the list alone. */
const STEPS = 12;

/** How the task is done in the least time; never more than that of its own list. */
export function plan(task: Task, speed: Speed): Plan {
  const { intervalMs, latencyMs } = speed;
  const aloneMs = listMs(task, speed);
  let least = 0;
  let most = aloneMs;
  for (let step = 0; step < STEPS; step += 1) {
    const horizonMs = (least + most) / 2;
    if (byBranches(task, horizonMs / latencyMs).calls * intervalMs <= horizonMs) most = horizonMs;
    else least = horizonMs;
  }
  const { calls, chain } = byBranches(task, most / latencyMs);
  const ms = Math.max(calls * intervalMs, chain * latencyMs);
  const cut = new Set<string>();
  if (!(ms < aloneMs)) return { ms: aloneMs, cut };
  addCut(task, most / latencyMs, cut);
  return { ms, cut };
}

/** Of the list alone. */
export function listMs({ list }: Task, { intervalMs, latencyMs }: Speed): number {
  return list * Math.max(intervalMs, latencyMs);
}

/** Calls, and how many of them wait for each other; both infinite if there is no such way. */
type Work = { calls: number; chain: number };

const NO_WAY: Work = { calls: Number.POSITIVE_INFINITY, chain: Number.POSITIVE_INFINITY };

/** By the way of the fewest calls, if no list may be longer. */
function within(task: Task, longest: number): Work {
  const [list, branches] = [byList(task, longest), byBranches(task, longest)];
  return branches.calls < list.calls ? branches : list;
}

function byList({ list }: Task, longest: number): Work {
  return list <= longest ? { calls: list, chain: list } : NO_WAY;
}

function byBranches({ branches }: Task, longest: number): Work {
  if (branches === undefined) return NO_WAY;
  const { unseen } = branches;
  const room = longest - unseen;
  if (branches.chain > room) return NO_WAY;
  const sum = { calls: branches.calls + unseen, chain: branches.chain };
  for (const each of branches.tasks) {
    const { calls, chain } = within(each, room);
    sum.calls += calls;
    sum.chain = Math.max(sum.chain, chain);
  }
  sum.chain += unseen;
  return sum;
}

function addCut(task: Task, longest: number, cut: Set<string>): void {
  cut.add(task.prefix);
  const { tasks, unseen } = task.branches!;
  const room = longest - unseen;
  for (const each of tasks) if (byBranches(each, room).calls < byList(each, room).calls) addCut(each, room, cut);
}
