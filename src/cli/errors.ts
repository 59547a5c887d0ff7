/** Whatever goes wrong becomes one sentence for a person: what was wrong, what was expected, what to do. */
import { tmpdir } from 'node:os';
import { types } from 'node:util';
import { NoAnswer } from '../answers/no-answer.ts';
import { CredentialsError } from '../aws/credentials.ts';
import { InvalidInputError } from '../census/errors.ts';
import { fileSentence, tooManyFiles } from './file-errors.ts';
import { credentialsSentence } from './source/credentials.ts';

/** The person asked for what cannot be; the message says so. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Nothing can be written there any more: nobody reads it (`hasReaderLeft`), or it is full. */
export class OutputLost extends Error {
  override readonly name = 'OutputLost';
  readonly hasReaderLeft: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    const { code = cause.message } = cause;
    const hasReaderLeft = code === 'EPIPE';
    const why = code === 'ENOSPC' ? `, because no space is left there (${code})` : ` (${code})`;
    super(
      hasReaderLeft ? 'Nobody reads standard output any more.' : `Standard output cannot be written to any more${why}.`,
      {
        cause,
      },
    );
    this.hasReaderLeft = hasReaderLeft;
  }
}

/** Errors whose message is the sentence. */
const SENTENCES = [UsageError, OutputLost, NoAnswer, InvalidInputError];

/** Where a command was reading when it failed. */
export type Where = {
  tableName?: string;
  region?: string;
  /** Whose credentials: a profile's, or the keys of the environment. */
  profile?: string;
  keys?: boolean;
  /** The address of the proxy, without its password. */
  proxy?: string;
  local?: boolean;
};

/** How the SDK words it. */
export const NO_REGION = 'Region is missing';

type AwsError = NodeJS.ErrnoException & { $metadata?: { httpStatusCode?: number } };

const BAD_CREDENTIALS = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
]);
const EXPIRED = new Set(['ExpiredTokenException', 'ExpiredToken']);
/** AWS takes a request whose time differs by up to five minutes. */
const WRONG_CLOCK = /^(RequestExpired|RequestTimeTooSkewed)$|Signature (expired|not yet current)/;
const DENIED = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'AuthorizationErrorException',
  'NotAuthorizedException',
]);
const BUSY = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);
/** Lambda's words; DynamoDB has the same name for a table, which may be called as it likes. */
const FUNCTION_NOT_FOUND = /^Function not found/;
/** A function, a queue, a topic. */
const NOT_THERE = new Set([
  'ResourceNotFoundException',
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
  'NotFoundException',
  'NotFound',
]);
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
]);

/** The embedded table stands on it, and it says what the system refused in words. */
const LEVEL_DB = /^IO error: (.+): ([^:]+)$/;
const LEVEL_DB_CODES: Readonly<Record<string, string>> = {
  'No space left on device': 'ENOSPC',
  'Disk quota exceeded': 'EDQUOT',
  'Read-only file system': 'EROFS',
  'Permission denied': 'EACCES',
  'Too many open files': 'EMFILE',
  'File too large': 'EFBIG',
  'Input/output error': 'EIO',
};

export function sentenceOf(thrown: unknown, where: Where = {}): string {
  const error = thrown as AwsError;
  if (!types.isNativeError(thrown)) return `Something unexpected was thrown: ${String(thrown)}.`;
  if (SENTENCES.some((Sentence) => error instanceof Sentence)) return error.message;
  if (error instanceof CredentialsError) return withoutCredentials(error, where);
  if (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND') return notInstalled(error);
  return awsSentence(error, where) ?? machineSentence(error, where) ?? asSentence(error.message || error.name);
}

/** In a checkout the page is bundled, and the functions are packaged, by development dependencies. */
function notInstalled({ message }: Error): string {
  const name = /'([^']+?)'/.exec(message)?.[1] ?? 'A package';
  return `${name} is not installed: run \`npm ci --include=dev\`, because with NODE_ENV=production or --omit=dev npm leaves out what a checkout needs.`;
}

function withoutCredentials(error: CredentialsError, where: Where): string {
  const cause = error.cause as AwsError;
  if (cause instanceof UsageError) return cause.message;
  const because = asSentence(cause.message || cause.name).slice(0, -1);
  return (
    credentialsSentence(error) ??
    awsSentence(cause, where) ??
    machineSentence(cause, where) ??
    `${error.profile === undefined ? 'AWS' : `The profile ${error.profile}`} gives no credentials (${because}): check ~/.aws/config and ~/.aws/credentials.`
  );
}

function awsSentence(error: AwsError, where: Where): string | undefined {
  const { name, message } = error;
  if (message === NO_REGION) {
    return 'No AWS region is set: give --region, set AWS_REGION, or name a profile that has one with --profile; --local reads the ledger of `npm start` without any.';
  }
  const [, region] = /^Region not accepted: region="(.*)" is not/.exec(message) ?? [];
  if (region !== undefined) {
    return `${JSON.stringify(region)} is not the name of an AWS region such as eu-west-1: check --region, AWS_REGION, and the region of the profile.`;
  }
  if (/^Invalid Configuration: (FIPS|Dualstack) and custom endpoint/.test(message)) {
    return 'The SDK is told to use an endpoint of your own (AWS_ENDPOINT_URL) and one for FIPS or dual-stack at the same time: take one of the two settings away.';
  }
  if (name === 'ResourceNotFoundException' && !FUNCTION_NOT_FOUND.test(message)) return noTable(where);
  if (NOT_THERE.has(name)) return noPart(error, where);
  if (EXPIRED.has(name)) return expired(where);
  if (WRONG_CLOCK.test(name) || WRONG_CLOCK.test(message)) {
    return 'AWS refuses the request for its time: set the clock of this machine, and try again.';
  }
  if (BAD_CREDENTIALS.has(name)) return notAccepted(name, where);
  if (DENIED.has(name)) return denied(message, where);
  if (BUSY.has(name))
    return `AWS is refusing requests because there are too many at the moment (${name}): try again in a minute.`;
  return undefined;
}

function expired({ keys, profile }: Where): string {
  if (keys) {
    return 'The AWS credentials in the environment have expired: set new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or take them away to use a profile.';
  }
  const [whose, named] = profile === undefined ? ['', ''] : [` of the profile ${profile}`, ` --profile ${profile}`];
  return `The AWS credentials${whose} have expired: sign in again (for example with \`aws sso login${named}\`).`;
}

function notAccepted(name: string, { keys, profile }: Where): string {
  if (keys) {
    return `AWS does not accept the credentials in the environment (${name}): set other AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or take them away to use a profile.`;
  }
  const whose = profile === undefined ? 'these credentials' : `the credentials of the profile ${profile}`;
  return `AWS does not accept ${whose} (${name}): check --profile, or sign in again.`;
}

function noTable(where: Where): string {
  const { tableName, region, local } = where;
  if (local) {
    return `The local ledger has no table ${tableName}: run \`npm start\` once, or check --stage and --table.`;
  }
  const place = region === undefined ? 'the region asked' : region;
  return `There is no table ${tableName} in ${place}: check --stage, --table, --region and --profile, or deploy it with \`${deployment(where)}\`.`;
}

function noPart({ name, message }: AwsError, where: Where): string {
  const { tableName, region, local } = where;
  const part = name.includes('Queue') ? 'queue' : FUNCTION_NOT_FOUND.test(message) ? 'function' : 'topic';
  if (local) return `The local stack has no such ${part} of ${tableName}: check --stage and --table.`;
  const place = region === undefined ? 'the region asked' : region;
  return `There is no ${part} of the stack ${tableName} in ${place}: check --stage, --table, --region and --profile, or deploy it with \`${deployment(where)}\`.`;
}

/** Of the stage whose table was asked for, there. */
function deployment({ tableName = '', region, profile }: Where): string {
  const stage = /^kvs-census-(.+)$/.exec(tableName)?.[1];
  const named = Object.entries({ stage, region, 'aws-profile': profile });
  return ['npx sls deploy', ...named.map(([name, value]) => (value ? `--${name} ${value}` : ''))]
    .filter(Boolean)
    .join(' ');
}

/** AWS's text quotes ARNs and principals at length; the action is what a person needs. */
function denied(message: string, { tableName }: Where): string {
  const action = /\b[a-z-]+:[A-Z][A-Za-z]+\b/.exec(message)?.[0] ?? 'this';
  const what = action.startsWith('dynamodb:') && tableName !== undefined ? ` on the table ${tableName}` : '';
  return `These credentials may not do ${action}${what}: use others with --profile, or have the permission added (docs/cli.md lists them).`;
}

/** Of TLS: whose certificate is not trusted, or not for this host. */
const UNTRUSTED = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_)/;

function machineSentence(error: AwsError, { region, local, proxy }: Where): string | undefined {
  const code = [error, ...causesOf(error)].map((one) => (one as AwsError).code).find((one) => one !== undefined);
  const who = local ? 'The local stack' : `AWS${region === undefined ? '' : ` in ${region}`}`;
  if (code === 'ERR_PROXY_TUNNEL') {
    return `The proxy ${proxy ?? ''} does not let this through (${/HTTP\/\S+ (.*)/.exec(error.message)?.[1] ?? code}): check HTTPS_PROXY, with its user and password, and NO_PROXY.`;
  }
  if (code !== undefined && UNTRUSTED.test(code)) {
    return `The certificate that ${who} shows is not trusted (${code}): if a proxy looks into the traffic here, name the file of its certificate in AWS_CA_BUNDLE.`;
  }
  if (code === 'ERR_INVALID_URL') {
    const { input } = error as { input?: unknown };
    return `An endpoint of AWS is set to ${JSON.stringify(input)}, which is no address: check the variables AWS_ENDPOINT_URL..., and endpoint_url in ~/.aws/config.`;
  }
  if (code === 'ERR_INVALID_CHAR') {
    return 'The AWS credentials hold a character that cannot be sent, such as a line break: set them again.';
  }
  if (code !== undefined && UNREACHABLE.has(code) && proxy !== undefined && !local) {
    return `${who} could not be reached through the proxy ${proxy} (${code}): check HTTPS_PROXY and NO_PROXY, and the network.`;
  }
  if (code !== undefined && UNREACHABLE.has(code)) {
    return `${who} could not be reached (${code}): check the network${local ? ', or start the stack again' : ' and --region'}.`;
  }
  if (error.name === 'TimeoutError') return `${who} did not answer in time: try again.`;
  const [, file, refusal = ''] = LEVEL_DB.exec(error.message) ?? [];
  if (file !== undefined && LEVEL_DB_CODES[refusal] !== undefined) return fileSentence(LEVEL_DB_CODES[refusal], file);
  // Only of what the system itself says: an error that has it as its cause has a sentence of its own.
  const { path } = error;
  if (error.code === 'ENOENT' && path !== undefined) return `There is no ${path} (ENOENT).`;
  if (error.code !== undefined && (path !== undefined || error.syscall === 'write'))
    return fileSentence(error.code, path ?? `${tmpdir()} or this folder`);
  return code === undefined ? undefined : tooManyFiles(code);
}

function causesOf(error: Error): unknown[] {
  const causes: unknown[] = error instanceof AggregateError ? [...error.errors] : [];
  if (types.isNativeError(error.cause)) causes.push(error.cause, ...causesOf(error.cause));
  return causes;
}

function asSentence(message: string): string {
  const [line = message] = message.split('\n');
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
