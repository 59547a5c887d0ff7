/** What each kind asks its service, and what becomes of answers that are odd: the SDK's clients over HTTP. */

import { LONGEST_ANSWER } from '../../src/aws/http.ts';
import { makeListers } from '../../src/aws/kinds.ts';
import { makeListPage } from '../../src/aws/list-page.ts';
import { descriptorOf, KINDS, type Kind } from '../../src/census/kinds.ts';
import type { ListPage } from '../../src/census/ports.ts';
import { classesOf, makeTallier } from '../../src/census/tally.ts';
import { type KindWire, WIRES } from './kinds/wires.ts';
import { json, refusal, type Service, startService } from './service.ts';

const REGION = 'eu-west-1';
const RUN_MS = Date.parse('2026-11-20T06:00:00Z');
const BESIDE_AN_ERROR = {
  reason: 'bad-answer',
  retryable: true,
  message: 'The answer tells of an error beside what it lists.',
};
const ODD = [5, true, {}, [], null, '', 'abc', -1, 1e20];

let service: Service;

beforeAll(async () => {
  service = await startService(REGION);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: service.options.endpoint,
    AWS_ACCESS_KEY_ID: 'anybody',
    AWS_SECRET_ACCESS_KEY: 'anything',
  });
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL;
  await service.close();
});

describe.each(KINDS.map((kind): [Kind, KindWire] => [kind, WIRES[kind]]))('of %s', (kind, wire) => {
  const { facets, hasPrefixes } = descriptorOf(kind);
  let listPage: ListPage;
  beforeAll(() => {
    const limits = { connectTimeoutMs: 1000, requestTimeoutMs: 10_000 };
    listPage = makeListPage(makeListers(limits)(kind, REGION), REGION, 10_000, async () => 'enabled');
  });

  async function ask(entries: readonly unknown[], token?: unknown) {
    service.answer(json(wire.page(entries, token)));
    return await listPage({});
  }

  async function tallied(entries: readonly unknown[]) {
    const tallier = makeTallier(RUN_MS, facets);
    for (const stream of (await ask(entries)).streams) tallier.add(stream);
    const tally = tallier.tally();
    const classes = Object.entries(tally.facets ? classesOf(tally.facets) : {}).map(([facet, counts]) => [
      facet,
      Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [name] : [])),
    ]);
    return { streams: tally.streams, classes: Object.fromEntries(classes) as Record<string, string[]> };
  }

  test('a page is read whole: names, ARNs, and into which class each falls', async () => {
    const entries = ['a', 'b'].map(wire.entry);
    const { streams, nextToken } = await ask(entries, 'Go/On==');
    expect(streams.map(({ name, arn }) => [name, arn])).toEqual(
      entries.map((entry) => [entry[wire.fields.name], wire.arnOf(entry)]),
    );
    expect(nextToken).toContain('Go/On==');
    expect((await tallied(entries)).classes).toEqual(
      Object.fromEntries(Object.entries(wire.classes).map(([facet, name]) => [facet, [name]])),
    );
  });

  test('an empty page without a token is the end of an empty list', async () => {
    expect(await ask([])).toEqual({ streams: [] });
  });

  test.each(ODD)('a detail that is %j costs its facet, and nothing else', async (value) => {
    for (const field of [...wire.fields.details, wire.fields.createdAt]) {
      const { streams, classes } = await tallied([{ ...wire.entry('a'), [field]: value }, wire.entry('b')]);
      expect({ field, streams, facets: Object.keys(classes).sort() }).toEqual({
        field,
        streams: 2,
        facets: Object.keys(wire.classes).sort(),
      });
    }
  });

  test.each([5, true, {}, [], null, ''])('a name that is %j is no name', async (value) => {
    const { streams } = await ask([{ ...wire.entry('a'), [wire.fields.name]: value }]);
    expect(streams).toMatchObject([{ name: '', arn: wire.arnOf(wire.entry('a')) }]);
  });

  test.each([5, true, {}, [], null, ''])('an ARN that is %j makes the answer a bad one', async (value) => {
    await expect(ask([wire.entry('b'), { ...wire.entry('a'), [wire.fields.arn]: value }])).rejects.toMatchObject({
      reason: 'bad-answer',
      retryable: true,
    });
  });

  test.each([{}, { Other: [] }, []])('an answer %j without a list is a bad one, and not one of zero', async (body) => {
    service.answer(json(body));
    await expect(listPage({})).rejects.toMatchObject({ reason: 'bad-answer' });
  });

  test.each([
    { __type: 'InternalFailure' },
    { __type: 'com.amazonaws.service#AccessDeniedException', message: 'secret' },
    { message: 'Rate exceeded' },
    { Message: 'User is not authorized' },
    { code: 'ServiceUnavailable' },
    { message: { text: 'odd' } },
  ])('an answer with an error %j beside its list is a bad one, whatever it lists', async (error: object) => {
    for (const entries of [[], [wire.entry('a')]])
      for (const body of [
        { ...error, ...wire.page(entries) },
        { ...wire.page(entries), ...error },
      ]) {
        service.answer(json(body));
        await expect(listPage({})).rejects.toMatchObject(BESIDE_AN_ERROR);
      }
  });

  test.each([200, 201, 206])('an answer of status %i whose header tells of an error is a bad one', async (status) => {
    const headers = { 'x-amzn-errortype': 'InternalFailure' };
    service.answer({ status, headers, body: JSON.stringify(wire.page([])) });
    await expect(listPage({})).rejects.toMatchObject(BESIDE_AN_ERROR);
  });

  test('an error in letters that are written in another way is one, too', async () => {
    const body = JSON.stringify({ message: 'x', ...wire.page([]) }).replace('message', '\\u006dessage');
    service.answer({ body });
    await expect(listPage({})).rejects.toMatchObject(BESIDE_AN_ERROR);
  });

  test('an error beside a list with a date that nobody can read is one, too', async () => {
    const entry = { ...wire.entry('a'), [wire.fields.createdAt]: 'abc' };
    service.answer(json({ message: 'x', ...wire.page([entry]) }));
    await expect(listPage({})).rejects.toMatchObject(BESIDE_AN_ERROR);
  });

  test.each([
    { message: null },
    { Message: '' },
    { __type: 'com.amazonaws.service#ListStreamsOutput' },
    { Other: { message: 'of something else' } },
  ])('an answer with %j beside its list tells of no error', async (more: object) => {
    service.answer(json({ ...more, ...wire.page([wire.entry('a')]) }));
    expect((await listPage({})).streams).toHaveLength(1);
  });

  test.each(['message', '__type', 'code'])('a thing by the name of %s is none', async (name) => {
    expect((await ask([wire.entry(name)])).streams).toMatchObject([{ name }]);
  });

  test.each(['eu-west-2', 'eu-west-10', 'us-east-1', 'EU-WEST-1'])(
    'an entry whose ARN names the region %s makes the answer a bad one: it would count in both',
    async (region) => {
      const { arn } = wire.fields;
      const elsewhere = { ...wire.entry('b'), [arn]: `${wire.entry('b')[arn]}`.replace(REGION, region) };
      await expect(ask([wire.entry('a'), elsewhere])).rejects.toMatchObject({
        reason: 'bad-answer',
        retryable: true,
        message: 'The answer holds an entry of another region.',
      });
    },
  );

  test('an entry whose ARN names another thing makes the answer a bad one: one of the two would be hidden', async () => {
    const { arn } = wire.fields;
    const contradictory = { ...wire.entry('b'), [arn]: wire.entry('a')[arn] };
    await expect(ask([wire.entry('a'), contradictory])).rejects.toMatchObject({
      reason: 'bad-answer',
      retryable: true,
      message: 'The answer holds an entry whose ARN names another thing.',
    });
  });

  test('things of different names are told apart, whatever a service of one’s own takes for an ARN', async () => {
    const { arn } = wire.fields;
    const { streams } = await ask(['a', 'b', 'a'].map((name) => ({ ...wire.entry(name), [arn]: 'stream-1' })));
    expect(new Set(streams.map((each) => each.arn)).size).toBe(2);
  });

  test.each([
    ['of another account', 'arn:aws:kinesis:eu-west-1:000000000000:stream/a'],
    ['of another partition', 'arn:aws-cn:kinesis:eu-west-1:123456789012:stream/a'],
    ['that names no region', 'arn:aws:kinesis::123456789012:stream/a'],
    ['in a form of its own', 'stream-1'],
  ])('an entry with an ARN %s is counted', async (_what, value) => {
    const { streams } = await ask([{ ...wire.entry('a'), [wire.fields.arn]: value }]);
    expect(streams).toHaveLength(1);
    expect(streams[0]?.arn).toContain(value);
  });

  test('an endless answer is a bad one, long before its time is over', async () => {
    service.answer({ flood: 8 * LONGEST_ANSWER });
    await expect(listPage({})).rejects.toMatchObject({ reason: 'bad-answer', retryable: true });
    expect(service.flooded()).toBeLessThan(4 * LONGEST_ANSWER);
  });

  test('the longest page that a service may give is a page', async () => {
    const longest = (length: number) => 'x'.repeat(length);
    const more = { DeviceName: longest(128), MediaType: longest(128), KmsKeyId: longest(2048), Version: longest(64) };
    const entries = Array.from({ length: 1000 }, (_, at) => {
      const entry = wire.entry(`${at}`.padStart(256, 'x'));
      return { ...entry, ...more, [wire.fields.arn]: `${entry[wire.fields.arn]}/`.padEnd(1024, '1') };
    });
    expect((await ask(entries)).streams).toHaveLength(1000);
  });

  test.each([7, {}, ['x']])('a token that is %j makes the answer a bad one', async (token) => {
    await expect(ask([wire.entry('a')], token)).rejects.toMatchObject({ reason: 'bad-answer' });
  });

  for (const [body, next] of wire.ends ?? [])
    test(`a page that ends as ${JSON.stringify(body)} is followed by ${JSON.stringify(next)}`, async () => {
      service.answer(json(body), json(wire.page([])));
      const page = listPage({});
      if (next === 'bad') return await expect(page).rejects.toMatchObject({ reason: 'bad-answer' });
      const { nextToken } = await page;
      if (nextToken === undefined) return expect(next).toBe('end');
      await listPage({ token: nextToken });
      expect(service.bodies().at(-1)).toMatchObject(next as object);
    });

  if (hasPrefixes) {
    test('one of a name is asked for by that name, and none is an empty page', async () => {
      service.answer(refusal(404, 'ResourceNotFoundException'));
      expect(await listPage({ name: 'a' })).toEqual({ streams: [] });
    });

    test('one of a name that comes with an error, or from another region, is a bad answer, and not one that is gone', async () => {
      const one = (entry: object) => ({ StreamInfo: entry, ChannelInfo: entry });
      const elsewhere = JSON.parse(JSON.stringify(wire.entry('a')).replace(REGION, 'eu-west-2'));
      for (const body of [{ ...one(wire.entry('a')), __type: 'ResourceNotFoundException' }, one(elsewhere)]) {
        service.answer(json(body));
        await expect(listPage({ name: 'a' })).rejects.toMatchObject({ reason: 'bad-answer', retryable: true });
      }
    });
  }
});
