import { isOfOrganization } from '../../census/census-id.ts';
import type { Source } from '../reader.ts';
import type { Asking } from './asking.ts';

/** Whether an account's runs or the organisation's are asked for is decided here, once. */
export async function askingOf({ censusId }: Source): Promise<Asking> {
  if (isOfOrganization(censusId)) return (await import('./organization.ts')).askOrganization;
  return (await import('./account.ts')).askAccount;
}
