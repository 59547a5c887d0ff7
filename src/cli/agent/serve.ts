/** The Model Context Protocol over standard input and output, until the client has gone. Nothing else is written to standard output. */
import { once } from 'node:events';
import { McpServer, type StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Io } from '../io.ts';
import { INSTRUCTIONS } from './instructions.ts';
import type { Tool } from './tools.ts';

/** Resolves when the client has closed standard input, reads standard output no more, or the process is asked to end. */
export async function serveTools(tools: readonly Tool[], version: string, io: Io): Promise<void> {
  const transport = new EndingTransport();
  const handle = serveStdio(() => makeServer(tools, version), { transport, onerror: makeComplaint(io) });
  const interrupted = io.interrupted();
  await Promise.race([transport.ended, interrupted.aborted ? undefined : once(interrupted, 'abort')]);
  await handle.close();
}

/** Tells of its end. It closes itself when standard input ends, and when standard output cannot be written to. */
class EndingTransport extends StdioServerTransport {
  readonly #end = Promise.withResolvers<void>();
  readonly ended = this.#end.promise;

  override async close(): Promise<void> {
    await super.close();
    this.#end.resolve();
  }
}

function makeServer(tools: readonly Tool[], version: string): McpServer {
  const server = new McpServer({ name: 'kvs-census', title: 'kvs-census', version }, { instructions: INSTRUCTIONS });
  for (const { name, title, description, inputSchema, outputSchema, call } of tools) {
    const annotations = {
      title,
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    };
    const config = { title, description, annotations };
    server.registerTool(name, { ...config, inputSchema: told(inputSchema), outputSchema: told(outputSchema) }, call);
  }
  return server;
}

/** Told to the client, and not acted on: the tool says in a sentence of its own what is wrong with what it is given. */
const told = (schema: Record<string, unknown>): StandardSchemaWithJSON => ({
  '~standard': {
    version: 1,
    vendor: 'kvs-census',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => schema, output: () => schema },
  },
});

/** So many messages that nobody understands are told of, on standard error: a client that is not one would fill somebody's log. */
const MOST_COMPLAINTS = 5;

function makeComplaint(io: Io): (error: Error) => void {
  let count = 0;
  return (error) => {
    // Nobody is left to be told.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return;
    count += 1;
    if (count <= MOST_COMPLAINTS) io.warn('A message of the client is not understood, and left out.');
  };
}
