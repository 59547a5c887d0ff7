import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { withFault, withListFault, withOptInFault } from '../../src/local/changed-world.ts';
import { sourcesOf } from '../../src/local/complete-world.ts';
import { makeFleet } from '../../src/local/fleet.ts';
import { kindOf } from '../../src/local/kinds.ts';
import { builtInWorld, defaultWorld, parseWorld, readWorld } from '../../src/local/parse-world.ts';
import { worldOf as accountOf, heldIn, type RegionWorld, regionsOf, type World } from '../../src/local/world.ts';

const REGION = 'eu-west-1';
const kinds = (kind: string, region: object) => ({ kinds: { [kind]: { regions: { [REGION]: region } } } });
const EMPTY = { regions: { [REGION]: { streams: 0 } } };

function worldOf(region: object, rest: object = {}): World {
  return parseWorld({ seed: 'test', ...rest, regions: { [REGION]: region } }, 'test.json');
}

/** The streams of a region, with those that are looked at as the API gives them. */
function fleetOf(world: World, region = REGION) {
  const fleet = makeFleet(kindOf('streams'), world, region, regionsOf(world)[region]!);
  return { ...fleet, streamAt: (index: number) => JSON.parse(fleet.textAt(index)) };
}

/** As a world's file has them. */
function fieldsOf({ size, looks, ...fields }: RegionWorld): [string, unknown][] {
  return Object.entries({ streams: size, ...looks, ...fields });
}

function namesOf(world: World): string[] {
  const fleet = fleetOf(world, REGION);
  return Array.from({ length: fleet.size }, (_, index) => fleet.nameAt(index));
}

describe('the default world', () => {
  const world = defaultWorld();
  const sizes = Object.values(regionsOf(world)).map((region) => region.size);

  test('has the 19 commercial regions and roughly 60,000 streams', () => {
    expect(sizes).toHaveLength(19);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60_953);
  });

  test('has regions on both sides of a full page, an empty one and a large one', () => {
    expect(sizes).toEqual(expect.arrayContaining([0, 1, 999, 1000, 1001]));
    expect(Math.max(...sizes)).toBeGreaterThan(10_000);
  });

  test('has no faults and answers every page within 80 ms', () => {
    for (const region of Object.values(regionsOf(world))) {
      expect(region.fault).toBeUndefined();
      expect(region.latencyMs).toBeLessThanOrEqual(80);
    }
  });
});

describe('the world organisation', () => {
  const world = builtInWorld('organisation')!;
  const accounts = [...world.organization!.accounts.values()];
  const sizeOf = (held: World) => Object.values(regionsOf(held)).reduce((sum, { size }) => sum + size, 0);
  const faults = heldIn(world).flatMap((held) =>
    Object.entries(regionsOf(held)).flatMap(([region, { fault, size }]) =>
      fault === undefined ? [] : [{ accountId: held.accountId, region, fault: fault.kind, size }],
    ),
  );

  test('has 25 named accounts of every size, and roughly 60,000 streams', () => {
    expect(new Set(accounts.map(({ name }) => name)).size).toBe(25);
    const sizes = heldIn(world).map(sizeOf);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60_531);
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([0, 9616]);
  });

  test('has the regions and kinds of the default world in each account, and answers every page within 80 ms', () => {
    const whole = defaultWorld();
    for (const held of heldIn(world))
      for (const kind of ['streams', 'channels', 'data-streams']) {
        expect(Object.keys(regionsOf(held, kind)).sort()).toEqual(Object.keys(regionsOf(whole, kind)).sort());
        for (const { latencyMs } of Object.values(regionsOf(held, kind))) expect(latencyMs).toBeLessThanOrEqual(80);
      }
  });

  test('has opt-in regions that some accounts have switched on, and nothing where one is off', () => {
    const off = faults.filter(({ fault }) => fault === 'not-enabled');
    const regions = new Set(off.map(({ region }) => region));
    expect([...regions].sort()).toEqual(['af-south-1', 'ap-east-1', 'ap-southeast-5', 'eu-south-2', 'me-south-1']);
    expect(off).toHaveLength(25 * 5 - 5);
    expect(off.filter(({ size }) => size > 0)).toEqual([]);
  });

  test('leaves to count what the README shows', () => {
    const [whole, shut, denied] = [60_531, heldIn(world).find(({ accountId }) => accountId === '100000000024'), 130];
    const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
    const counted = (whole - sizeOf(shut!) - denied).toLocaleString('en');
    expect(readme).toContain(`\n${counted} streams in 24 of 25 accounts, 23 complete  PARTIAL (run `);
  });

  test('has two accounts that are broken: one without its role, one with a region that the organisation denies', () => {
    expect(accounts.flatMap(({ name, role }) => (role ? [[name, role.kind]] : []))).toEqual([
      ['acquired-doorbells', 'missing'],
    ]);
    expect(faults.filter(({ fault }) => fault !== 'not-enabled')).toEqual([
      { accountId: '100000000022', region: 'sa-east-1', fault: 'denied-by-organization', size: 130 },
    ]);
    expect(new Set(accounts.map(({ state }) => state))).toEqual(new Set(['ACTIVE']));
  });

  test('is one of those that come with the command; others are files', () => {
    expect(builtInWorld('./organisation')).toBeUndefined();
    expect(builtInWorld('constructor')).toBeUndefined();
    expect(() => readWorld('organization')).toThrow(
      /^organization: the world cannot be read \(ENOENT.*; expected a file as in docs\/local-video\.md, or organisation\.$/,
    );
  });
});

test('the world in docs/local-video.md is one that can be served, with the fields and defaults it tells', () => {
  const docs = readFileSync(fileURLToPath(new URL('../../docs/local-video.md', import.meta.url)), 'utf8');
  const [example, others, quotas, known, several] = [...docs.matchAll(/```json\n(.*?)```/gs)].map(([, json]) =>
    JSON.parse(json!),
  );
  expect(Object.values(regionsOf(parseWorld(quotas, 'docs'))).map(({ quota }) => quota)).toEqual([
    { applied: 25_000, latencyMs: 0 },
    { applied: null, latencyMs: 0 },
    { fault: { kind: 'throttled', calls: 1, after: 0 }, latencyMs: 0 },
    { applied: 'a lot', latencyMs: 0 },
  ]);
  const { channels, 'data-streams': dataStreams } = parseWorld(others, 'docs').kinds;
  expect(channels?.[REGION]).toMatchObject({ size: 1200, latencyMs: 40, quota: { applied: 5000 } });
  expect(dataStreams?.['eu-north-1']).toMatchObject({ size: 4, callsPerSecond: 5, fault: { calls: 2 } });
  expect(sourcesOf(parseWorld(known, 'docs'))).toMatchObject({
    lists: {
      kinesisvideo: { list: ['us-east-1', 'me-south-1', 'eu-north-1'], fault: { kind: 'throttled', calls: 1 } },
    },
    optIn: { fault: { kind: 'hang', calls: Number.POSITIVE_INFINITY } },
  });
  const organisation = parseWorld(several, 'docs');
  const [off, on] = ['222222222222', '333333333333'].map((id) => regionsOf(accountOf(organisation, id)!)['me-south-1']);
  expect([off?.fault?.kind, on?.fault]).toEqual(['not-enabled', undefined]);
  const { 'eu-south-2': listed, 'sa-east-1': faulty } = regionsOf(parseWorld(example, 'docs'));
  expect([listed?.size, listed?.latencyMs, faulty?.fault?.calls]).toEqual([2, 80, 3]);
  for (const [field, value] of fieldsOf(regionsOf(worldOf({ streams: 1 }))[REGION]!)) {
    const row = docs.split('\n').find((line) => line.startsWith(`| \`${field}\` |`));
    expect(row).toBeDefined();
    if (['retentionHours', 'mediaTypes', 'createdWithinDays'].includes(field)) {
      expect(JSON.parse(/`({.*?})`/.exec(row!)![1]!)).toEqual(value);
    }
  }
});

describe('a broken world is refused with one sentence that names file, field, finding and expectation', () => {
  const cases: [string, unknown, string][] = [
    [
      'a negative count',
      { streams: -5 },
      'regions.eu-west-1.streams is -5; expected a whole number from 0 to 20000000.',
    ],
    ['a count in words', { streams: 'many' }, 'regions.eu-west-1.streams is "many"; expected a whole number'],
    ['half a stream', { streams: 1.5 }, 'regions.eu-west-1.streams is 1.5; expected a whole number'],
    ['no count', {}, 'regions.eu-west-1.streams is missing; expected a whole number'],
    ['an unknown field', { streams: 1, latency: 5 }, 'regions.eu-west-1.latency is not a field here'],
    ['a region that is a number', 7, 'regions.eu-west-1 is 7; expected an object.'],
    ['a region that is a list', [], 'regions.eu-west-1 is a list of 0; expected an object.'],
    [
      'an unknown fault',
      { streams: 1, fault: 'explodes' },
      'fault is "explodes"; expected one of denied, throttled, hang',
    ],
    [
      'an unknown fault kind',
      { streams: 1, fault: { kind: 'explodes' } },
      'fault.kind is "explodes"; expected one of denied',
    ],
    ['a fault without a kind', { streams: 1, fault: { calls: 2 } }, 'fault.kind is missing; see'],
    [
      'a fault for no calls',
      { streams: 1, fault: { kind: 'hang', calls: 0 } },
      'fault.calls is 0; expected a whole number from 1',
    ],
    ['a passing token loop', { streams: 1, fault: { kind: 'token-loop', calls: 2 } }, 'fault.calls is not a field'],
    ['a weight below zero', { streams: 1, statuses: { ACTIVE: -1 } }, 'statuses.ACTIVE is -1; expected a weight'],
    [
      'weights of nothing',
      { streams: 1, statuses: { ACTIVE: 0 } },
      'expected an object of statuses and their weights, at least one above 0',
    ],
    [
      'an unknown status',
      { streams: 1, statuses: { DEAD: 1 } },
      '"DEAD"; expected one of CREATING, ACTIVE, UPDATING, DELETING',
    ],
    [
      'a retention in words',
      { streams: 1, retentionHours: { day: 1 } },
      '"day"; expected a whole number from 0 to 87600 as the key',
    ],
    [
      'a media type that is none',
      { streams: 1, mediaTypes: { h264: 1 } },
      '"h264"; expected a media type such as video/h264',
    ],
    [
      'pages that are all empty',
      { streams: 1, pageCap: [0, 0] },
      'pageCap is a list of 2; expected a whole number from 1 to 10000, or a list',
    ],
    ['a page cap of 0', { streams: 1, pageCap: 0 }, 'pageCap is 0; expected a whole number from 1'],
    ['a quota that is a list', { streams: 1, quota: [] }, 'quota is a list of 0; expected an object.'],
    ['a quota of another field', { streams: 1, quota: { granted: 5 } }, 'quota.granted is not a field here'],
    [
      'a quota that is told at length',
      { streams: 1, quota: 'x'.repeat(41) },
      'x"; expected a number, a text of at most 40 letters, null, or an object with applied,',
    ],
    [
      'a quota with a fault of regions',
      { streams: 1, quota: { fault: 'token-loop' } },
      'quota.fault is "token-loop"; expected one of denied, throttled, hang',
    ],
    ['an unknown order', { streams: 1, order: 'random' }, 'order is "random"; expected one of name, created, hash'],
    [
      'an unknown name pattern',
      { streams: 1, names: { kind: 'poem' } },
      'names.kind is "poem"; expected numbered, spread or list.',
    ],
    ['names without a pattern', { streams: 1, names: {} }, 'names.kind is missing; expected numbered, spread or list.'],
    [
      'names in a word',
      { streams: 1, names: 'camera' },
      'names is "camera"; expected an object with kind numbered, spread',
    ],
    [
      'a fault that is a number',
      { streams: 1, fault: 5 },
      'fault is 5; expected the name of a fault, or an object with kind',
    ],
    [
      'a letter no name has',
      { streams: 1, names: { kind: 'numbered', prefix: 'a b' } },
      'names.prefix is "a b"; expected 1 to 256',
    ],
    [
      'too few digits',
      { streams: 100, names: { kind: 'numbered', digits: 2 } },
      'names.digits is 2; expected at least 3 for 100 streams',
    ],
    [
      'nested prefixes',
      { streams: 1, names: { kind: 'numbered', prefix: { a: 1, ab: 1 } } },
      'has "a", with which "ab" begins',
    ],
    [
      'a name too long',
      { streams: 1, names: { kind: 'numbered', prefix: 'x'.repeat(250) } },
      'has 250 letters; expected at most 249',
    ],
    ['a name twice', { names: { kind: 'list', names: ['a', 'a'] } }, 'names.names has "a" twice'],
    [
      'a count that is not the list',
      { streams: 3, names: { kind: 'list', names: ['a'] } },
      'streams is 3; expected 1, the length',
    ],
  ];

  test.each(cases)('%s', (_title, region, sentence) => {
    const parse = () => parseWorld({ seed: 1, regions: { [REGION]: region } }, 'my-world.json');
    expect(parse).toThrow(/^my-world\.json: regions\.eu-west-1[^\n]*\.$/);
    expect(parse).toThrow(sentence);
  });

  test.each([
    ['no regions', { seed: 1 }, 'regions is missing'],
    ['not one region', { seed: 1, regions: {} }, 'regions is an object of 0 fields; expected at least one region.'],
    [
      'a region that cannot be',
      { seed: 1, regions: { Paris: {} } },
      '"Paris"; expected a region name such as eu-west-1',
    ],
    [
      'a short account id',
      { seed: 1, accountId: '12', regions: {} },
      'accountId is "12"; expected a string of 12 digits',
    ],
    ['an instant that is none', { seed: 1, asOf: 'soon', regions: {} }, 'asOf is "soon"; expected an instant'],
    ['an unknown default', { seed: 1, defaults: { stream: 1 }, regions: {} }, 'defaults.stream is not a field'],
    [
      'streams in two places',
      { kinds: { streams: { regions: { 'eu-west-1': { streams: 1 } } } }, ...EMPTY },
      'regions is there beside kinds.streams; expected one of the two, because both hold streams.',
    ],
    ['a kind that does not exist', { kinds: { cameras: {} } }, 'kinds.cameras is not a field here'],
    ['a kind without regions', { kinds: { channels: {} } }, 'kinds.channels.regions is missing; see docs'],
    ['a kind that is a number', { kinds: { channels: 7 } }, 'kinds.channels is 7; expected an object.'],
    [
      'a field of another kind',
      kinds('channels', { channels: 1, mediaTypes: { '': 1 } }),
      'kinds.channels.regions.eu-west-1.mediaTypes is not a field here',
    ],
    ['a count of another kind', kinds('channels', { streams: 1 }), 'regions.eu-west-1.streams is not a field here'],
    [
      'no count of a kind',
      kinds('channels', {}),
      'kinds.channels.regions.eu-west-1.channels is missing; expected a whole',
    ],
    [
      'a name that is too long for its kind',
      kinds('data-streams', { names: { kind: 'list', names: ['x'.repeat(129)] } }),
      'expected 1 to 128 of the letters a-z A-Z 0-9 _ . -',
    ],
    [
      'a channel that keeps a message for too long',
      kinds('channels', { channels: 1, messageTtlSeconds: { 121: 1 } }),
      '"121"; expected a whole number from 5 to 120 as the key',
    ],
    [
      'a quota of what has none that is known',
      kinds('data-streams', { 'data-streams': 1, quota: 5 }),
      'quota is not a field here',
    ],
    ['a list', [], 'the world is a list of 0; expected an object'],
    ['an unknown source', { ...EMPTY, sources: { moon: {} } }, 'sources.moon is not a field here'],
    [
      'a source with a fault of regions',
      { ...EMPTY, sources: { regions: { fault: 'not-enabled' } } },
      'sources.regions.fault is "not-enabled"; expected one of denied, throttled, hang, server-error, drops-connection, empty, bad-answer, token-loop.',
    ],
    [
      'a region with a fault of sources',
      { regions: { 'eu-west-1': { streams: 1, fault: 'empty' } } },
      'regions.eu-west-1.fault is "empty"; expected one of denied',
    ],
    [
      'a live list of what is no region',
      { ...EMPTY, sources: { regions: { list: ['here'] } } },
      'sources.regions.list.0 is "here"; expected a region name such as eu-west-1.',
    ],
  ])('%s', (_title, json, sentence) => {
    expect(() => parseWorld(json, 'my-world.json')).toThrow(sentence);
  });

  const saved = (bytes: Buffer | string) => {
    const folder = mkdtempSync(join(tmpdir(), 'world-'));
    try {
      writeFileSync(join(folder, 'saved.json'), bytes);
      return readWorld(join(folder, 'saved.json'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const text = '{"regions":{"eu-west-1":{"streams":5}}}';

  test.each([
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, as Windows writes it', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
  ])('a file in %s is read', (_encoding, bytes) => {
    expect(regionsOf(saved(bytes))['eu-west-1']?.size).toBe(5);
  });

  test.each([
    [Buffer.from('{"seed":"é"}', 'latin1'), /saved\.json: the world is not UTF-8 text/],
    [Buffer.from([0xff, 0xfe, 0x7b]), /saved\.json: the world is not UTF-16LE text/],
  ])('a file in another encoding is refused', (bytes, sentence) => {
    expect(() => saved(bytes)).toThrow(sentence);
  });

  test.each([
    [
      'a region',
      '{"regions":{"eu-west-1":{"streams":5},"us-east-1":{},"eu-west-1":{"streams":6}}}',
      'regions.eu-west-1',
    ],
    ['a region in another spelling', '{"regions":{"eu-west-1":{},"\\u0065u-west-1":{}}}', 'regions.eu-west-1'],
    [
      'a field of one',
      '{"regions":{"eu-west-1":{"streams":5,"pageCap":[1],"streams":6}}}',
      'regions.eu-west-1.streams',
    ],
    ['a weight', '{"defaults":{"mediaTypes":{"":1,"a/b":2,"":3}},"regions":{}}', 'defaults.mediaTypes'],
  ])('%s that stands there twice is named, because one of the two would be lost', (_what, json, field) => {
    expect(() => saved(json)).toThrow(`the world has the field ${field}`);
    expect(() => saved(json)).toThrow('twice, of which one would be lost');
  });

  test('the same name in two regions, or in a text, is no field twice', () => {
    const names = '{"kind":"list","names":["a","a.b"]}';
    const json = `{"seed":"{\\"seed\\":1,","regions":{"eu-west-1":{"names":${names}},"us-east-1":{"names":${names}}}}`;
    expect(Object.keys(regionsOf(saved(json)))).toEqual(['eu-west-1', 'us-east-1']);
  });

  test('a file that is not there, or not JSON, is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'world-'));
    try {
      writeFileSync(join(folder, 'broken.json'), '{');
      expect(() => readWorld(join(folder, 'none.json'))).toThrow(/none\.json: the world cannot be read \(ENOENT/);
      expect(() => readWorld(join(folder, 'broken.json'))).toThrow(/broken\.json: the world is not JSON/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a world', () => {
  test('gives a region the defaults that it does not override', () => {
    const world = worldOf(
      { streams: 1, latencyMs: 5 },
      { defaults: { latencyMs: 9, callsPerSecond: 7, fault: 'hang' } },
    );
    expect(regionsOf(world)[REGION]).toMatchObject({ latencyMs: 5, callsPerSecond: 7, fault: { kind: 'hang' } });
  });

  test('takes a default fault away with null', () => {
    const world = worldOf({ streams: 1, fault: null }, { defaults: { fault: 'hang' } });
    expect(regionsOf(world)[REGION]?.fault).toBeUndefined();
  });

  test('can be given a fault, but only where it has a region', () => {
    const world = worldOf({ streams: 1 });
    expect(regionsOf(withFault(world, { kind: 'streams', region: REGION }, 'denied'))[REGION]?.fault).toMatchObject({
      kind: 'denied',
      after: 0,
    });
    expect(() => withFault(world, { kind: 'streams', region: 'us-east-1' }, 'denied')).toThrow(
      /no region us-east-1; expected one of eu-west-1/,
    );
  });

  test('lists all of its regions, and both of its sources are well', () => {
    expect(sourcesOf(worldOf({ streams: 1 }))).toEqual({
      lists: { kinesisvideo: { list: [REGION] }, kinesis: { list: [] } },
      optIn: {},
    });
    const sources = { regions: { list: [], fault: null }, optIn: { fault: { kind: 'hang', calls: 2 } } };
    expect(sourcesOf(worldOf({ streams: 1 }, { sources }))).toEqual({
      lists: { kinesisvideo: { list: [] }, kinesis: { list: [] } },
      optIn: { fault: { kind: 'hang', after: 0, calls: 2 } },
    });
  });

  test('can have a source that is broken', () => {
    const { lists, optIn } = sourcesOf(withListFault(worldOf({ streams: 1 }), 'kinesisvideo', 'denied'));
    expect(lists.kinesisvideo).toMatchObject({ list: [REGION], fault: { kind: 'denied', after: 0 } });
    expect(lists.kinesis?.fault).toBeUndefined();
    expect(optIn).toEqual({});
    const off = sourcesOf(withOptInFault(worldOf({ streams: 1 }), 'hang'));
    expect(off.optIn.fault).toMatchObject({ kind: 'hang' });
  });
});

describe('streams', () => {
  const namePatterns = fc.oneof(
    fc.record({
      kind: fc.constant('numbered'),
      prefix: fc.constantFrom('camera-', { 'a-': 3, 'b.': 1, Z: 0, '-x': 2 }),
    }),
    fc.record({ kind: fc.constant('spread'), length: fc.integer({ min: 8, max: 256 }) }),
  );

  test('have names of the right letters, each one greater than the one before it in byte order', () => {
    fc.assert(
      fc.property(namePatterns, fc.integer({ min: 0, max: 3000 }), fc.string(), (names, streams, seed) => {
        const all = namesOf(worldOf({ streams, names }, { seed }));
        return all.every((name, i) => /^[a-zA-Z0-9_.-]{1,256}$/.test(name) && (i === 0 || name > all[i - 1]!));
      }),
      { numRuns: 30 },
    );
  });

  test('are found by prefix as a plain filter would find them, in every order', () => {
    const name = fc.string({ unit: fc.constantFrom(...'aB-_.9z'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.uniqueArray(name), name, fc.constantFrom('name', 'created', 'hash'), (names, prefix, order) => {
        const fleet = fleetOf(worldOf({ names: { kind: 'list', names }, order }), REGION);
        const listing = fleet.listing(prefix);
        const listed = Array.from({ length: listing.size }, (_, position) => fleet.nameAt(listing.indexAt(position)));
        expect(listed.sort()).toEqual(names.filter((each) => each.startsWith(prefix)).sort());
      }),
    );
  });

  test('spread over all 65 first letters when they are many', () => {
    const firstLetters = new Set(namesOf(worldOf({ streams: 2500, names: { kind: 'spread' } })).map((name) => name[0]));
    expect(firstLetters.size).toBe(65);
  });

  test('share one prefix and are numbered from 1 with leading zeros', () => {
    expect(namesOf(worldOf({ streams: 2 }))).toEqual(['camera-0000001', 'camera-0000002']);
  });

  test('are the last of five million as quickly as the first', () => {
    const fleet = fleetOf(worldOf({ streams: 5_000_000, names: { kind: 'spread' } }), REGION);
    const last = fleet.nameAt(4_999_999);
    const listing = fleet.listing(last);
    expect([listing.size, listing.indexAt(0)]).toEqual([1, 4_999_999]);
  });

  test('are listed by name, and otherwise only when their world says so', () => {
    const listed = (order?: string) => {
      const { listing } = fleetOf(worldOf({ streams: 500, order }), REGION);
      return Array.from({ length: 500 }, (_, position) => listing().indexAt(position));
    };
    const byIndex = Array.from({ length: 500 }, (_, index) => index);
    expect(listed()).toEqual(byIndex);
    expect(listed('hash')).not.toEqual(byIndex);
    expect(listed('hash').sort((a, b) => a - b)).toEqual(byIndex);
  });

  test('are listed from the oldest when the order is by creation', () => {
    const fleet = fleetOf(worldOf({ streams: 500, order: 'created' }), REGION);
    const times = Array.from({ length: 500 }, (_, i) => fleet.streamAt(fleet.listing().indexAt(i)).CreationTime);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('do not change when another one appears among them', () => {
    const before = fleetOf(worldOf({ names: { kind: 'list', names: ['a', 'c'] } }), REGION);
    const after = fleetOf(worldOf({ names: { kind: 'list', names: ['b', 'c', 'a'] } }), REGION);
    expect([after.textAt(0), after.textAt(2)]).toEqual([before.textAt(0), before.textAt(1)]);
  });

  test('have every field of the API, in its own form', () => {
    const fleet = fleetOf(worldOf({ streams: 400 }, { accountId: '123456789012' }), REGION);
    for (let i = 0; i < 400; i += 1) {
      const stream = fleet.streamAt(i);
      expect(stream).toEqual({
        DeviceName: expect.stringMatching(/^[a-zA-Z0-9_.-]{1,128}$/),
        StreamName: fleet.nameAt(i),
        StreamARN: `arn:aws:kinesisvideo:eu-west-1:123456789012:stream/${stream.StreamName}/${Math.round(stream.CreationTime * 1000)}`,
        MediaType:
          stream.MediaType === null ? null : expect.stringMatching(/^[\w.+-]+\/[\w.+-]+(,[\w.+-]+\/[\w.+-]+)*$/),
        KmsKeyId: expect.stringMatching(
          /^arn:aws:kms:eu-west-1:123456789012:(alias\/aws\/kinesisvideo|key\/[0-9a-f-]{36})$/,
        ),
        Version: expect.stringMatching(/^[a-zA-Z0-9]{20}$/),
        Status: expect.stringMatching(/^(CREATING|ACTIVE|UPDATING|DELETING)$/),
        CreationTime: expect.any(Number),
        DataRetentionInHours: expect.any(Number),
      });
    }
  });

  test('follow the weights of their world', () => {
    const fleet = fleetOf(
      worldOf({
        streams: 4000,
        statuses: { ACTIVE: 3, DELETING: 1, CREATING: 0 },
        retentionHours: { 48: 1 },
        mediaTypes: { '': 1 },
        kmsKeys: { customer: 1 },
        createdWithinDays: { 1: 1, 7: 1 },
      }),
      REGION,
    );
    const streams = Array.from({ length: 4000 }, (_, i) => fleet.streamAt(i));
    const share = (holds: (stream: (typeof streams)[number]) => boolean) => streams.filter(holds).length / 4000;
    const asOf = Date.parse('2026-11-20T00:00:00Z') / 1000;
    expect(share((s) => s.Status === 'ACTIVE')).toBeCloseTo(0.75, 1);
    expect(share((s) => s.Status === 'DELETING')).toBeCloseTo(0.25, 1);
    expect(share((s) => s.DataRetentionInHours === 48 && s.MediaType === null && s.KmsKeyId.includes(':key/'))).toBe(1);
    expect(share((s) => asOf - s.CreationTime <= 86_400)).toBeCloseTo(0.5, 1);
    expect(share((s) => asOf - s.CreationTime >= 0 && asOf - s.CreationTime <= 7 * 86_400)).toBe(1);
  });

  test('carry the ARN partition of their region', () => {
    const world = parseWorld(
      { seed: 1, regions: { 'cn-north-1': { streams: 1 }, 'us-gov-west-1': { streams: 1 } } },
      'x',
    );
    expect(fleetOf(world, 'cn-north-1').streamAt(0).StreamARN).toMatch(/^arn:aws-cn:/);
    expect(fleetOf(world, 'us-gov-west-1').streamAt(0).KmsKeyId).toMatch(/^arn:aws-us-gov:/);
  });
});
