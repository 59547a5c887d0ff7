/** What may stand in a world, as schemas whose messages say what was expected. */
import * as v from 'valibot';
import type { Look, Weights } from './kind.ts';

export function whole(from: number, to: number) {
  const expected = `a whole number from ${from} to ${to}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(from, expected), v.maxValue(to, expected));
}

export function oneOf<const T extends readonly string[]>(choices: T) {
  return v.picklist(choices, `one of ${choices.join(', ')}`);
}

export function pattern(regex: RegExp, expected: string) {
  return v.pipe(v.string(expected), v.regex(regex, expected));
}

export function wholeNumberKey(from: number, to: number) {
  const expected = `a whole number from ${from} to ${to} as the key`;
  return v.pipe(
    v.string(expected),
    v.check((key) => /^(0|[1-9][0-9]*)$/.test(key) && Number(key) >= from && Number(key) <= to, expected),
  );
}

export function weights(choice: v.GenericSchema<string, string>, choices: string) {
  const expected = `an object of ${choices} and their weights`;
  const weight = 'a weight, that is a number from 0 to 1000000';
  return v.pipe(
    v.record(
      choice,
      v.pipe(v.number(weight), v.finite(weight), v.minValue(0, weight), v.maxValue(1_000_000, weight)),
      expected,
    ),
    v.check((value) => Object.values(value).some((part) => part > 0), `${expected}, at least one above 0`),
  );
}

/** An object of these fields and no others; a list is not an object. */
export function object<const T extends v.ObjectEntries>(fields: T) {
  const expected = 'an object';
  return v.pipe(
    v.unknown(),
    v.check((value) => !Array.isArray(value), expected),
    v.strictObject(fields, expected),
  );
}

const STATUSES = ['CREATING', 'ACTIVE', 'UPDATING', 'DELETING'] as const;

/** What every thing has: a status and an age. Each key of ages reaches down to the next smaller one. */
export function commonLooks({
  statuses,
  createdWithinDays,
}: Readonly<Record<'statuses' | 'createdWithinDays', Weights>>) {
  return {
    statuses: { weights: statuses, choice: oneOf(STATUSES), choices: 'statuses' },
    createdWithinDays: { weights: createdWithinDays, choice: wholeNumberKey(1, 3650), choices: 'ages in days' },
  } satisfies Record<string, Look>;
}
