/** The options of `npm run chaos`. */
import { parseArgs } from 'node:util';

export type Options = {
  runs: number;
  /** Of the world, of its weather and of every dice. */
  seed: number;
  /** How long chaos lasts. What follows, until everything has settled, comes on top. */
  seconds: number;
};

const RUNS = { least: 1, most: 200 };
const SECONDS = { least: 10, most: 900 };
/** The part of chaos in which runs open, so that the last ones meet enough of it. */
export const OPENING = 0.6;
/** A run's id is its second. */
const SECONDS_FOR_EACH_RUN = 1 / OPENING;

/** @throws Error with one sentence */
export function readOptions(args: readonly string[]): Options {
  const { runs: runsText, seed: seedText, seconds: secondsText } = split(args);
  const runs = whole('--runs', runsText, 50, RUNS);
  const seed = whole('--seed', seedText, Math.floor(Math.random() * 2 ** 31), { least: 0, most: 2 ** 31 - 1 });
  const wished = Math.max(30, 2 * runs);
  const seconds = whole('--seconds', secondsText, wished, SECONDS);
  const needed = Math.ceil(SECONDS_FOR_EACH_RUN * runs);
  if (seconds < needed) {
    throw new Error(
      `--seconds ${seconds} is too short for ${runs} runs, which open a second apart; use ${needed} or more.`,
    );
  }
  return { runs, seed, seconds };
}

function split(args: readonly string[]) {
  const option = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...args], options: { runs: option, seed: option, seconds: option } }).values;
  } catch (cause) {
    throw new Error(
      `The options ${args.join(' ')} cannot be read; expected --runs N, --seed N and --seconds N, each at most once.`,
      { cause },
    );
  }
}

function whole(
  name: string,
  text: string | undefined,
  otherwise: number,
  limit: { least: number; most: number },
): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= limit.least && value <= limit.most) return value;
  throw new Error(`${name} is ${JSON.stringify(text)}; expected a whole number from ${limit.least} to ${limit.most}.`);
}
