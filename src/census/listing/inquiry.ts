/**
 * What is asked about a region, and what the answers come to. It knows nothing of calls and of time (errands.ts): a
 * question goes out, and back comes its answer, or the news that there will be none.
 */
import { CountError } from '../errors.ts';
import type { Newcomers } from '../newcomers.ts';
import type { Page, Random } from '../ports.ts';
import type { Prefixes } from '../prefixes.ts';
import type { Tallier, Tally } from '../tally.ts';
import { type Audits, makeAudits } from './audits.ts';
import type { Speed } from './calls.ts';
import { type Choice, choose } from './choice.ts';
import type { Earlier } from './earlier.ts';
import { makeOutlook, type Outlook } from './outlook.ts';
import {
  addNamesake,
  addPage,
  doWithoutNamesakes,
  makePart,
  newcomersOf,
  type Part,
  prefixesOf,
  repeatedOf,
  tallyOf,
} from './parts.ts';
import { answers, isWanted, type Question } from './questions.ts';

export type Inquiry = {
  readonly region: Part;
  readonly audits: Audits;
  /** Decides what is asked next, and nothing else. */
  readonly outlook: Outlook;
  /** Adds up one list. */
  readonly newTallier: () => Tallier;
  mayBranch: boolean;
  mayAskNames: boolean;
  /** Pages that were answers, and listings on them. */
  pages: number;
  listings: number;
  /** The first thing that nothing can be done without. */
  failure: { error: unknown } | undefined;
};

/** A count, how its streams' names begin, which are young, and how many of the listings that make it up were repeats. */
export type Counted = { tally: Tally; prefixes: Prefixes; newcomers: Newcomers; repeated: number };

/**
 * @param hasPrefixes whether the service can be asked for parts of a list, and for one name; if not, only for page after page
 * @param earlier what the region held at an earlier count; it decides what is asked first, and nothing else
 */
export function openInquiry({
  newTallier,
  hasPrefixes,
  startedAtMs,
  random,
  earlier,
}: {
  newTallier: () => Tallier;
  hasPrefixes: boolean;
  startedAtMs: number;
  random: Random;
  earlier?: Earlier | undefined;
}): Inquiry {
  const region = makePart('');
  const inquiry: Inquiry = {
    region,
    audits: makeAudits(region, startedAtMs, random),
    outlook: makeOutlook(region, earlier),
    newTallier,
    mayBranch: true,
    mayAskNames: true,
    pages: 0,
    listings: 0,
    failure: undefined,
  };
  if (!hasPrefixes) {
    giveUpBranches(inquiry);
    giveUpNames(inquiry);
  }
  return inquiry;
}

/**
 * The best question that can be asked now; none if something must be answered first.
 * @param leftMs the time that is left for the whole region
 */
export function nextQuestion(inquiry: Inquiry, speed: Speed, leftMs: number): Choice | undefined {
  const { audits, outlook, mayBranch, mayAskNames } = inquiry;
  const waitedFor = audits.next();
  const choice = waitedFor
    ? { spare: false, ask: waitedFor }
    : choose(outlook, speed, mayBranch ? leftMs : 0, mayAskNames);
  return choice && { spare: choice.spare, ask: () => noteAsked(inquiry, choice.ask()) };
}

function noteAsked({ audits }: Inquiry, question: Question): Question {
  if (question.request.name === undefined) audits.asked(question.part);
  return question;
}

/** Whether its answer can still matter. */
export function isAwaited({ mayBranch }: Inquiry, question: Question): boolean {
  return question.about === 'check' ? mayBranch : isWanted(question);
}

/** @throws CountError if the service repeated a page token */
export function answer(inquiry: Inquiry, question: Question, page: Page): void {
  const { audits, newTallier } = inquiry;
  const { part, about, request } = question;
  if (!answers(page, request)) {
    doWithout(inquiry, question);
    if (!isIndispensable(inquiry, question)) return;
  }
  if (about === 'lookup') audits.answer(request.name!, page);
  else if (about === 'namesake') {
    audits.told(part.prefix, page.streams);
    addNamesake(part, page.streams, newTallier);
  } else addToPart(inquiry, question, page);
}

function addToPart(inquiry: Inquiry, question: Question, page: Page): void {
  const { audits, outlook, newTallier } = inquiry;
  inquiry.pages += 1;
  inquiry.listings += page.streams.length;
  const fresh = addPage(question.part, page, newTallier);
  audits.shown(question, fresh);
  outlook.answered(question.part, page);
}

/** There will be no answer. What is no CountError is a fault of this program. */
export function failed(inquiry: Inquiry, question: Question, error: unknown): void {
  if (error instanceof CountError && !isIndispensable(inquiry, question)) doWithout(inquiry, question);
  else inquiry.failure ??= { error };
}

/** The region's own list is what the count can never do without. */
function isIndispensable({ region }: Inquiry, { part, about }: Question): boolean {
  return part === region && about === 'page';
}

/** The region's own list does without what the service refuses, answers with something else, or is slow with. */
function doWithout(inquiry: Inquiry, { request }: Question): void {
  if (request.name === undefined) giveUpBranches(inquiry);
  else giveUpNames(inquiry);
}

function giveUpNames(inquiry: Inquiry): void {
  inquiry.mayAskNames = false;
  doWithoutNamesakes(inquiry.region);
  inquiry.audits.withoutNames();
}

function giveUpBranches(inquiry: Inquiry): void {
  inquiry.mayBranch = false;
  inquiry.region.branches = undefined;
  inquiry.audits.withoutBranches();
}

/**
 * The count, once there is one that is believed.
 * @throws CountError if what lists by prefix have shown contradicts the region's list; and whatever else ended the inquiry
 */
export function countedBy(inquiry: Inquiry): Counted | undefined {
  const { region, audits, failure } = inquiry;
  const verdict = audits.verdict();
  if (verdict === 'believed') {
    return {
      tally: tallyOf(region),
      prefixes: prefixesOf(region),
      newcomers: newcomersOf(region),
      repeated: repeatedOf(region),
    };
  }
  if (verdict === 'refuted') {
    if (region.state === 'listed')
      throw new CountError('bad-answer', 'The list of the region leaves out streams that are there.');
    giveUpBranches(inquiry);
  }
  if (failure !== undefined) throw failure.error;
  return undefined;
}
