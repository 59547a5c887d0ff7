import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

export type Identity = {
  accountId: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
};

/**
 * Who the SDK's usual credential chain says we are.
 * @throws Error with one sentence if there are no credentials, or they are not accepted.
 */
export async function readIdentity(options: { region?: string; profile?: string } = {}): Promise<Identity> {
  const client = new STSClient({
    ...options,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
  let credentials: Identity['credentials'];
  try {
    credentials = await client.config.credentials();
  } catch (cause) {
    throw new Error(
      'No AWS credentials were found; sign in (for example with `aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      { cause },
    );
  }
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    if (Account === undefined) throw new Error('The answer names no account.');
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    return {
      accountId: Account,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    };
  } catch (cause) {
    throw new Error(
      `AWS did not say whose credentials these are (${(cause as Error).name}); check that they are valid and that STS can be reached.`,
      { cause },
    );
  }
}
