import { type AccountClient, GetRegionOptStatusCommand } from '@aws-sdk/client-account';

/** Regions in which Kinesis Video has an endpoint (two AWS sources agree, November 2026). */
export const KINESIS_VIDEO_REGIONS: readonly string[] = [
  'af-south-1',
  'ap-east-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-5',
  'ca-central-1',
  'cn-north-1',
  'eu-central-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'me-south-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-west-2',
];

/** `refused`: Account Management, which knows every region, does not accept the credentials either. */
export type OptInState = 'enabled' | 'disabled' | 'refused' | 'unknown';

/** Who asks is not known. A region that is not opted in says so of everybody. */
export const IDENTITY_REFUSALS = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidClientTokenIdException',
  'OptInRequired',
  'OptInRequiredException',
]);

/** Who asks is known, and the credentials are no good: their session is over, or they sign wrongly. */
export const BAD_CREDENTIALS = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'MissingAuthenticationTokenException',
  'CredentialsProviderError',
]);

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
