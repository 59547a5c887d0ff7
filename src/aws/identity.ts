import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type AccessOptions, clientSettings, type LocalAccess } from './access.ts';

export type Identity = {
  accountId: string;
  /** Of the user or the role's session. */
  arn: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
};

/**
 * Who the credentials are, and the credentials themselves. To fetch them may take a person's help; only the question that
 * follows is ended by what `bound` gives.
 * @throws CredentialsError where there are none; what the SDK throws where STS does not answer or does not accept them
 */
export async function readIdentity(options: AccessOptions | LocalAccess, bound?: () => AbortSignal): Promise<Identity> {
  const client = new STSClient(clientSettings(options));
  const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
  const { Account, Arn = '' } = await client.send(new GetCallerIdentityCommand({}), bound && { abortSignal: bound() });
  if (Account === undefined)
    throw new Error('AWS STS did not say whose credentials these are: its answer names no account.');
  return {
    accountId: Account,
    arn: Arn,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
  };
}
