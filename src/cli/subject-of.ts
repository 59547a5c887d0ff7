import type { Source } from '../answers/reader.ts';
import { isOfOrganization } from '../census/census-id.ts';
import type { Subject } from './subject.ts';

/** Whether a command asks of an account's runs or of the organisation's is decided here, once. */
export async function subjectOf({ censusId }: Source): Promise<Subject> {
  if (isOfOrganization(censusId)) return (await import('./subjects/organization.ts')).organization;
  return (await import('./subjects/account.ts')).account;
}
