/** What the invariants have to know of a schedule. */

import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import type { History } from '../judging/history.ts';
import { type Circumstances, readStory, type Story } from '../judging/story.ts';
import { BESIDE, type Fault } from './faults.ts';
import { isForTheShelf } from './intruders.ts';
import { kindsOf, type Schedule, worldsOf } from './schedule.ts';

/** Of each kind that is counted, streams first. */
export function storiesOf(schedule: Schedule, history: History): Story[] {
  return kindsOf(schedule).map((kind) => storyOf(schedule, history, kind));
}

export function storyOf(schedule: Schedule, history: History, kind: Kind = STREAMS): Story {
  return readStory(circumstancesOf(schedule, kind), history, kind);
}

/** A clock may be wrong by two minutes, and step by two more. */
const SKEW_MS = 4 * 60_000;

function circumstancesOf(schedule: Schedule, kind: Kind): Circumstances {
  const { sources, retries, faults } = schedule;
  const has = (kind: Fault['kind']) => faults.some((fault) => fault.kind === kind);
  const strays = faults.flatMap((fault) => (fault.kind === 'stray' ? [fault.what] : []));
  return {
    regions: worldsOf(schedule, kind),
    kinds: kindsOf(schedule),
    retries: retries.length,
    isCalm: faults.length === 0,
    isUndisturbed: faults.every(isOfTasks),
    isCountUndisturbed: faults.every((fault) => isOfTasks(fault) || isBeside(fault)),
    asksForRegions: sources !== undefined,
    isMemorySound: faults.every(isFarFromDispatcher),
    areReceivesDisturbed: has('receive'),
    clocksWrongByMs: has('clock') ? SKEW_MS : 0,
    strays: strays.filter(isForTheShelf).length,
    isDeadlineForged: strays.includes('task due in 2099'),
    crowd: faults.reduce((sum, fault) => sum + (fault.kind === 'crowd' ? fault.runs : 0), 0),
    announcedAgain: faults.filter(isAnnouncedAgain).length,
  };
}

function isOfTasks(fault: Fault): boolean {
  if (fault.kind === 'message') return fault.topic === 'region-tasks';
  return ['video', 'receive', 'trigger', 'stray'].includes(fault.kind);
}

function isFarFromDispatcher(fault: Fault): boolean {
  if (fault.kind === 'request') return !fault.site.startsWith('dispatcher.');
  if (fault.kind === 'invocation') return fault.of !== 'dispatcher';
  if (fault.kind === 'outage') return ['video', 'queues', 'quotas'].includes(fault.service);
  return !['clock', 'crowd', 'damage', 'retention'].includes(fault.kind);
}

function isBeside(fault: Fault): boolean {
  if (fault.kind === 'outage') return fault.service === 'quotas';
  if (fault.kind !== 'request' || fault.mishap.startsWith('crash')) return false;
  return (BESIDE as readonly string[]).includes(fault.site);
}

const isAnnouncedAgain = (fault: Fault) =>
  fault.kind === 'request' && fault.site === 'aggregator.announceTotal' && fault.mishap === 'sent twice';
