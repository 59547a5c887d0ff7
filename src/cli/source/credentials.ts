/**
 * Why there are no credentials, as one sentence with its remedy. The SDK tells most of it in its messages alone, so these
 * are what is looked at; tests/cli/source/person.test.ts holds each of them to the SDK as it is.
 */
import { type CredentialsError, NoSuchProfile } from '../../aws/credentials.ts';

/** @returns undefined where it is not about credentials but about the machine: a name that does not resolve, a proxy */
export function credentialsSentence(error: CredentialsError): string | undefined {
  const { cause, profile } = error;
  const { message } = cause as Error;
  const who = profile === undefined ? 'The default profile' : `The profile ${profile}`;
  const of = profile === undefined ? 'the default profile' : `the profile ${profile}`;
  const named = profile === undefined ? '' : ` --profile ${profile}`;
  if (cause instanceof NoSuchProfile) {
    return `There is no profile ${profile} in ~/.aws/config or ~/.aws/credentials (or where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE point): check its name; \`aws configure list-profiles\` lists them.`;
  }
  if (/sts:AssumeRole/.test(message)) {
    const role = /arn:[\w-]+:iam::\d+:role\/[\w+=,.@/-]*[\w+=@-]/.exec(message)?.[0] ?? 'its role';
    return `AWS STS refuses ${role} to ${of}: the role's trust policy must let in who asks, and who asks must be allowed sts:AssumeRole; or mend role_arn and source_profile in ~/.aws/config.`;
  }
  if (/requires multi-factor authentication/.test(message)) {
    return `${who} asks for an MFA code, which this command cannot: take a session from the AWS CLI with \`eval "$(aws configure export-credentials${named} --format env)"\`, and run the command without a profile.`;
  }
  if (/credential_process/.test(message)) {
    return `The credential_process of ${of} ${processFault(message)}: run it by itself to see what it prints, and mend it.`;
  }
  if (/^Command failed/.test(message)) {
    return `The credential_process of ${of} failed (${lastLine(message)}): run it by itself, and mend it.`;
  }
  if (/maxBuffer/.test(message)) return `The credential_process of ${of} printed more than credentials: mend it.`;
  if (/ForbiddenException/.test(message)) {
    return `IAM Identity Center does not give whoever is signed in the role that ${of} names: check its sso_account_id and sso_role_name, or have the role assigned.`;
  }
  if (/Sso session '.*' could not be found|reading 'sso_/.test(message)) {
    return `${who} names an sso_session that ~/.aws/config does not describe: check its name, or run \`aws configure sso\`.`;
  }
  if (/aws sso login|UnauthorizedException/.test(message)) {
    const what = /expired|Cannot refresh/.test(message)
      ? 'has expired'
      : 'is not there or not valid: nobody has signed in';
    return `The SSO session of ${of} ${what}; sign in with \`aws sso login${named}\`.`;
  }
  if (/login\/cache|aws login|re-?authenticate/i.test(message)) {
    return `The session of ${of} has expired, or nobody has signed in: sign in with \`aws login${named}\`.`;
  }
  const [, source] = /using profile: \[(.*)\]/.exec(message) ?? [];
  if (source !== undefined) {
    return `${who} takes its credentials from the profile ${source}, which is not there or has none: mend source_profile in ~/.aws/config.`;
  }
  const { code, path } = cause as NodeJS.ErrnoException;
  if (path !== undefined) {
    return `The token in ${path}, which AWS_WEB_IDENTITY_TOKEN_FILE or a profile names, cannot be read (${code}): check the path and who may read it.`;
  }
  if (/could not load credentials from any providers/i.test(message)) return none(profile);
  return undefined;
}

function none(profile: string | undefined): string {
  if (profile === undefined) {
    return 'No AWS credentials were found: sign in (for example with `aws sso login`), or name a profile with --profile or in AWS_PROFILE; --local reads the ledger of `npm start` without any.';
  }
  return `The profile ${profile} gives no AWS credentials: it has none, or not all of their parts (a role_arn needs a source_profile or a credential_source, a key needs its secret); mend it in ~/.aws/config or ~/.aws/credentials.`;
}

function processFault(message: string): string {
  if (/invalid JSON/.test(message)) return 'did not print JSON';
  if (/Version 1/.test(message)) return 'did not print credentials of "Version": 1';
  if (/expired/.test(message)) return 'printed credentials that have expired';
  return 'printed no whole credentials';
}

/** What the process said last is its reason; the first line is the command itself, which may hold a password. */
function lastLine(message: string): string {
  const lines = message.split('\n').slice(1);
  const last = lines.map((line) => line.trim()).findLast((line) => line !== '');
  return last === undefined ? 'without a word' : `it said: ${last.slice(0, 200)}`;
}
