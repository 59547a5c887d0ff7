/** The description of the API is right in itself, and right of the answers. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { componentOf, type DocumentName } from '../../infra/openapi/components.ts';
import { answeredDocuments, description } from '../../infra/openapi/description.ts';
import { sectionsOf } from '../../infra/openapi/field-texts.ts';
import { misfits } from '../../infra/openapi/schemas.ts';
import { apiDescription } from '../../src/answers/openapi/api-description.ts';
import { documentSchema } from '../../src/answers/openapi/document-schema.ts';
import { cleanUp, startLedger, type TestLedger, temporaryFolder } from '../cli/world.ts';
import { textOf } from '../docs/text.ts';
import { storyOf } from '../fixtures/kinds.ts';
import { month } from '../fixtures/month.ts';
import { organizationStory } from '../fixtures/organization.ts';
import { plans } from '../fixtures/plans.ts';
import { story } from '../fixtures/story.ts';
import { makeExamples } from './examples.ts';
import { mutations } from './mutations.ts';
import { DESCRIPTION, makeAjv, strangersTo } from './validator.ts';

afterAll(cleanUp);

const operations = Object.values(DESCRIPTION.paths).map(({ get }) => get);
const bodies = operations.map(({ operationId, responses }) => ({
  operationId,
  ...responses[200]?.content?.['application/json'],
}));
const examples = bodies.flatMap(({ schema = {}, examples: shown = {} }) =>
  Object.entries(shown).map(([name, { value }]) => ({ name: name as DocumentName, schema, value })),
);

test('src/answers/openapi/openapi.json is what `npm run openapi` makes', async () => {
  expect(DESCRIPTION).toEqual(JSON.parse(JSON.stringify(description(textOf('json.md'), await makeExamples()))));
});

describe('It is an OpenAPI document', () => {
  const cli = fileURLToPath(
    new URL('../../node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js', import.meta.url),
  );
  /** The package is a module, which Jest does not load; its command is the same. */
  const validate = (document: object) => {
    const file = join(temporaryFolder(), 'openapi.json');
    writeFileSync(file, JSON.stringify(document));
    return JSON.parse(execFileSync(process.execPath, [cli, file], { encoding: 'utf8' }));
  };

  test('as it is in the repository, and as each API serves it', async () => {
    expect(validate(DESCRIPTION)).toEqual({ valid: true });
    expect(validate(await apiDescription({ by: 'iam' }))).toEqual({ valid: true });
    expect(validate(await apiDescription({ by: 'jwt', issuer: 'https://issuer.example' }))).toEqual({ valid: true });
  });

  test('a served one names the one way in that there is', async () => {
    const [iam, jwt] = [
      await apiDescription({ by: 'iam' }),
      await apiDescription({ by: 'jwt', issuer: 'https://issuer.example/pool/' }),
    ];
    expect([iam.security, Object.keys(iam.components.securitySchemes)]).toEqual([[{ iam: [] }], ['iam']]);
    expect([jwt.security, Object.keys(jwt.components.securitySchemes)]).toEqual([[{ jwt: [] }], ['jwt']]);
    expect(jwt.components.securitySchemes.jwt).toMatchObject({
      type: 'openIdConnect',
      openIdConnectUrl: 'https://issuer.example/pool/.well-known/openid-configuration',
    });
  });

  test('whatever it refers to is there, and whatever is there is referred to', () => {
    const text = JSON.stringify(DESCRIPTION);
    const referredTo = new Set(
      [...text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)].map(([, place, name]) => `${place} ${name}`),
    );
    const { securitySchemes: _, ...components } = DESCRIPTION.components;
    const there = Object.entries(components).flatMap(([place, all]) =>
      Object.keys(all).map((name) => `${place} ${name}`),
    );
    expect(there.sort()).toEqual([...referredTo].sort());
  });
});

test('a field is described in the words of docs/json.md, and none of them is lost', () => {
  const described = new Set<unknown>();
  JSON.stringify(DESCRIPTION.components.schemas, (key, value) => {
    if (key === 'description') described.add(value);
    return value;
  });
  const shown = Object.keys(DESCRIPTION.components.schemas).map((name) =>
    name.replace(/^kvs-census\.(.*)\.(\d+)$/, 'kvs-census/$1/$2'),
  );
  const lost = [...sectionsOf(textOf('json.md'))]
    .filter(([name]) => shown.includes(name))
    .flatMap(([name, { fields }]) => [...fields].map(([path, text]) => ({ name, path, text })))
    .filter(({ text }) => text !== '' && !described.has(text));
  expect(lost).toEqual([]);
});

describe('What the description says of answers', () => {
  test('each document that the API answers with is shown by an example, or by its neighbour of an account', () => {
    const shown = examples.map(({ name }) => name);
    expect(
      answeredDocuments().filter((name) => !shown.includes(name.replace('organization-', '') as DocumentName)),
    ).toEqual([]);
  });

  test.each(examples)('the example of $name fits', ({ name, schema, value }) => {
    expect(strangersTo(schema, value)).toEqual([]);
    expect(strangersTo({ $ref: `#/components/schemas/${componentOf(name)}` }, value)).toEqual([]);
  });

  test.each(examples)(
    'an answer $name that lost a field, has another one, or holds something else, does not fit, nor does it the schema of the document alone, nor that of the tests',
    async ({ name, schema, value }) => {
      const alone = makeAjv().compile(await documentSchema([name]));
      const verdicts = [...mutations(value)].map(({ what, document, isWrong }) => ({
        what,
        isWrong,
        refusals: [
          strangersTo(schema, document).length > 0,
          !alone(document),
          misfits(document as { schema: string }).length > 0,
        ],
      }));
      expect(verdicts.length).toBeGreaterThan(50);
      const isAstray = ({ isWrong, refusals }: (typeof verdicts)[number]) =>
        new Set(refusals).size > 1 || (isWrong && refusals.includes(false));
      expect(verdicts.filter(isAstray)).toEqual([]);
    },
  );
});

describe('Whatever the ledger holds, an answer fits', () => {
  const ledgers = new Map<string, TestLedger>();
  const LINES = [
    'latest',
    'runs',
    'run latest',
    'run previous',
    'explain latest',
    'explain previous',
    'diff',
    'headroom',
  ];
  const ACCOUNT_LINES = [...LINES, 'region eu-west-1', 'region me-south-1', 'diff yesterday latest'];

  beforeAll(async () => {
    const fill = async (name: string, put: (ledger: TestLedger) => Promise<void>) => {
      const ledger = await startLedger();
      await put(ledger);
      ledgers.set(name, ledger);
    };
    await fill('a story', async (ledger) => await ledger.fill(story()));
    await fill('a story under way', async (ledger) => await ledger.fill(story({ isOneUnderWay: true })));
    await fill('a month', async (ledger) => await ledger.fill(month()));
    await fill('a plan that changes', async (ledger) => await ledger.fill(plans()));
    await fill('several kinds', async (ledger) => await ledger.fill([...story(), ...storyOf('channels')]));
    await fill(
      'an organisation',
      async (ledger) => await ledger.fillOrganization(organizationStory({ isOneUnderWay: true })),
    );
  });

  const asked = ['a story', 'a story under way', 'a month', 'a plan that changes', 'several kinds'].flatMap((name) =>
    ACCOUNT_LINES.map((line) => [name, line] as const),
  );
  test.each([
    ...asked,
    ...ACCOUNT_LINES.map((line) => ['several kinds', `${line} --kind channels`] as const),
    ...LINES.map((line) => ['an organisation', line] as const),
  ])('of %s: %s', async (name, line) => {
    const ledger = ledgers.get(name);
    const document = JSON.parse(
      (await ledger?.[name === 'an organisation' ? 'ask' : 'command'](`${line} --json`))?.out ?? '',
    );
    const { schema = {} } = bodies.find(({ operationId }) => operationId === /^[a-z]+/.exec(line)?.[0]) ?? {};
    expect(strangersTo(schema, document)).toEqual([]);
  });
});

describe('The schema of a document alone', () => {
  test.each(examples)('$name: the example fits, with a field more it does not', async ({ name, value }) => {
    const validate = makeAjv().compile(await documentSchema([name]));
    expect([validate(value), validate({ ...(value as object), more: 1 })]).toEqual([true, false]);
  });

  test('of an account or an organisation: either fits, and another does not', async () => {
    const validate = makeAjv().compile(await documentSchema(['latest', 'organization-latest']));
    const fitting = examples.filter(({ value }) => validate(value)).map(({ name }) => name);
    expect(fitting).toEqual(['latest', 'organization-latest']);
  });

  test('it is small enough to be sent with a tool', async () => {
    const longest = Math.max(
      ...(await Promise.all(
        answeredDocuments().map(async (name) => JSON.stringify(await documentSchema([name])).length),
      )),
    );
    expect(longest).toBeLessThan(20_000);
  });

  test('there is none of what the API does not answer with', async () => {
    await expect(documentSchema(['doctor'])).rejects.toThrow('The API answers with no document doctor.');
  });
});
