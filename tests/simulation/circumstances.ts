/** What the invariants have to know of a schedule. */

import { runPk } from '../../src/aws/items.ts';
import { censusIdOf, ORGANIZATION } from '../../src/census/census-id.ts';
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import { historyOf } from '../judging/by-census.ts';
import type { History } from '../judging/history.ts';
import {
  type OrganizationCircumstances,
  type OrganizationRunStory,
  type OrganizationStory,
  readOrganizationRuns,
  readOrganizationStory,
} from '../judging/organization-story.ts';
import { type Circumstances, readStory, type Story } from '../judging/story.ts';
import { BESIDE, type Fault } from './faults.ts';
import { isForTheShelf } from './intruders.ts';
import { accountsOf, type CountedAccount, kindsOf, OWN, type Schedule, worldsOf } from './schedule.ts';

/** Of each kind that is counted in each account: the stack's own first, and streams first. */
export function storiesOf(schedule: Schedule, history: History): Story[] {
  return accountsOf(schedule).flatMap((account) =>
    kindsOf(schedule).map((kind) => storyOf(schedule, history, kind, account)),
  );
}

export function storyOf(
  schedule: Schedule,
  history: History,
  kind: Kind = STREAMS,
  account: CountedAccount = OWN,
): Story {
  const circumstances = circumstancesOf(schedule, kind, account);
  if (schedule.organization === undefined) return readStory(circumstances, history, kind);
  const asked = { ...history, triggered: triggeredFor(account, history, kind) };
  return readStory(circumstances, asked, kind, account.accountId);
}

/** Of each kind that is counted; none, where only one account is. */
export function organizationStoriesOf(
  schedule: Schedule,
  history: History,
  stories: readonly Story[],
): OrganizationStory[] {
  if (schedule.organization === undefined) return [];
  return kindsOf(schedule).map((kind) => {
    const own = stories.filter((story) => story.kind === kind);
    const accounts = new Map(own.map((story) => [story.accountId!, story]));
    const beside = { kind, ownId: OWN.accountId, accounts };
    return readOrganizationStory(organizationCircumstancesOf(schedule), history, beside);
  });
}

/** A run of a member is opened if the organisation's asks it, and may. */
function triggeredFor({ number, accountId }: CountedAccount, history: History, kind: Kind) {
  if (number === 0) return history.triggered;
  const runs = readOrganizationRuns(historyOf(history, kind, ORGANIZATION));
  // One that is set aside is asked only where a person asks again.
  const isThere = (runId: string) =>
    history.writes.some(({ after }) => after.pk?.S === runPk({ censusId: censusIdOf(accountId, kind), runId }));
  const isAsked = ({ runId, accounts, records }: OrganizationRunStory) =>
    accounts.some((each) => each.accountId === accountId && (each.setAside === undefined || isThere(runId))) &&
    records.get(accountId)?.at(-1)?.value.status !== 'failed';
  return new Set(runs.filter(isAsked).map(({ runId }) => runId));
}

/** A clock may be wrong by two minutes, and step by two more. */
const SKEW_MS = 4 * 60_000;

function circumstancesOf(schedule: Schedule, kind: Kind, { number }: CountedAccount): Circumstances {
  const { sources, retries, faults, organization } = schedule;
  const areAccountsTroubled = (organization?.list?.length ?? 0) > 0;
  const isTroubled = areAccountsTroubled || isMemberTroubled(schedule, number);
  const has = (kind: Fault['kind']) => faults.some((fault) => fault.kind === kind);
  const strays = faults.flatMap((fault) => (fault.kind === 'stray' ? [fault.what] : []));
  return {
    regions: worldsOf(schedule, kind, number),
    kinds: kindsOf(schedule),
    retries: retries.length,
    isCalm: faults.length === 0 && !isTroubled,
    isUndisturbed: faults.every(isOfTasks),
    isCountUndisturbed: faults.every((fault) => isOfTasks(fault) || isBeside(fault)),
    ...(number > 0 && organization?.fromS !== undefined && { countedFromS: organization.fromS }),
    asksForRegions: sources !== undefined,
    isMemorySound: faults.every(isFarFromDispatcher) && !isTroubled,
    areReceivesDisturbed: has('receive'),
    clocksWrongByMs: has('clock') ? SKEW_MS : 0,
    strays: strays.filter(isForTheShelf).length,
    isDeadlineForged: strays.includes('task due in 2099'),
    crowd: faults.reduce((sum, fault) => sum + (fault.kind === 'crowd' ? fault.runs : 0), 0),
    announcedAgain: faults.filter(isAnnouncedAgain).length,
  };
}

function organizationCircumstancesOf(schedule: Schedule): OrganizationCircumstances {
  const { retries, faults } = schedule;
  const { list, fromS = Number.NEGATIVE_INFINITY } = schedule.organization!;
  const { isUndisturbed, clocksWrongByMs, crowd, announcedAgain } = circumstancesOf(schedule, STREAMS, OWN);
  const isTroubled = accountsOf(schedule).some(({ number }) => isMemberTroubled(schedule, number));
  return {
    isCalm: faults.length === 0 && !isTroubled && (list ?? []).length === 0,
    isUndisturbed,
    clocksWrongByMs,
    crowd,
    isPlanSound: faults.every(isFarFromDispatcher),
    areNamed: list === undefined,
    retries: retries.length,
    announcedAgain,
    fromS,
  };
}

function isMemberTroubled({ organization }: Schedule, number: number): boolean {
  const { role, setAside, joinsAtS, leavesAtS } = organization?.members[number - 1] ?? {};
  return [role, setAside, joinsAtS, leavesAtS].some((each) => each !== undefined);
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
