/** Every document that a command prints holds what docs/json.md says, to the field. */

import { DOCUMENTS, misfits, PARTS, schemaOf } from '../../infra/openapi/schemas.ts';
import { history, type Past } from '../cli/history.ts';
import { cleanUp, startLedger, type TestLedger } from '../cli/world.ts';
import { textOf } from '../docs/text.ts';
import { organizationStory } from '../fixtures/organization.ts';

const isMissing = (n: number, region: string) => n === 5 && region === 'eu-west-2';
const past = [...history({ runs: 6, everyMinutes: 360, isMissing })];
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.fill(past);
});
afterAll(cleanUp);

test.each([
  'latest --json',
  'runs --json',
  'run latest --json',
  'region eu-west-2 --json',
  `diff ${past[0]?.run.runId} latest --json`,
  'why --json',
  'explain latest --json',
  'headroom --json',
  'watch latest --json',
  'export --format json --last 2',
  'export --format ndjson --last 1',
])('%s fits its schema', async (line) => {
  expect(misfits(JSON.parse((await ledger.command(line)).out))).toEqual([]);
});

describe('Of the organisation', () => {
  let ofAll: TestLedger;
  beforeAll(async () => {
    ofAll = await startLedger();
    await ofAll.fillOrganization(organizationStory({ isOneUnderWay: true }));
  });

  test.each([
    'latest --json',
    'runs --json',
    'run 2026-11-20T07:58 --json',
    'diff --json',
    'why --than 2026-11-19T06 --json',
    'explain latest --json',
    'headroom --json',
    'watch 2026-11-20T06 --json',
    'export --format json --last 2',
    'export --format ndjson --last 1',
  ])('%s fits its schema', async (line) => {
    const document = JSON.parse((await ofAll.ask(line)).out);
    expect(document.schema).toMatch(/organization-/);
    expect(misfits(document)).toEqual([]);
  });
});

describe('Where there is less to say', () => {
  const [, , , before, , newest] = past as [Past, Past, Past, Past, Past, Past];
  const { total: _, announcedRev: __, ...run } = newest.run;
  const open: Past = {
    run: { ...run, pending: ['eu-west-1'], sweep: 'OPEN', deadlineAt: '2026-11-20T09:00:00.000Z' },
    records: newest.records.filter(({ region }) => region > 'f'),
  };

  test.each(['latest --json', 'runs --json', 'run latest --json', 'region eu-west-1 --json', 'explain latest --json'])(
    '%s fits its schema: one run, which is open',
    async (line) => {
      const own = await startLedger();
      await own.fill([open]);
      expect(misfits(JSON.parse((await own.command(line)).out))).toEqual([]);
    },
  );

  test('runs --json fits its schema: an item is damaged', async () => {
    const own = await startLedger();
    await own.fill([before, newest]);
    const names = { ExpressionAttributeNames: { '#plan': 'plan' } };
    await own.damage(before.run, { UpdateExpression: 'REMOVE #plan', ...names });
    const document = JSON.parse((await own.command('runs --json')).out);
    expect(document.damaged).toHaveLength(1);
    expect(misfits(document)).toEqual([]);
  });
});

test.each<[string, object]>([
  ['more', { more: 1 }],
  ['a renamed', { runId: undefined, id: '2026-11-20T06:00:00Z' }],
  ['less', { runId: undefined }],
])('a document with %s does not fit', (_what, change) => {
  const head = { readAt: '2026-11-20T06:00:00.000Z', accountId: '123456789012', kind: 'streams' };
  const started = { schema: 'kvs-census/started/1', ...head };
  const document = { ...started, runId: '2026-11-20T06:00:00Z' };
  expect(misfits(document)).toEqual([]);
  expect(misfits(JSON.parse(JSON.stringify({ ...document, ...change })))).not.toEqual([]);
});

describe('docs/json.md', () => {
  const page = textOf('json.md');
  /** The facets of other kinds than streams stand where these are described. */
  const kinds = textOf('kinds.md');
  const sections = new Map(page.split(/^### /m).map((text) => [text.split('\n')[0] ?? '', text]));
  const all = [
    ...Object.entries<Shape>(PARTS),
    ...Object.entries<Shape>(DOCUMENTS).map(([name, schema]): [string, Shape] => [schemaOf(name), schema]),
  ];

  test('has a section for each document and each part, and no other', () => {
    expect([...sections.keys()].slice(1)).toEqual(expect.arrayContaining(all.map(([name]) => name)));
    expect(sections.size - 1).toBe(all.length);
  });

  test.each(all)('%s: names each of its fields, and no other', (name, schema) => {
    const section = sections.get(name) ?? '';
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const paths = rows.flatMap((row) => quoted(row.split(' | ')[0] ?? ''));
    const fields = fieldsOf(schema);
    expect(paths.filter((path) => !fields.includes(path))).toEqual([]);
    // A field within a field has a row of its own, or stands in the row of the whole.
    const told = new Set(quoted(name === 'tally' ? `${section}${kinds}` : section).flatMap(wordsOf));
    expect(fields.filter((field) => !wordsOf(field).every((word) => told.has(word)))).toEqual([]);
    const outer = fields.filter((field) => wordsOf(field).length === 1);
    expect(rows.length === 0 ? [] : outer.filter((field) => !paths.includes(field))).toEqual([]);
  });
});

const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
const wordsOf = (path: string) => path.split(/[.[\]]+/).filter((word) => word !== '');

const PART_SCHEMAS: readonly unknown[] = Object.values(PARTS);
const HEAD = ['schema', 'readAt', 'accountId', 'kind'];

/** What this test looks at of a schema. */
type Shape = {
  type: string;
  wrapped?: Shape;
  item?: Shape;
  options?: readonly (Shape | string)[];
  entries?: Readonly<Record<string, Shape>>;
};

/** The fields at every depth, such as `missing[]` or `facets.status`; without those that all documents or a part have. */
function fieldsOf({ entries = {} }: Shape, path = ''): string[] {
  return Object.entries(entries).flatMap(([name, entry]) => {
    if (path === '' && HEAD.includes(name)) return [];
    if (path !== '' && isOfPart(entries, name)) return [];
    const list = [entry, entry.wrapped].find((schema) => schema?.type === 'array');
    const own = `${path}${name}${list === undefined ? '' : '[]'}`;
    return [own, ...objectsIn(entry).flatMap((schema) => fieldsOf(schema, `${own}.`))];
  });
}

/** The objects that a field may hold, but for parts. */
function objectsIn(schema: Shape): Shape[] {
  if (PART_SCHEMAS.includes(schema)) return [];
  const inner = [schema.wrapped, schema.item, ...(schema.options ?? [])].filter((one) => typeof one === 'object');
  return schema.entries === undefined ? inner.flatMap(objectsIn) : [schema];
}

/** Of a part that has become an object with more fields. */
function isOfPart(entries: object, name: string): boolean {
  return [PARTS.run, PARTS.row, PARTS.organization, PARTS.accountChanges].some(
    (part) => name in part.entries && Object.keys(part.entries).every((own) => own in entries),
  );
}
