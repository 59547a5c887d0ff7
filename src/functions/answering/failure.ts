/** What went wrong while something was answered, as it is told to whoever asked. What AWS says stays in the log. */
import { NotAsked } from '../../answers/asking/not-asked.ts';
import { NoAnswer } from '../../answers/no-answer.ts';
import { InvalidInputError } from '../../census/errors.ts';
import { sentenceOf } from '../../log.ts';
import { Refusal } from './refusal.ts';

/** Seconds after which it is worth while to ask again: the SDK has tried four times by then. */
const ASK_AGAIN = { 'retry-after': '5' };

/** @param say makes of a sentence of the answers one that whoever asks can follow */
export function refusalOf(error: unknown, say: (sentence: string) => string): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof NoAnswer) return new Refusal(404, say(error.message));
  if (error instanceof NotAsked) return new Refusal(400, say(error.message));
  // What was asked has been read by then: it is the ledger that holds this.
  if (error instanceof InvalidInputError) return new Refusal(500, say(sentenceOf(error)));
  if (isOfLedger(error)) {
    return new Refusal(503, 'The ledger cannot be asked at the moment: ask again in some seconds.', ASK_AGAIN);
  }
  return new Refusal(
    500,
    'Something failed here that should not: the log of the function says what, under this request id.',
  );
}

export const tooLate = () =>
  new Refusal(503, 'The ledger has not answered in time: ask again in some seconds, or for less.', ASK_AGAIN);

export const tooLong = () =>
  new Refusal(
    400,
    'The answer is longer than Lambda lets through: ask for it packed, with the header `accept-encoding: gzip`, or for less.',
  );

/** What the SDK throws, or Node beneath it, which also gives a code to what it was asked wrongly. */
function isOfLedger(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('$metadata' in error || '$fault' in error || error.name === 'TimeoutError') return true;
  return 'code' in error && !(error instanceof TypeError) && !(error instanceof RangeError);
}
