/** What is said where nothing else can be: one sentence that says what to do, and what HTTP calls it. */
import { OwnError } from '../../census/errors.ts';

/** https://www.rfc-editor.org/rfc/rfc9110#section-15 */
const TITLES = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

type RefusalStatus = keyof typeof TITLES;

export class Refusal extends OwnError {
  override readonly name = 'Refusal';
  readonly status: RefusalStatus;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: RefusalStatus, sentence: string, headers: Readonly<Record<string, string>> = {}) {
    super(sentence);
    this.status = status;
    this.headers = headers;
  }
}

export const PROBLEM_TYPE = 'application/problem+json';

/** https://www.rfc-editor.org/rfc/rfc9457: its `type` is about:blank, and so the title is that of the status. */
type Problem = { title: string; status: RefusalStatus; detail: string; requestId: string };

export function problemOf({ status, message }: Refusal, requestId: string): Problem {
  return { title: TITLES[status], status, detail: message, requestId };
}
