/** What a tool gives: the same in words and as data. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { VERDICTS } from '../../answers/asking/limits.ts';
import type { News } from '../../answers/news.ts';
import { documentSchema } from '../../answers/openapi/document-schema.ts';
import { damagedIn, type Standing, standingOf } from '../../answers/standing.ts';
import { number, plural } from '../../answers/words.ts';
import type { Document } from './documents.ts';
import { type Missing, missingIn } from './missing.ts';
import type { Extract } from './parts.ts';
import { type BoundedNews, besideWords, wordsOf } from './words.ts';

/** What is not in this result, and how to get it. */
type LeftOut = {
  /** Entries of this answer that stand in later parts. */
  entries: number;
  /** Behind this answer the ledger holds more; how much, nobody knows before it is read. */
  more: boolean;
  cursor: string;
};

type Told = {
  tool: string;
  /** The whole answer: what is said in words is said of it. */
  whole: Document;
  /** What is given of it. */
  part: Document;
  lists: readonly Extract[];
  news: readonly News[];
  leftOut: LeftOut | null;
};

type Result = {
  standing: Omit<Standing, 'words'> | null;
  missing: Missing | null;
  news: readonly BoundedNews[];
  leftOut: LeftOut | null;
  /** Lists of the answer that are not whole here, also where no later part follows. */
  lists: readonly Extract[];
  answer: Document;
};

/** @param nowMs milliseconds since 1970, from which ages are told */
export function resultOf({ tool, whole, part, lists, news, leftOut }: Told, nowMs: number): CallToolResult {
  const late = news.filter(({ regions }) => regions.length > 0).map(boundedNews);
  const missing = missingIn(whole);
  const result: Result = { standing: standingIn(whole, nowMs), missing, news: late, leftOut, lists, answer: part };
  const words = [
    ...wordsOf(whole, missing, nowMs),
    ...besideWords(late, damagedIn(whole)),
    ...partWords(tool, lists, leftOut),
  ];
  return {
    content: [
      { type: 'text', text: words.join('\n') },
      { type: 'text', text: JSON.stringify(result) },
    ],
    structuredContent: result,
  };
}

/** Of a large organisation they may be thousands. */
function boundedNews({ runId, regions }: News): BoundedNews {
  const named = regions.slice(0, MOST_NEWS);
  return { runId, regions: named, unnamed: regions.length - named.length };
}

const MOST_NEWS = 20;

/** Without its words, which stand before it. */
function standingIn(document: Document, nowMs: number): Result['standing'] {
  const standing = standingOf(document, nowMs);
  if (standing === null) return null;
  const { words, ...data } = standing;
  return data;
}

function partWords(tool: string, lists: readonly Extract[], leftOut: LeftOut | null): string[] {
  if (lists.length === 0 && leftOut === null) return [];
  const here = lists.map(({ list, from, to, of }) =>
    to < from
      ? `none of the ${number(of)} of ${list}`
      : `${number(from)} to ${number(to)} of the ${number(of)} of ${list}`,
  );
  const part = lists.length === 0 ? [] : [`THIS IS A PART. Of its lists there are here: ${here.join('; ')}.`];
  if (leftOut === null) return [...part, 'It is the last part.'];
  const what = [
    ...(leftOut.entries > 0 ? [`${plural(leftOut.entries, 'entry', 'entries')} of this answer`] : []),
    ...(leftOut.more ? ['what lies behind it in the ledger, nobody knows how much'] : []),
  ];
  return [
    ...part,
    `LEFT OUT: ${what.join(', and ')}. For what comes next call ${tool} again with the same inputs and cursor ${JSON.stringify(leftOut.cursor)}.`,
  ];
}

const count = { type: 'integer', minimum: 0 };
const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };

const object = (properties: Record<string, object>, description?: string) => ({
  type: 'object',
  ...(description !== undefined && { description }),
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const orNull = (schema: object, description: string) => ({ anyOf: [schema, { type: 'null' }], description });

const EXTRACTS = {
  type: 'array',
  description:
    'Lists of the answer that are not whole here: which of their entries are, counted from 1 (none where to is less than from).',
  items: object({ list: text, from: count, to: count, of: count }),
};

const MISSING = object({
  accounts: { ...count, description: 'Accounts there is nothing of.' },
  regions: { ...count, description: 'Missing regions of the others.' },
  named: {
    type: 'array',
    description: 'The first of them; region is null where all of the account is missing.',
    items: object({ accountId: textOrNull, region: textOrNull, reason: text }),
  },
  unnamed: { ...count, description: 'How many more are missing.' },
});

/** Of an answer that is one of these documents. Without what each field of them means, which would make it more than twice as long. */
export async function outputSchemaOf(documents: readonly string[]): Promise<Record<string, unknown>> {
  const { $schema, $defs, oneOf } = await documentSchema(documents);
  return {
    $schema,
    ...object({
      standing: orNull(
        object({
          runId: text,
          verdict: { type: 'string', enum: VERDICTS, description: 'open: no total yet.' },
          missing: { ...count, description: 'Regions, or accounts, that are not in the number, or not wholly.' },
          ageS: { ...count, description: "Seconds since the run's instant." },
          damaged: { ...count, description: 'Items of the ledger that cannot be read, and are left out.' },
        }),
        'How far the answer can be trusted: of the run that it is about.',
      ),
      missing: orNull(
        MISSING,
        'What is not in the number of that run. It is unknown, not zero. Null where that run has no total yet: then nothing is known.',
      ),
      news: {
        type: 'array',
        description: 'Regions (or accounts) that were counted after the total of a run was stored: not in it yet.',
        items: object({
          runId: text,
          regions: { type: 'array', items: text },
          unnamed: { ...count, description: 'How many more.' },
        }),
      },
      leftOut: orNull(
        object({
          entries: { ...count, description: 'Entries of this answer that stand in later parts.' },
          more: { type: 'boolean', description: 'Behind this answer the ledger holds more.' },
          cursor: { ...text, description: 'Gives what comes next.' },
        }),
        'null: nothing is left out.',
      ),
      lists: EXTRACTS,
      answer: { type: 'object', description: 'The document that the command prints with --json.', oneOf },
    }),
    $defs,
  };
}
