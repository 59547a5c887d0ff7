import { type AccountClient, GetRegionOptStatusCommand } from '@aws-sdk/client-account';
import { BAD_CREDENTIALS, IDENTITY_REFUSALS } from './call-errors.ts';

/** `refused`: Account Management, which knows every region, does not accept the credentials either. */
export type OptInState = 'enabled' | 'disabled' | 'refused' | 'unknown';

/** `signal` ends the question; what it was about is then unknown. */
export type ReadOptIn = (region: string, signal?: AbortSignal) => Promise<OptInState>;

/**
 * Whether the account has opted in to a region. `unknown` where it cannot be learned: there is no such endpoint in
 * GovCloud, and the permission `account:GetRegionOptStatus` may be missing.
 */
export function makeReadOptIn(client: AccountClient): ReadOptIn {
  return async (region, abortSignal) => {
    try {
      const answer = await client.send(
        new GetRegionOptStatusCommand({ RegionName: region }),
        abortSignal && { abortSignal },
      );
      switch (answer.RegionOptStatus) {
        case 'ENABLED':
        case 'ENABLED_BY_DEFAULT':
        case 'ENABLING':
          return 'enabled';
        case 'DISABLED':
        case 'DISABLING':
          return 'disabled';
        default:
          return 'unknown';
      }
    } catch (error) {
      // Nothing is lost: the refusal that made us ask is what gets reported.
      const { name } = error as Error;
      return IDENTITY_REFUSALS.has(name) || BAD_CREDENTIALS.has(name) ? 'refused' : 'unknown';
    }
  };
}
