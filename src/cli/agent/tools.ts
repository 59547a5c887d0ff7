/** The tools of an agent: a question is checked, answered from the ledger, and told in words and as data, in parts where it is long. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { sentenceOf } from '../errors.ts';
import { continuationOf, cursorOf, refuseOther } from './cursor.ts';
import type { Document } from './documents.ts';
import { schemaOf } from './inputs.ts';
import type { AgentLedger } from './ledger.ts';
import { partOf, withAccountsLeftOut } from './parts.ts';
import { type Found, QUESTIONS, type Question } from './questions.ts';
import { outputSchemaOf, resultOf } from './result.ts';
import { isOfShelf, makeShelf, type Shelf } from './shelf.ts';

export type Tool = Pick<Question, 'name' | 'title' | 'description'> & {
  inputSchema: Record<string, unknown>;
  outputSchema: Record<string, unknown>;
  /** Throws nothing: what is wrong is a result, too. */
  call(given: unknown): Promise<CallToolResult>;
};

type Deps = {
  ledger: AgentLedger;
  /** The clock, in milliseconds since 1970. */
  nowMs: () => number;
  /** Another one each time, of digits and small letters. */
  newId: () => string;
};

/** What is kept of an answer that goes on, and the inputs that it answers. */
type Kept = Found & { tool: string; given: object };

/**
 * Bytes of a result, in both of its forms. Claude Code takes up to 50,000 characters and 25,000 tokens of a tool, of one form:
 * https://code.claude.com/docs/en/mcp#mcp-output-limits-and-warnings
 */
const MOST_BYTES = 65_536;
/** The words before it, what is missing, and what holds them together. */
const BESIDE_BYTES = 12_288;

export async function makeTools({ ledger, nowMs, newId }: Deps): Promise<Tool[]> {
  const shelf = makeShelf<Kept>(newId);
  const tools = QUESTIONS.map(
    async (question): Promise<Tool> => ({
      name: question.name,
      title: question.title,
      description: question.description,
      inputSchema: schemaOf(question.fields, question.required),
      outputSchema: await outputSchemaOf(question.documents),
      call: async (given) => {
        try {
          const { kept, from } = await answerTo(question, given, shelf, ledger, nowMs);
          return tell(question.name, kept, from, shelf, nowMs());
        } catch (error) {
          return { isError: true, content: [{ type: 'text', text: sentenceOf(error) }] };
        }
      },
    }),
  );
  return await Promise.all(tools);
}

/** @throws UsageError or InvalidInputError with one sentence */
async function answerTo(
  { name, read }: Question,
  given: unknown,
  shelf: Shelf<Kept>,
  ledger: AgentLedger,
  nowMs: () => number,
): Promise<{ kept: Kept; from: number }> {
  const { cursor, ...first } = read(given);
  if (cursor !== undefined && isOfShelf(cursor)) {
    const found = shelf.find(cursor);
    refuseOther(name, first.inputs, found.kept);
    return found;
  }
  const next = cursor === undefined ? undefined : continuationOf(cursor);
  if (next !== undefined) refuseOther(name, first.inputs, next);
  const { account, kind, ask } = next === undefined ? first : read(next.inputs);
  const asked = { ...(account !== undefined && { account }), ...(kind !== undefined && { kind }) };
  const found = await ledger.read(asked, (source) => ask(source, nowMs()));
  const more = found.more === null ? null : { ...asked, ...found.more };
  return { kept: { ...found, more, tool: name, given: next?.given ?? first.inputs }, from: 0 };
}

function tell(tool: string, kept: Kept, from: number, shelf: Shelf<Kept>, nowMs: number): CallToolResult {
  const { answer, news, more, given } = kept;
  const whole = answer as Document;
  const { document, lists, leftOut: entries, next } = partOf(whole, from, MOST_BYTES - BESIDE_BYTES);
  const cursor =
    next !== null ? shelf.keep(kept, next) : more === null ? undefined : cursorOf({ tool, given, inputs: more });
  const leftOut = cursor === undefined ? null : { entries, more: more !== null, cursor };
  const part = withAccountsLeftOut(document, lists);
  return resultOf({ tool, whole, part, lists, news, leftOut }, nowMs);
}
