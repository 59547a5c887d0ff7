/** What is found about one part of a stack, and the words that all findings share. */
import type { Kind } from '../../census/kinds.ts';
import type { Asked, FunctionFacts, Refusal } from './facts.ts';
import type { Shell } from './shell.ts';

export const CHECKS = [
  'region',
  'credentials',
  'stack',
  'functions',
  'kinds',
  'table',
  'indexes',
  'expiry',
  'recovery',
  'queues',
  'redrive',
  'destinations',
  'delivery',
  'announcements',
  'worker-trigger',
  'undelivered-trigger',
  'dispatch-schedule',
  'sweep-schedule',
  'last-run',
  'settling',
  'plan',
  'items',
  'quotas',
  'undelivered-tasks',
  'unreadable-tasks',
  'failed-invocations',
  'alarms',
  'ringing',
  'subscribers',
  'may-invoke',
  'may-list',
  'concurrency',
] as const;
export type Check = (typeof CHECKS)[number];

/** Worst last. `unknown`: it could not be asked, and so is never `ok`. */
export const LEVELS = ['ok', 'unknown', 'warning', 'broken'] as const;
export type Level = (typeof LEVELS)[number];

export type Finding = {
  check: Check;
  /** Of whose runs it is; `null`: of what serves every kind. */
  kind: Kind | null;
  level: Level;
  /** What was found: a sentence. */
  what: string;
  /** Why it matters; `null` where all is well. */
  why: string | null;
  /** What a person does who cannot just paste a command; or what the command does. */
  todo: string | null;
  /** They mend it, pasted one after the other. */
  commands: string[];
};

/** What mends something: in words, by commands, or both. */
type Mend = { todo?: string; commands?: string[] };

export function ok(check: Check, what: string): Finding {
  return { check, kind: null, level: 'ok', what, why: null, todo: null, commands: [] };
}

export const broken = bad('broken');
export const warning = bad('warning');

function bad(level: Level) {
  return (check: Check, what: string, why: string, { todo, commands = [] }: Mend): Finding => ({
    check,
    kind: null,
    level,
    what,
    why,
    todo: todo ?? null,
    commands,
  });
}

/** @param whether what is unknown now, as the end of a sentence: "whether the worker takes tasks" */
export function unknown(check: Check, refusal: Refusal, whether: string, shell: Shell): Finding {
  const { what, todo } = wordsOf(refusal);
  const again =
    todo === null ? { todo: 'Ask again in a minute.', commands: [shell.census('doctor')] } : { todo, commands: [] };
  return {
    check,
    kind: null,
    level: 'unknown',
    what: `It could not be asked ${whether}: ${what}.`,
    why: null,
    ...again,
  };
}

/** Why something could not be asked, as the end of a sentence, and what helps where asking again does not. */
export function wordsOf({ why, action, error }: Refusal): { what: string; todo: string | null } {
  switch (why) {
    case 'denied':
      return {
        what: `these credentials may not do ${action}`,
        todo: `Have ${action} added to them (docs/cli.md lists all that is asked), or use others with --profile.`,
      };
    case 'forbidden':
      return {
        what: `a policy denies ${action} to these credentials in so many words`,
        todo: 'Use others with --profile, or have that policy changed: to be given the permission as well would not help.',
      };
    case 'not-accepted':
      return {
        what: `the credentials are not accepted for ${action} (${error})`,
        todo: 'Sign in again, or use others with --profile.',
      };
    case 'throttled':
      return { what: `AWS has too many requests for ${action} at the moment (${error})`, todo: null };
    case 'timed-out':
      return { what: `${action} was not answered in time`, todo: null };
    case 'unreachable':
      return { what: `${action} could not be reached (${error})`, todo: null };
    case 'failed':
      return { what: `${action} failed (${error})`, todo: null };
    default:
      return why satisfies never;
  }
}

/** Judges what was answered; what could not be asked is unknown. */
export function judged<T>(
  check: Check,
  asked: Asked<T>,
  whether: string,
  shell: Shell,
  judge: (answer: T) => Finding,
): Finding {
  return 'refusal' in asked ? unknown(check, asked.refusal, whether, shell) : judge(asked.answer);
}

/** The answers to several questions, if each of them has one; else the first refusal. */
export function together<Name extends string, T>(each: Readonly<Record<Name, Asked<T>>>): Asked<Record<Name, T>> {
  const entries = Object.entries<Asked<T>>(each);
  for (const [, asked] of entries) if ('refusal' in asked) return asked;
  return {
    answer: Object.fromEntries(entries.map(([name, asked]) => [name, (asked as { answer: T }).answer])) as Record<
      Name,
      T
    >,
  };
}

export function answerOf<T>(asked: Asked<T>): T | undefined {
  return 'answer' in asked ? asked.answer : undefined;
}

/** What a function was told and how it is, where that is known. */
export function factsOf(asked: Asked<FunctionFacts | null>): FunctionFacts | undefined {
  return answerOf(asked) ?? undefined;
}
