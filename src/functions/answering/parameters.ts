/**
 * What a request may say besides its path, and what each may be: told here once, for whoever reads a request and for the
 * description of the API. They are named as the options of the command.
 */
import { HISTORY_DAYS, MOST_RUNS, VERDICTS } from '../../answers/asking/limits.ts';
import { REASONS } from '../../census/errors.ts';
import { KINDS, STREAMS } from '../../census/kinds.ts';

/** Of a value, as JSON Schema says it. */
type ValueSchema =
  | { type: 'string'; pattern?: string; enum?: readonly string[]; default?: string; examples?: readonly string[] }
  | { type: 'integer'; minimum: number; maximum: number; default?: number };

export type Parameter = { in: 'path' | 'query'; description: string; schema: ValueSchema };

/** Runs that a page holds at most, so that the memory that it takes is bounded, and an answer is one that Lambda can give. */
export const RUNS_OF_A_PAGE = 200;

/** Accounts that an answer names at most. Of 1,000 a row each comes to half a megabyte, and Lambda gives no answer beyond six. */
export const MOST_ACCOUNTS = 1000;

const run = {
  in: 'path',
  schema: {
    type: 'string',
    examples: ['latest', '2026-11-20T06:00:00Z', '2026-11-20', 'latest~1', 'previous', 'yesterday'],
  },
} as const;

const RUN_NAME = 'its id or the beginning of it, such as a day; `latest`, `latest~1`, `previous` or `yesterday`';

const time = {
  type: 'string',
  examples: ['2026-11-20', '2026-11-20T06:00:00Z', '24h', '7d', 'latest~5'],
} as const satisfies ValueSchema;

export const PARAMETERS = {
  run: { ...run, description: `Which run: ${RUN_NAME}.` },
  a: { ...run, description: `The run to start from: ${RUN_NAME}.` },
  b: { ...run, description: `The run to compare with it: ${RUN_NAME}.` },
  region: {
    in: 'path',
    description: 'The region that was counted.',
    schema: { type: 'string', examples: ['eu-west-1'] },
  },
  kind: {
    in: 'query',
    description: 'Of which kind the runs are.',
    schema: { type: 'string', enum: KINDS, default: STREAMS },
  },
  account: {
    in: 'query',
    description:
      'Whose runs: of one account, or `organization`, of all together. Without it those of what the stack counts, of its own account or of the organisation.',
    schema: { type: 'string', pattern: '^([0-9]{12}|organization)$', examples: ['123456789012', 'organization'] },
  },
  verdict: {
    in: 'query',
    description:
      'Only runs, or of one run of an organisation only accounts, of this verdict; `open`: without a total. Of accounts `partial` are also those of which there is nothing.',
    schema: { type: 'string', enum: VERDICTS },
  },
  reason: {
    in: 'query',
    description: 'Only where a region, or an account, is missing for this reason.',
    schema: { type: 'string', enum: REASONS },
  },
  last: {
    in: 'query',
    description: `The newest so many runs. A page holds at most ${RUNS_OF_A_PAGE}; the link \`next\` leads on to older ones.`,
    schema: { type: 'integer', minimum: 1, maximum: MOST_RUNS },
  },
  since: {
    in: 'query',
    description: 'Not before this day, instant (UTC) or run, or length of time ago, such as `24h`.',
    schema: time,
  },
  until: { in: 'query', description: 'Not after it. Also where to go on: the `next` of a page before.', schema: time },
  days: {
    in: 'query',
    description: 'The history that growth is told from, in days.',
    schema: { type: 'integer', minimum: HISTORY_DAYS.least, maximum: HISTORY_DAYS.most, default: HISTORY_DAYS.usual },
  },
  above: {
    in: 'query',
    description: "From how many percent of its quota on a region is above. Without it the deployment's own.",
    schema: { type: 'integer', minimum: 1, maximum: 100 },
  },
  of: {
    in: 'query',
    description: `Of which run the accounts are: ${RUN_NAME}.`,
    schema: { type: 'string', default: 'latest', examples: run.schema.examples },
  },
  limit: {
    in: 'query',
    description: 'How many accounts a page holds at most.',
    schema: { type: 'integer', minimum: 1, maximum: MOST_ACCOUNTS, default: 200 },
  },
  after: {
    in: 'query',
    description: 'Only accounts after this id: where to go on, the `next` of a page before.',
    schema: { type: 'string', pattern: '^[0-9]{12}$', examples: ['123456789012'] },
  },
  by: {
    in: 'query',
    description: 'Of an organisation: samples for each of its accounts as well.',
    schema: { type: 'string', enum: ['account'] },
  },
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof PARAMETERS;
