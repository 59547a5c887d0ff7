/** The description of the API: an OpenAPI document, generated from what the API, the answers and their docs go by. */
import { ROUTES } from '../../src/functions/answering/routes.ts';
import { components, type DocumentName } from './components.ts';
import { sectionsOf } from './field-texts.ts';
import { type Examples, parameters, paths } from './paths.ts';
import { HEADERS, REFUSAL_SCHEMAS, responses } from './responses.ts';

/** Each once, in the order of the routes. */
export const answeredDocuments = (): DocumentName[] => [
  ...new Set(Object.values(ROUTES).flatMap(({ documents }) => documents as readonly DocumentName[])),
];

/** `page` is docs/json.md. */
export function description(page: string, examples: Examples) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'kvs-census',
      version: '1',
      summary:
        'How many Kinesis Video streams there are, in every region and account, and whether that number can be trusted.',
      description:
        'Reads what was counted, and changes nothing. The bodies are the documents that the command prints with `--json` (docs/json.md). What each holds, this release says to the field; a later one may hold more fields under the same `schema`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ iam: [] }, { jwt: [] }],
    paths: paths(examples),
    components: {
      securitySchemes: {
        iam: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description:
            'Signature version 4 for the service execute-api, by who may invoke this API (execute-api:Invoke).',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
        jwt: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A token of the issuer that the API was deployed with, for one of its audiences.',
        },
      },
      headers: HEADERS,
      parameters: parameters(),
      responses: responses(),
      schemas: { ...REFUSAL_SCHEMAS, ...components(answeredDocuments(), sectionsOf(page)) },
    },
  };
}
