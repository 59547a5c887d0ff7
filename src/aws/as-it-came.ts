/** Answers that the SDK refuses to read. */
import type { ListStreamsCommand } from '@aws-sdk/client-kinesis-video';

/** What the clients of the SDK and its commands have in common, as far as it is needed here. */
type Client = { readonly config: { streamCollector(stream: unknown): Promise<Uint8Array> } };
type Command = { readonly middlewareStack: object };

type Answer<Output> = Partial<Record<Exclude<keyof Output, '$metadata'>, unknown>>;

/**
 * Sends a command by `send`. The SDK throws away a whole answer for one date that it cannot read; then its JSON is given as it
 * came. Nothing in either form has been checked.
 * @throws what the SDK throws, where no answer of status 200 came or it is not JSON
 */
export async function sendAndRead<Output extends object>(
  client: Client,
  command: Command,
  send: () => Promise<Output>,
): Promise<Answer<Output>> {
  let body: Uint8Array | undefined;
  // Whichever command it is: the stacks of any two have no type in common.
  (command.middlewareStack as ListStreamsCommand['middlewareStack']).add(
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
    return await send();
  } catch (error) {
    const answer = body && parse(body);
    if (answer === undefined) throw error;
    return answer as Answer<Output>;
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
