/** Whose credentials a person's command uses: found as the AWS CLI finds them, and never waited for without an end. */
import type { FromIniInit, fromIni } from '@aws-sdk/credential-provider-ini';

type Provider = ReturnType<typeof fromIni>;
type Credentials = Awaited<ReturnType<Provider>>;

export type CredentialsOptions = {
  /** The profile that somebody named, on the command line or in the environment. */
  profile?: string;
  /** Keys that go before any profile. */
  keys?: Credentials;
  /** Of the clients that sign in: those of STS and of IAM Identity Center. */
  clientConfig: NonNullable<FromIniInit['clientConfig']>;
  /** Gives what is waited for, or rejects in the end: a `credential_process` may hang, and the SDK waits for it for ever. */
  within: <T>(work: Promise<T>) => Promise<T>;
};

/** There are no credentials, or they could not be fetched; `cause` says why. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  /** Whose credentials were wanted; absent: nobody named a profile. */
  readonly profile: string | undefined;

  constructor(profile: string | undefined, cause: unknown) {
    super('No AWS credentials could be fetched.', { cause });
    this.profile = profile;
  }
}

/** The profile that somebody named is in none of the SDK's files. */
export class NoSuchProfile extends Error {
  override readonly name = 'NoSuchProfile';
}

export function makeCredentials({ keys, within, ...options }: CredentialsOptions): Provider {
  if (keys !== undefined) return async () => keys;
  return async (properties) => {
    try {
      return await within(find(options, properties));
    } catch (cause) {
      throw new CredentialsError(options.profile, cause);
    }
  };
}

/** Logs nothing: the SDK's warnings are not addressed to who runs the command. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * The SDK's own chain goes on where a profile fails, to the credentials of the machine: its error is then about these,
 * and on EC2 a misspelt profile is another identity. So the profile comes first and alone, as with the AWS CLI.
 */
async function find(
  { profile, clientConfig }: Pick<CredentialsOptions, 'profile' | 'clientConfig'>,
  properties: Parameters<Provider>[0],
): Promise<Credentials> {
  const [{ parseKnownFiles }, { fromIni }, { defaultProvider }] = await Promise.all([
    import('@smithy/core/config'),
    import('@aws-sdk/credential-provider-ini'),
    import('@aws-sdk/credential-provider-node'),
  ]);
  const name = profile ?? 'default';
  const init = { profile: name, logger: SILENT, clientConfig: { ...clientConfig, logger: SILENT } };
  if (name in (await parseKnownFiles(init))) {
    try {
      return await fromIni(init)(properties);
    } catch (error) {
      if (!holdsNone(error, name)) throw error;
    }
  } else if (profile !== undefined) throw new NoSuchProfile(`There is no profile ${profile}.`);
  return await defaultProvider(init)(properties);
}

/** A profile with settings alone: a region, an output format. */
function holdsNone(error: unknown, profile: string): boolean {
  return (error as Error).message.startsWith(`Could not resolve credentials using profile: [${profile}]`);
}
