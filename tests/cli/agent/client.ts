/** An agent: the official client of the protocol, with a server of its own as a real process. */
import { fileURLToPath } from 'node:url';
import { type CallToolResult, Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv';

export const BIN = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url));

/** What a tool gave, as far as tests look at it. */
type Given = {
  isError: boolean;
  /** What is said in words. */
  words: string;
  data: Data;
  bytes: number;
};

type Extract = { list: string; from: number; to: number; of: number };

type Data = {
  standing: { runId: string; verdict: string; missing: number; ageS: number; damaged: number } | null;
  missing: {
    accounts: number;
    regions: number;
    named: { accountId: string | null; region: string | null; reason: string }[];
    unnamed: number;
  } | null;
  news: object[];
  leftOut: { entries: number; more: boolean; cursor: string } | null;
  lists: Extract[];
  answer: Answer;
};

type OfRun = { runId: string; verdict: string | null; streams: number | null };

/** A document of any of the forms, as far as tests look at it. */
type Answer = {
  schema: string;
  readAt: string;
  accountId: string;
  run: OfRun;
  runs: OfRun[];
  points: OfRun[];
  accounts: { accountId: string }[];
  accountsLeftOut: number;
  damaged: object[];
};

export type Agent = Awaited<ReturnType<typeof startAgent>>;

/** The client's own, which is asked once for each schema: all servers describe the same tools. */
const ajv = new AjvJsonSchemaValidator();
const known = new Map<string, ReturnType<typeof ajv.getValidator>>();
const jsonSchemaValidator: typeof ajv = Object.assign(Object.create(ajv), {
  getValidator(schema: Parameters<typeof ajv.getValidator>[0]) {
    const key = JSON.stringify(schema);
    const validate = known.get(key) ?? ajv.getValidator(schema);
    known.set(key, validate);
    return validate;
  },
});

const clients: Client[] = [];

/** For afterEach or afterAll. */
export async function closeAgents(): Promise<void> {
  for (const client of clients.splice(0)) await client.close();
}

/** @param mode `auto`: the newest version of the protocol; `legacy`: those that begin with `initialize` */
export async function startAgent(
  folder: string,
  {
    options = ['--local'],
    environment = {},
    mode = 'auto',
  }: { options?: string[]; environment?: Record<string, string>; mode?: 'auto' | 'legacy' } = {},
) {
  const said: string[] = [];
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [BIN, 'mcp', ...options],
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
    stderr: 'pipe',
  });
  transport.stderr?.on('data', (part: Buffer) => said.push(String(part)));
  const client = new Client({ name: 'a-test', version: '1' }, { versionNegotiation: { mode }, jsonSchemaValidator });
  clients.push(client);
  await client.connect(transport);
  // From now on the client checks each result against what the tool says that it gives.
  const { tools } = await client.listTools();
  const call = async (name: string, inputs: object = {}): Promise<Given> =>
    givenOf((await client.callTool({ name, arguments: { ...inputs } })) as CallToolResult);
  return {
    client,
    tools,
    call,
    /** All parts and pages of it, as the cursors lead. */
    async walk(name: string, inputs: object = {}): Promise<Given[]> {
      const found = [await call(name, inputs)];
      for (
        let cursor = found[0]?.data.leftOut?.cursor;
        cursor !== undefined;
        cursor = found.at(-1)?.data.leftOut?.cursor
      )
        found.push(await call(name, { ...inputs, cursor }));
      return found;
    },
    err: () => said.join(''),
  };
}

function givenOf(result: CallToolResult): Given {
  const [first, second] = result.content.map((one) => (one.type === 'text' ? one.text : ''));
  const data = result.structuredContent as Data;
  if (!result.isError) expect(JSON.parse(second ?? '')).toEqual(data);
  return {
    isError: result.isError === true,
    words: first ?? '',
    data,
    bytes: Buffer.byteLength(JSON.stringify(result)),
  };
}
