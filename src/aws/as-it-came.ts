/** Answers as they came: those that the SDK refuses to read, and those that say more than it reads. */
import type { ListStreamsCommand } from '@aws-sdk/client-kinesis-video';
import { CountError } from '../census/errors.ts';

/** What the clients of the SDK and its commands have in common, as far as it is needed here. */
type Client = { readonly config: { streamCollector(stream: unknown): Promise<Uint8Array> } };
type Command = { readonly middlewareStack: object };

type Answer<Output> = Partial<Record<Exclude<keyof Output, '$metadata'>, unknown>>;

/** Of a status that says that all is well. */
type Kept = { headers: Readonly<Record<string, string>>; body: Uint8Array };

/**
 * Sends a command by `send`. The SDK throws away a whole answer for one date that it cannot read; then its JSON is given as it
 * came. Nothing in either form has been checked, but that no error stands beside it.
 * @throws CountError if the answer tells of an error as well: whatever it lists may not be all there is
 * @throws what the SDK throws, where no answer of a good status came or it is not JSON
 */
export async function sendAndRead<Output extends object>(
  client: Client,
  command: Command,
  send: () => Promise<Output>,
): Promise<Answer<Output>> {
  let kept: Kept | undefined;
  // Whichever command it is: the stacks of any two have no type in common.
  (command.middlewareStack as ListStreamsCommand['middlewareStack']).add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; headers: Kept['headers']; body: unknown };
      // The SDK takes every status below this one for a good one.
      if (response.statusCode < 300) {
        kept = { headers: response.headers, body: await client.config.streamCollector(response.body) };
        response.body = kept.body;
      }
      return result;
    },
    // Next to the wire: what is kept is what the SDK reads afterwards.
    { step: 'deserialize', priority: 'low', name: 'keepBody' },
  );
  const answer = await read(send, () => kept && (parse(kept.body) as Answer<Output> | undefined));
  if (kept !== undefined && tellsOfAnError(kept))
    throw new CountError('bad-answer', 'The answer tells of an error beside what it lists.', { retryable: true });
  return answer;
}

async function read<Output>(
  send: () => Promise<Output>,
  asItCame: () => Answer<Output> | undefined,
): Promise<Answer<Output>> {
  try {
    return await send();
  } catch (error) {
    const answer = asItCame();
    if (answer === undefined) throw error;
    return answer;
  }
}

/** In which header, and in which fields beside the list, AWS tells of an error: those in which the SDK looks for one, too. */
const ERROR_HEADER = 'x-amzn-errortype';
const ERROR_FIELDS = ['__type', 'code', 'message', 'Message'] as const;

/** How the names of these fields end, or are written in another way: without any of it, there is no such field. */
const SIGNS = ['__type"', 'code"', 'essage"', '\\u00'];

/** Some services of AWS name in `__type` what the answer is. */
const OWN_TYPE = /(Output|Response|Result)$/;

function tellsOfAnError({ headers, body }: Kept): boolean {
  if (headers[ERROR_HEADER]) return true;
  // A page of 1,000 is not read twice for fields that hardly any has: to look for the signs takes a third of that.
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!SIGNS.some((sign) => bytes.includes(sign))) return false;
  const answer = (parse(body) ?? {}) as Readonly<Record<string, unknown>>;
  return ERROR_FIELDS.some((field) => {
    const value = answer[field];
    if (field === '__type' && typeof value === 'string' && OWN_TYPE.test(value)) return false;
    return value !== undefined && value !== null && value !== '';
  });
}

function parse(body: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
