/** Answers that the SDK refuses to read. */
import type {
  DescribeStreamCommand,
  DescribeStreamCommandOutput,
  KinesisVideoClient,
  ListStreamsCommand,
  ListStreamsCommandOutput,
} from '@aws-sdk/client-kinesis-video';

type Answer<Output> = Partial<Record<Exclude<keyof Output, '$metadata'>, unknown>>;

/**
 * Sends a command. The SDK throws away a whole answer for one date that it cannot read; then its JSON is given as it came.
 * Nothing in either form has been checked.
 * @throws what the SDK throws, where no answer of status 200 came or it is not JSON
 */
export function sendAndRead(
  client: KinesisVideoClient,
  command: ListStreamsCommand,
  abortSignal: AbortSignal,
): Promise<Answer<ListStreamsCommandOutput>>;
export function sendAndRead(
  client: KinesisVideoClient,
  command: DescribeStreamCommand,
  abortSignal: AbortSignal,
): Promise<Answer<DescribeStreamCommandOutput>>;
export async function sendAndRead(
  client: KinesisVideoClient,
  command: ListStreamsCommand | DescribeStreamCommand,
  abortSignal: AbortSignal,
): Promise<object> {
  // Whichever it is: the types of both stacks have no call in common.
  const sent = command as ListStreamsCommand;
  let body: Uint8Array | undefined;
  sent.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: unknown };
      if (response.statusCode === 200) {
        body = await client.config.streamCollector(response.body);
        response.body = body;
      }
      return result;
    },
    // Next to the wire: what is kept is what the SDK reads afterwards.
    { step: 'deserialize', priority: 'low', name: 'keepBody' },
  );
  try {
    return await client.send(sent, { abortSignal });
  } catch (error) {
    const answer = body && parse(body);
    if (answer === undefined) throw error;
    return answer;
  }
}

function parse(body: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
