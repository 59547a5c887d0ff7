/** How the API answers beside its documents, as OpenAPI says it: headers, refusals, and what these hold. */
import { referenceTo, type Schema } from './components.ts';

export const ref = (place: string, name: string) => ({ $ref: `#/components/${place}/${name}` });

const headers = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, ref('headers', name)]));

/** What is told beside an answer about runs. */
const ABOUT_RUNS = ['census-verdict', 'census-run', 'census-missing', 'census-age', 'census-damaged', 'link'];
const ALWAYS = ['etag', 'cache-control', 'census-request-id'];

export const headersOf = ({ isAboutRuns }: { isAboutRuns: boolean }) =>
  headers(isAboutRuns ? [...ALWAYS, ...ABOUT_RUNS] : ALWAYS);

/**
 * What is answered instead. API Gateway refuses on its own what may not come in, or comes too fast, with its one word:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
const REFUSALS: Readonly<Record<number, { name: string; description: string; by: readonly ('api' | 'gateway')[] }>> = {
  400: {
    name: 'badRequest',
    description: 'The request is not one that can be answered; `detail` says why.',
    by: ['api'],
  },
  401: { name: 'unauthorized', description: 'No token, or not a valid one for this API.', by: ['gateway'] },
  403: {
    name: 'forbidden',
    description: 'No signature, or not a valid one, or of somebody who may not ask.',
    by: ['api', 'gateway'],
  },
  404: { name: 'notFound', description: 'There is no such request, run or region; `detail` says which.', by: ['api'] },
  429: {
    name: 'tooMany',
    description: 'More requests than the API is meant to answer. Ask again later.',
    by: ['gateway'],
  },
  500: {
    name: 'unreadable',
    description: 'The ledger holds what cannot be read; `detail` says of which run.',
    by: ['api', 'gateway'],
  },
  503: {
    name: 'unavailable',
    description: 'The ledger could not be asked. Ask again after `retry-after` seconds.',
    by: ['api', 'gateway'],
  },
};

const BODIES = {
  api: { 'application/problem+json': { schema: { $ref: referenceTo('problem') } } },
  gateway: { 'application/json': { schema: { $ref: referenceTo('refusal') } } },
};

export const refusals = () =>
  Object.fromEntries(Object.entries(REFUSALS).map(([status, { name }]) => [status, ref('responses', name)]));

export const responses = () => ({
  unchanged: {
    description: 'The answer is the one that `if-none-match` names.',
    headers: headersOf({ isAboutRuns: true }),
  },
  ...Object.fromEntries(
    Object.entries(REFUSALS).map(([status, { name, description, by }]) => [
      name,
      {
        description,
        headers: headers([
          ...(by.includes('api') ? ['census-request-id'] : []),
          ...(status === '503' ? ['retry-after'] : []),
        ]),
        content: Object.assign({}, ...by.map((who) => BODIES[who])),
      },
    ]),
  ),
});

const text = { type: 'string', minLength: 1 };
const many = { type: 'integer', minimum: 0 };

/** Of a refusal of the function's own, and of one of API Gateway. */
export const REFUSAL_SCHEMAS: Readonly<Record<'problem' | 'refusal', Schema>> = {
  problem: {
    type: 'object',
    description: 'What went wrong (RFC 9457), and what to do about it.',
    properties: {
      title: { ...text, description: 'what kind of problem it is' } as Schema,
      status: { type: 'integer', minimum: 400, maximum: 599, description: 'that of the response' },
      detail: { ...text, description: 'one sentence: what is wrong, and what to do' } as Schema,
      requestId: { ...text, description: 'under which the log has the request' } as Schema,
    },
    required: ['title', 'status', 'detail', 'requestId'],
    additionalProperties: false,
  },
  refusal: {
    type: 'object',
    description: 'How API Gateway refuses.',
    properties: { message: { type: ['string', 'null'] } },
    required: ['message'],
    additionalProperties: false,
  },
};

const header = (description: string, schema: object) => ({ description, schema });

export const HEADERS = {
  etag: header(
    'Of the answer, but for when the ledger was read and for ages: the same as long as nothing changes.',
    text,
  ),
  'cache-control': header(
    '`private, no-cache`: to be kept by nobody else, and only with the question whether it still holds.',
    text,
  ),
  'census-verdict': header('Of the run that the answer is about; `open`: it has no total yet.', {
    type: 'string',
    enum: ['complete', 'partial', 'open'],
  }),
  'census-run': header('The id of that run.', { $ref: referenceTo('runId') }),
  'census-missing': header('How many regions, or accounts, are missing from its number.', many),
  'census-age': header("Seconds since that run's instant.", many),
  'census-damaged': header(
    'How many items of the ledger were left out since they could not be read; absent if none were.',
    {
      type: 'integer',
      minimum: 1,
    },
  ),
  'census-request-id': header('Under which the log of the function and the access log have the request.', text),
  link: header('Of an answer that goes on: `<...>; rel="next"`, the request for the rest.', text),
  'retry-after': header('Seconds.', many),
};
