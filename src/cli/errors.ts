/** Whatever goes wrong becomes one sentence for a person: what was wrong, what was expected, what to do. */
import { types } from 'node:util';
import { InvalidInputError } from '../census/errors.ts';

/** The person asked for what cannot be; the message says so. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Where a command was reading when it failed. */
export type Where = { tableName?: string; region?: string; profile?: string; local?: boolean };

type AwsError = Error & { code?: string; $metadata?: { httpStatusCode?: number } };

const BAD_CREDENTIALS = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
]);
const EXPIRED = new Set(['ExpiredTokenException', 'ExpiredToken', 'RequestExpired']);
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

export function sentenceOf(thrown: unknown, where: Where = {}): string {
  const error = thrown as AwsError;
  if (!types.isNativeError(thrown)) return `Something unexpected was thrown: ${String(thrown)}.`;
  if (error instanceof UsageError || error instanceof InvalidInputError) return error.message;
  return awsSentence(error, where) ?? machineSentence(error, where) ?? asSentence(error.message || error.name);
}

function awsSentence(error: AwsError, where: Where): string | undefined {
  const { name, message } = error;
  if ([error, ...causesOf(error)].some((one) => (one as Error).name === 'CredentialsProviderError')) {
    if (where.profile !== undefined) {
      return `The profile ${where.profile} gives no AWS credentials: check its name in ~/.aws/config, or sign in (for example with \`aws sso login --profile ${where.profile}\`).`;
    }
    return 'No AWS credentials were found: sign in (for example with `aws sso login`) or name a profile with --profile; --local reads the ledger of `npm start` without any.';
  }
  if (message === 'Region is missing') {
    return 'No AWS region is set: give --region, set AWS_REGION, or name a profile that has one with --profile.';
  }
  if (name === 'ResourceNotFoundException' && !/function/i.test(message)) return noTable(where);
  if (NOT_THERE.has(name)) return noStack(where);
  if (EXPIRED.has(name)) return 'The AWS credentials have expired: sign in again (for example with `aws sso login`).';
  if (BAD_CREDENTIALS.has(name)) {
    return `AWS does not accept these credentials (${name}): check --profile, or sign in again.`;
  }
  if (DENIED.has(name)) return denied(message, where);
  if (BUSY.has(name))
    return `AWS is refusing requests because there are too many at the moment (${name}): try again in a minute.`;
  return undefined;
}

function noTable({ tableName, region, local }: Where): string {
  if (local) {
    return `The local ledger has no table ${tableName}: run \`npm start\` once, or check --stage and --table.`;
  }
  const place = region === undefined ? 'the region asked' : region;
  return `There is no table ${tableName} in ${place}: check --stage, --table, --region and --profile, or deploy it with \`npx sls deploy\`.`;
}

function noStack({ tableName, region, local }: Where): string {
  const place = local ? 'the local stack' : region === undefined ? 'the region asked' : region;
  return `There is a ledger, but the other parts of ${tableName} are not in ${place}: check --stage and --region, or deploy it with \`npx sls deploy\`.`;
}

/** AWS's text quotes ARNs and principals at length; the action is what a person needs. */
function denied(message: string, { tableName }: Where): string {
  const action = /\b[a-z-]+:[A-Z][A-Za-z]+\b/.exec(message)?.[0] ?? 'this';
  const what = action.startsWith('dynamodb:') && tableName !== undefined ? ` on the table ${tableName}` : '';
  return `These credentials may not do ${action}${what}: use others with --profile, or have the permission added (docs/cli.md lists them).`;
}

function machineSentence(error: AwsError, { region, local }: Where): string | undefined {
  const code = [error, ...causesOf(error)].map((one) => (one as AwsError).code).find((one) => one !== undefined);
  const who = local ? 'The local stack' : `AWS${region === undefined ? '' : ` in ${region}`}`;
  if (code !== undefined && UNREACHABLE.has(code)) {
    return `${who} could not be reached (${code}): check the network${local ? ', or start the stack again' : ' and --region'}.`;
  }
  if (error.name === 'TimeoutError') return `${who} did not answer in time: try again.`;
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' || code === 'ENOSPC' || code === 'EROFS') {
    const { path } = error as NodeJS.ErrnoException;
    return `The file ${path ?? ''} cannot be used (${code}): check that its folder exists and may be written to.`;
  }
  return undefined;
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
