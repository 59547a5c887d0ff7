/**
 * Why a region could not be counted: a closed list, because people act on it and a ledger outlives its writers.
 * The text of an AWS error never becomes a reason; it stays in the log.
 */
export const REASONS = [
  /** The service refused for its call rate, longer than the retries lasted. */
  'throttled',
  /** IAM or an organisation's policy refuses `kinesisvideo:ListStreams`. */
  'denied',
  /** The service does not know, or no longer takes, the credentials: a session that expired or was revoked. */
  'bad-credentials',
  /** The role in the member account, by which it is counted, cannot be assumed. */
  'no-access',
  /** The account is closed or suspended, or has left, and earlier runs counted something there. */
  'suspended',
  /** The account has not opted in to the region: what lies there is unknown, not zero. */
  'not-enabled',
  /** The service has no endpoint in the region. */
  'unsupported',
  /** Name resolution, connection, TLS, or 5xx answers that lasted. */
  'unreachable',
  /** A call, or the whole invocation, ran out of time. */
  'timed-out',
  /**
   * A repeated token, a malformed page, an error beside a list, an entry of another region or whose ARN names another thing, an
   * answer without end, lists that contradict each other, or more streams than there is memory for.
   */
  'bad-answer',
  /** The task was dead-lettered and nobody recorded why. */
  'undelivered',
  /** The deadline passed and nothing was heard. */
  'unanswered',
] as const;

export type Reason = (typeof REASONS)[number];

/**
 * Who denied, where the refusal tells: of `denied` alone, and in a closed list as well. `organisation-policy`: one of the
 * organisation, which nobody in the account can change; `no-permission`: nothing allows it; `another-policy`: one of the
 * account forbids it, or does not let it through.
 */
export const DENIERS = ['organisation-policy', 'no-permission', 'another-policy'] as const;
export type Denier = (typeof DENIERS)[number];

/**
 * An error whose message is this product's own sentence, and quotes nothing that AWS said: so it may be printed, by us and by
 * Lambda. Its `cause` may not.
 */
export abstract class OwnError extends Error {}

/** One attempt to count a region failed. `cause` holds what the SDK threw; only its name may be logged. */
export class CountError extends OwnError {
  override readonly name = 'CountError';
  readonly reason: Reason;
  /** Whether asking for the same page again, soon, may succeed. */
  readonly retryable: boolean;
  /** Only where it is known. */
  readonly deniedBy: Denier | undefined;

  constructor(
    reason: Reason,
    message: string,
    options: { retryable?: boolean; deniedBy?: Denier | undefined; cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.reason = reason;
    this.retryable = options.retryable ?? false;
    this.deniedBy = options.deniedBy;
  }
}

/** A request, message or stored item that is not what it must be; the message says what was expected instead. */
export class InvalidInputError extends OwnError {
  override readonly name = 'InvalidInputError';
}

/** Programs were told of a total, and people were not. */
export class NotMailedError extends OwnError {
  override readonly name = 'NotMailedError';
}

/** What was asked of somebody else failed as often as it is tried. The message says what, and how often. */
export class GaveUpError extends OwnError {
  override readonly name = 'GaveUpError';
}
