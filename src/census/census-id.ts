/**
 * Whose runs they are, and of what kind: `<accountId>` for streams, `<accountId>/<kind>` for another kind; and `organization` in
 * the place of the account for runs whose plan is accounts.
 */
import { InvalidInputError } from './errors.ts';
import { type Kind, parseKind, STREAMS } from './kinds.ts';
import { print } from './printed.ts';

/**
 * Each kind has runs, records and totals of its own under a census id of its own: so one kind's trouble cannot touch another's
 * number, and whoever passes a run on need not know that there are kinds.
 */
export type CensusId = string;

/** Stands where an account would, for all accounts together. */
export const ORGANIZATION = 'organization';

/** @param owner an account, or `ORGANIZATION` */
export function censusIdOf(owner: string, kind: Kind): CensusId {
  return kind === STREAMS ? owner : `${owner}/${kind}`;
}

/** The account, or `ORGANIZATION`. */
export function ownerOf(censusId: CensusId): string {
  return censusId.split('/')[0]!;
}

export function isOfOrganization(censusId: CensusId): boolean {
  return ownerOf(censusId) === ORGANIZATION;
}

/** @throws InvalidInputError for a kind that this release does not know */
export function kindOf(censusId: CensusId): Kind {
  const [, kind = STREAMS] = censusId.split('/');
  return parseKind(kind);
}

const ACCOUNT_ID = /^\d{12}$/;

/** @throws InvalidInputError if it is not twelve digits. */
export function parseAccountId(value: unknown): string {
  if (typeof value === 'string' && ACCOUNT_ID.test(value)) return value;
  throw new InvalidInputError(`The account id ${print(value)} is not twelve digits.`);
}

/** @throws InvalidInputError if it is neither an account nor `organization`. */
export function parseOwner(value: unknown): string {
  if (value === ORGANIZATION) return ORGANIZATION;
  if (typeof value === 'string' && ACCOUNT_ID.test(value)) return value;
  throw new InvalidInputError(`${print(value)} is neither an account id, of twelve digits, nor ${ORGANIZATION}.`);
}
