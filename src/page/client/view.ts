/** All parts of the page together. What they show follows from the state alone. */
import { placed, SOMEWHERE } from '../../answers/place.ts';
import { number, plural } from '../../answers/words.ts';
import { type CensusId, isOfOrganization, kindOf, ORGANIZATION } from '../../census/census-id.ts';
import { descriptorOf } from '../../census/kinds.ts';
import { makeAccounts } from './accounts.ts';
import { copied, withCommands } from './command.ts';
import { button, el, icon, refill } from './dom.ts';
import { makeFacets } from './facets.ts';
import { makeFilling } from './filling.ts';
import { makeHeader } from './header.ts';
import { makeHeadline } from './headline.ts';
import type { KindsModel } from './kinds.ts';
import { isOfAccounts } from './line-words.ts';
import { makeMissing } from './missing.ts';
import { isOrganization, type Newest, type PageLine, type PageOrganization, type PageRun } from './model.ts';
import { makeOrganizationFilling } from './organization-filling.ts';
import { makeOrganizationMissing } from './organization-missing.ts';
import { makeProgress } from './progress.ts';
import { projectRegion } from './projection.ts';
import { makeRegions } from './regions.ts';
import { makeRunsTable } from './runs-table.ts';
import { makeSides } from './sides.ts';
import { type Choice, chosenRunId, leftOut, lineOf, pairOf, runUnderWay, type State, wholeOf } from './state.ts';
import { makeTrend } from './trend.ts';
import { pointsOfRegion, pointsOfRuns } from './trend-points.ts';
import { clock, type KindWords } from './words.ts';

/** So few runs need no wide trend: it stands beside the regions. As few as the first reading surely brings all of. */
const SHORT = 10;

/** Of whoever has signed in. */
export type Session = {
  /** Nothing more is answered until somebody signs in again. */
  isOver(): boolean;
  /** Leaves the page. @throws Error with one sentence for the reader */
  signIn(): Promise<void>;
  signOut(): void;
};

type Options = {
  onChoose: (choice: Choice) => void;
  onRegion: (region: string | null) => void;
  onBeside: (runId: string | 'comparable' | null) => void;
  /** Where an account's own page is, with a run of it or its newest. */
  accountHref: (accountId: string, runId: string | null) => string | null;
  session: Session | null;
  onSignIn: () => void;
};

/** What is the same whichever kind is shown. */
type Around = Omit<KindsModel, 'shown'> & { nowMs: number; upHref: string | null };

export function makeView({ onChoose, onRegion, onBeside, accountHref, session, onSignIn }: Options) {
  const onRun = (runId: string) => onChoose({ runId });
  const header = makeHeader({ onChoose, onSignOut: session?.signOut ?? null });
  const said = el('span');
  const again = session && button('sign-in', 'Sign in again', onSignIn);
  const banner = el('p', { class: 'banner', role: 'alert', hidden: true }, icon('partial'), said, again);
  const omission = el('p', { class: 'left-out', role: 'status', hidden: true });
  const empty = el('p', { class: 'card empty', hidden: true });
  const progress = makeProgress({ onChoose: onRun });
  const sides = makeSides({ onBeside });
  const headline = makeHeadline({
    onBeside: () => {
      onBeside('comparable');
      sides.element.scrollIntoView({ block: 'nearest' });
    },
  });
  const missing = makeMissing();
  const filling = makeFilling();
  const trend = makeTrend({ onChoose: onRun, onRegion: () => onRegion(null) });
  const regions = makeRegions({ onRegion });
  const facets = makeFacets();
  const accounts = makeAccounts({ hrefOf: accountHref });
  const organizationFilling = makeOrganizationFilling({ hrefOf: accountHref });
  const organizationMissing = makeOrganizationMissing({ onOnly: accounts.showOnly });
  const runsTable = makeRunsTable({ onChoose: onRun });
  const ofAccount = [missing.element, filling.element, trend.element, regions.element, facets.element];
  const ofAll = [
    organizationMissing.element,
    organizationFilling.element,
    trend.element,
    accounts.element,
    facets.element,
  ];
  const parts = el('div', { class: 'parts' }, ...ofAccount);
  const content = el('div', { hidden: true }, headline.element, parts, sides.element, runsTable.element);
  const announcement = el('p', { class: 'unseen', 'aria-live': 'polite' });

  /** Of which account and kind the last answer was that was drawn. */
  let drawn: CensusId | undefined;
  const totals = remembering(pointsOfRuns);
  const ofRegion = remembering(pointsOfRegion);
  const projected = remembering(projectRegion);

  /** Only what was read whole is answered with: a line's number has not been held against its records. */
  function showRun(state: State, runId: string, nowMs: number): void {
    const whole = wholeOf(state, runId);
    const isUnreadable = state.unreadable === runId;
    content.hidden = whole === null && !isUnreadable && (content.hidden || drawn !== state.censusId);
    if (!content.hidden) drawn = state.censusId;
    for (const { element } of [headline, regions, accounts, facets])
      element.setAttribute('aria-busy', String(whole === null));
    putParts(isOfOrganization(state.censusId), isUnreadable);
    if (whole === null) return;
    const kind = kindOf(state.censusId);
    const { words } = descriptorOf(kind);
    headline.show(whole, words, nowMs);
    if (isOrganization(whole)) showOrganization(whole, state);
    else showAccount(whole, state, nowMs);
    facets.show(kind, whole.run.tally, whole.run.verdict === 'partial');
    parts.classList.toggle('without-facets', facets.isEmpty());
    document.title = titleOf(whole.run, words, state.newest);
  }

  /** Of what cannot be read nothing is shown. Else the parts know themselves whether there is anything to say. */
  function putParts(isOfAll: boolean, isUnreadable: boolean): void {
    const there = isOfAll ? ofAll : ofAccount;
    if (parts.firstElementChild !== there[0]) parts.replaceChildren(...there);
    for (const part of [headline, regions, accounts]) part.element.hidden = isUnreadable;
    if (isUnreadable) for (const part of there) part.hidden = part !== trend.element;
    sides.element.hidden = isOfAll;
  }

  function showAccount(whole: PageRun, state: State, nowMs: number): void {
    const kind = kindOf(state.censusId);
    missing.show(whole.run, { asked: askedOf(state), kind, nowMs });
    filling.show(kind, whole);
    regions.show(whole, descriptorOf(kind).words);
  }

  function showOrganization(whole: PageOrganization, state: State): void {
    const kind = kindOf(state.censusId);
    organizationMissing.show(whole, { asked: askedOf(state), kind });
    organizationFilling.show(whole);
    accounts.show(whole, descriptorOf(kind).words);
  }

  return {
    elements: [
      header.element,
      el('main', {}, banner, omission, progress.element, empty, content),
      footer(),
      announcement,
      copied,
    ],
    show(state: State, { nowMs, ...switchable }: Around) {
      const { censusId, newest, lines, region, problem, notice, hasHistory } = state;
      const { words } = descriptorOf(kindOf(censusId));
      const runId = chosenRunId(state);
      const underWay = runUnderWay(state);
      header.show(state, switchable);
      banner.hidden = (problem ?? notice) === null;
      const sentence = placed(problem === null ? (notice ?? '') : `${problem}${asOf(newest)}`, askedOf(state));
      refill(said, ...withCommands(sentence));
      if (again !== null) again.hidden = session?.isOver() !== true;
      omission.hidden = leftOut(state) === null;
      omission.replaceChildren(icon('partial'), el('span', {}, leftOut(state)));
      progress.show(underWay, { isShown: underWay?.run.runId === runId, nowMs });
      const isOfAll = isOfOrganization(censusId);
      parts.classList.toggle('is-of-all', isOfAll);
      parts.classList.toggle('is-short', !isOfAll && lines.length < SHORT);
      empty.hidden = lines.length > 0 || (newest === null && problem !== null);
      empty.textContent = newest === null ? `Reading what is known of ${words.many} …` : noRuns(words);
      runsTable.show(lines, words);
      if (runId === null) {
        content.hidden = true;
        document.title = 'kvs-census';
        return;
      }
      showRun(state, runId, nowMs);
      sides.show({
        lines: lines.filter((line): line is PageLine => !isOfAccounts(line)),
        chosenRunId: runId,
        besideRunId: state.beside,
        diff: state.sides?.key === pairOf(state)?.key ? (state.sides?.diff ?? null) : null,
      });
      const points = region === null ? totals(lines, words) : ofRegion(region, words);
      // The answer is painted before its history has come. If that cannot be read, the trend is of the runs that are here.
      // That of another kind never stays.
      if (hasHistory || problem !== null || trend.isDrawn())
        trend.show({
          region: region?.region ?? null,
          words,
          points,
          chosenRunId: runId,
          projection: region === null ? null : projected(region, words),
          isLoading: !hasHistory,
        });
    },
    /** Says to those who listen what those who look can see. */
    announce(state: State) {
      const runId = chosenRunId(state);
      const line = runId === null ? null : lineOf(state, runId);
      if (line !== null)
        announcement.textContent = pointsOfRuns([line], descriptorOf(kindOf(state.censusId)).words)[0]?.says ?? '';
    },
    /** Puts whoever works with the keyboard where they go on: after the way up an account, or at the account that they come from. */
    arrive(from: string) {
      if (drawn !== undefined && isOfOrganization(drawn) && from !== ORGANIZATION) accounts.focus(from);
      else if (!header.up.hidden) header.up.focus({ preventScroll: true });
    },
    showTrend: () => trend.element.scrollIntoView({ block: 'nearest' }),
  };
}

const askedOf = ({ newest }: State) => newest?.asked ?? SOMEWHERE;

/** What is shown while nothing newer can be read. */
const asOf = (newest: Newest | null) =>
  newest === null ? '' : ` What is shown was read at ${clock(newest.readAt)} UTC.`;

const noRuns = ({ many }: KindWords) => `There are no runs of ${many} yet: the first one appears here by itself.`;

/** Of one account among others with its name: so its pages are told apart where the browser lists them. */
function titleOf(
  { verdict, streams }: Pick<PageLine, 'verdict' | 'streams'>,
  { one, many }: KindWords,
  newest: Newest | null,
): string {
  const account = newest?.isMember ? ` · ${newest.name ?? newest.accountId}` : '';
  if (streams === null) return `no total yet${account} · kvs-census`;
  const said = verdict === 'complete' ? plural(streams, one, many) : `PARTIAL ${number(streams)} + ? ${many}`;
  return `${said}${account} · kvs-census`;
}

function footer(): HTMLElement {
  return el(
    'footer',
    {},
    'All times are UTC. A count is as listed between two instants: AWS promises no snapshot while it lists.',
  );
}

/** The same result for the same arguments, so that what is drawn already is not drawn again. */
function remembering<From, To>(make: (from: From, words: KindWords) => To): (from: From, words: KindWords) => To {
  let last: { from: From; words: KindWords; to: To } | undefined;
  return (from, words) => {
    if (last?.from !== from || last.words !== words) last = { from, words, to: make(from, words) };
    return last.to;
  };
}
