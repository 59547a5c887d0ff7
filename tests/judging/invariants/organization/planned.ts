import type { OrganizationAccount } from '../../../../src/census/organization/run.ts';
import { SWEEP_MS } from '../../numbers.ts';
import {
  accountRunOf,
  type OrganizationRunStory,
  type OrganizationStory,
  plannedIn,
  saysWhatIsThere,
  totalsBefore,
  wasTotal,
} from '../../organization-story.ts';
import { at, canonical } from '../../story.ts';
import { INDEXED_MS } from '../allowances.ts';

/**
 * The accounts of a run are fixed when it opens: those that were told to who opened it, to the end of the list, or those of an earlier
 * run where nobody was told. One is set aside only if that list says so, or leaves it out; and it is planned all the same where its
 * last total was above zero.
 */
export function* plannedOfOrganization(story: OrganizationStory) {
  for (const run of story.runs) {
    const [first] = run.versions;
    if (first?.by?.of !== 'dispatcher') continue;
    yield* changed(run);
    yield* wrongAccounts(run, story);
    for (const account of run.accounts) yield* wrongLastTotal(account, run, story);
    if (!run.accounts.some(({ accountId }) => accountId === story.ownId))
      yield `${run.runId}: leaves out the account that it lies in.`;
    yield* openedAstray(run, story);
  }
}

function* changed({ runId, versions }: OrganizationRunStory) {
  const why = ({ sources, excluded, ...run }: OrganizationRunStory['versions'][number]['value']) =>
    canonical({ sources, excluded, planId: (run as { planId?: string }).planId });
  const [first] = versions;
  // Who was frozen beyond that finds none, and opens another run of the same instant.
  const kept = versions.filter(({ atMs }) => atMs < first!.value.expiresAt * 1000);
  if (kept.some(({ value }) => why(value) !== why(first!.value))) yield `${runId}: its plan is not what it was.`;
}

function* wrongAccounts(run: OrganizationRunStory, story: OrganizationStory) {
  const { runId, accounts, versions } = run;
  const { atMs, by, value } = versions[0]!;
  const { from, because } = value.sources.accounts;
  const told = story.whole.lists.findLast((list) => list.invocation === by && list.atMs <= atMs);
  // A late trigger opens a run of an earlier instant after this one.
  const earlier = story.runs.filter((each) => each.runId < runId && each.versions[0]!.atMs < atMs);
  const ids = (some: readonly { accountId: string }[]) =>
    some
      .map(({ accountId }) => accountId)
      .sort()
      .join();
  switch (from) {
    case 'parameter':
      if (!story.circumstances.areNamed) yield `${runId}: its accounts are said to be named by a person.`;
      if (ids(accounts) !== ids([...story.accounts.keys()].map((accountId) => ({ accountId }))))
        yield `${runId}: a person named other accounts than ${ids(accounts)}.`;
      return;
    case 'asked':
      if (told === undefined) {
        yield `${runId}: nobody was told the accounts of the organisation.`;
        return;
      }
      for (const { accountId, setAside } of accounts) {
        const listed = told.accounts.find((each) => each.accountId === accountId);
        const state = listed === undefined ? 'left' : listed.state;
        if (setAside !== undefined && setAside !== state)
          yield `${runId}: ${accountId} is said to be ${setAside}, and is ${state ?? 'active'}.`;
        if (setAside === undefined && state !== undefined && story.circumstances.isPlanSound)
          yield `${runId}: ${accountId} is ${state}, and is asked.`;
        if (
          state === 'left' &&
          !earlier.some((each) => each.accounts.some((account) => account.accountId === accountId))
        )
          yield `${runId}: ${accountId} is in no list, and in no earlier run.`;
      }
      for (const account of newestOf(earlier)?.accounts ?? [])
        if (isToBeNamed(account, run, told, story))
          yield `${runId}: ${account.accountId} is in the list no more, and is not named.`;
      for (const { accountId } of told.accounts)
        if (!accounts.some((account) => account.accountId === accountId)) yield `${runId}: ${accountId} was left out.`;
      return;
    case 'cache':
      if (because === undefined) yield `${runId}: does not say why the accounts of an earlier run were taken.`;
      if (!earlier.some((each) => ids(each.accounts) === ids(accounts) || ids(plannedIn(each)) === ids(accounts)))
        yield `${runId}: no earlier run had the accounts ${ids(accounts)}.`;
      if (told !== undefined && story.circumstances.isPlanSound && told.accounts.some(isOwn))
        yield `${runId}: was told the accounts, and took those of an earlier run.`;
      return;
    default:
      yield `${runId}: says that its accounts are from ${from}.`;
  }

  function isOwn({ accountId, state }: { accountId: string; state?: string }): boolean {
    return accountId === story.ownId && state === undefined;
  }
}

const newestOf = (runs: readonly OrganizationRunStory[]) => [...runs].sort((a, b) => (a.runId < b.runId ? 1 : -1))[0];

/** Whoever has left is named once; and for as long as something was there. An index may not show the run before yet. */
function isToBeNamed(
  { accountId, setAside, lastKnown }: OrganizationAccount,
  { accounts, versions }: OrganizationRunStory,
  told: { accounts: readonly { accountId: string }[] },
  { runs, circumstances }: OrganizationStory,
): boolean {
  const { atMs } = versions[0]!;
  const isListed = told.accounts.some((each) => each.accountId === accountId);
  const isNamed = accounts.some((each) => each.accountId === accountId);
  const isSettled = runs.every(
    ({ versions: [first] }) => first === versions[0] || Math.abs(first!.atMs - atMs) > INDEXED_MS,
  );
  const isOver = setAside === 'left' && (lastKnown?.streams ?? 0) === 0;
  return !isListed && !isNamed && !isOver && isSettled && circumstances.isPlanSound;
}

function* wrongLastTotal(
  { accountId, setAside, lastKnown }: OrganizationAccount,
  run: OrganizationRunStory,
  story: OrganizationStory,
) {
  const { runId, versions } = run;
  const { atMs } = versions[0]!;
  if (setAside === undefined) {
    if (lastKnown !== undefined) yield `${runId}: ${accountId} is asked, and it is said what was there before.`;
    return;
  }
  const totals = totalsBefore(story, accountId, runId);
  if (lastKnown !== undefined && !wasTotal(totals, lastKnown))
    yield `${runId}: ${accountId} never held what was last known of it.`;
  const held = totals.filter((each) => each.atMs <= atMs - INDEXED_MS);
  const newest = held.filter(({ value }) => saysWhatIsThere(value)).at(-1);
  if ((newest?.value.streams ?? 0) > 0 && (lastKnown?.streams ?? 0) === 0 && story.circumstances.isPlanSound)
    yield `${runId}: ${accountId} is ${setAside}, held streams when it was last counted, and is not planned.`;
}

/** Runs are opened of accounts that are asked, and of those that are missing only where a person asks again. */
function* openedAstray(run: OrganizationRunStory, story: OrganizationStory) {
  for (const accountId of story.accounts.keys()) {
    const own = accountRunOf(story, accountId, run.runId);
    if (own === undefined) continue;
    const position = run.accounts.findIndex((each) => each.accountId === accountId);
    const isAside = run.accounts[position]?.setAside !== undefined;
    const isPlannedThere = plannedIn(run).some((each) => each.accountId === accountId);
    const parent = own.versions.find(({ value }) => value.parent !== undefined)?.value.parent;
    if (parent !== undefined && (!isPlannedThere || (isAside && parent.round === 0)))
      yield `${run.runId}: ${accountId} is not asked, and has a run.`;
    const opened = own.versions[0]!;
    const deadlineMs = Date.parse(opened.value.deadlineAt);
    const until = at(run.versions, opened.atMs)?.deadlineAt ?? '';
    const isLonger = opened.value.parent !== undefined && !(Date.parse(until) >= deadlineMs + SWEEP_MS);
    if (story.circumstances.isUndisturbed && isLonger)
      yield `${run.runId}: waits for ${accountId} until ${until}, and its run may take as long.`;
    if (parent !== undefined && parent.position !== position)
      yield `${run.runId}: the run of ${accountId} says that its place is ${parent.position}, and it is ${position}.`;
  }
}
