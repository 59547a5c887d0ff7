import { withAccount, withoutAccount } from '../../src/local/changed-world.ts';
import { sourcesOf } from '../../src/local/complete-world.ts';
import { parseWorld } from '../../src/local/parse-world.ts';
import { accountIdsOf, regionsOf, type World, worldOf } from '../../src/local/world.ts';
import { accountsJson, accountsWorld, HUB, NORTH, REGION, SOUTH } from './accounts-lab.ts';

const sizesOf = (world: World, accountId: string, kind = 'streams') =>
  Object.fromEntries(
    Object.entries(regionsOf(worldOf(world, accountId) ?? { kinds: {} }, kind)).map(([name, { size }]) => [name, size]),
  );

describe('an account', () => {
  const regions = { [REGION]: { streams: 5, latencyMs: 3 }, 'us-east-1': { streams: 1 } };

  test('holds what the world says, but for what it says itself', () => {
    const north = { accountId: NORTH, regions: { [REGION]: { streams: 7 }, 'eu-north-1': { streams: 9 } } };
    const world = accountsWorld({ regions, accounts: [{ accountId: HUB }, north, { accountId: SOUTH }] });
    expect(accountIdsOf(world)).toEqual([HUB, NORTH, SOUTH]);
    expect(sizesOf(world, HUB)).toEqual({ [REGION]: 5, 'us-east-1': 1 });
    expect(sizesOf(world, NORTH)).toEqual({ [REGION]: 7, 'us-east-1': 1, 'eu-north-1': 9 });
    expect(regionsOf(worldOf(world, NORTH)!)[REGION]).toMatchObject({ latencyMs: 3 });
    expect(sizesOf(world, '999999999999')).toEqual({});
  });

  test('may be the hub, whose things the world then holds', () => {
    const world = accountsWorld({ accounts: [{ accountId: HUB, regions: { [REGION]: { streams: 2 } } }] });
    expect(sizesOf(world, HUB)).toEqual({ [REGION]: 2 });
    expect(regionsOf(world)[REGION]?.size).toBe(2);
  });

  test('has defaults of its own, which go before what the world says', () => {
    const north = {
      accountId: NORTH,
      defaults: { fault: 'hang', latencyMs: 9 },
      regions: { 'us-east-1': { fault: null } },
    };
    const its = regionsOf(worldOf(accountsWorld({ regions, accounts: [{ accountId: HUB }, north] }), NORTH)!);
    expect(its[REGION]).toMatchObject({ size: 5, latencyMs: 9, fault: { kind: 'hang' } });
    expect(its['us-east-1']).toMatchObject({ size: 1, latencyMs: 9 });
    expect(its['us-east-1']?.fault).toBeUndefined();
  });

  test('has other kinds and sources of its own', () => {
    const kinds = { channels: { regions: { [REGION]: { channels: 4 } } } };
    const north = { accountId: NORTH, kinds, sources: { optIn: { fault: 'hang' } } };
    const world = accountsWorld({ sources: {}, accounts: [{ accountId: HUB }, north, { accountId: SOUTH }] });
    expect([sizesOf(world, NORTH, 'channels'), sizesOf(world, SOUTH, 'channels')]).toEqual([{ [REGION]: 4 }, {}]);
    expect(sourcesOf(worldOf(world, NORTH)!).optIn.fault).toMatchObject({ kind: 'hang' });
    expect(sourcesOf(worldOf(world, SOUTH)!).optIn.fault).toBeUndefined();
  });

  test('is told with every field', () => {
    const unit = { id: 'ou-root-workload', name: 'Workloads' };
    const north = {
      accountId: NORTH,
      name: 'north',
      email: 'n@example.com',
      state: 'SUSPENDED',
      unit: unit.id,
      role: 'missing',
    };
    const { organization } = accountsWorld({ organization: { units: [unit] }, accounts: [{ accountId: HUB }, north] });
    expect(organization?.accounts.get(NORTH)).toMatchObject({ ...north, role: { kind: 'missing' } });
    expect(organization?.accounts.get(HUB)).toEqual({
      accountId: HUB,
      email: `aws+${HUB}@example.com`,
      state: 'ACTIVE',
    });
    expect(organization).toMatchObject({
      id: 'o-kvscensus0',
      rootId: 'r-root',
      units: [{ ...unit, parentId: 'r-root' }],
      memberRole: { name: 'kvs-census-member', externalId: 'kvs-census-local-world' },
    });
  });

  test('can leave between two runs, and be suspended', () => {
    const world = accountsWorld();
    expect(accountIdsOf(withoutAccount(world, NORTH))).toEqual([HUB, SOUTH]);
    const { organization } = withAccount(world, SOUTH, { state: 'SUSPENDED' });
    expect(organization?.accounts.get(SOUTH)).toMatchObject({ state: 'SUSPENDED' });
    expect(() => withAccount(world, '999999999999', {})).toThrow('This world has no account 999999999999.');
    const alone = parseWorld({ regions: { [REGION]: { streams: 1 } } }, 'this test');
    expect(() => withoutAccount(alone, NORTH)).toThrow('This world has one account, and no organisation.');
  });
});

test('a world without accounts has no organisation, and its account is the only one', () => {
  const world = parseWorld({ accountId: HUB, regions: { [REGION]: { streams: 1 } } }, 'this test');
  expect(world).not.toHaveProperty('organization');
  expect([accountIdsOf(world), worldOf(world, HUB), worldOf(world, NORTH)]).toEqual([[HUB], world, undefined]);
});

test('what a thousand accounts have in common is there once', () => {
  const names = Array.from({ length: 19 }, (_, index) => `xx-area-${index}`);
  const ids = Array.from({ length: 1000 }, (_, index) => String(100_000_000_000 + index));
  const world = accountsWorld({
    accountId: ids[0],
    regions: Object.fromEntries(names.map((name) => [name, { streams: 7 }])),
    accounts: ids.map((accountId) => ({ accountId, regions: { 'xx-area-1': { streams: 3 } } })),
  });
  const its = (index: number) => regionsOf(worldOf(world, ids[index]!)!);
  expect(Object.keys(its(999))).toEqual(names);
  expect(its(999)['xx-area-2']).toBe(its(1)['xx-area-2']);
  expect(its(999)['xx-area-1']).toMatchObject({ size: 3 });
});

const FOURTH = '444444444444';

test.each<[title: string, json: object, sentence: string]>([
  [
    'twice the same',
    accountsJson({}, { accountId: NORTH }),
    `accounts.3.accountId is ${NORTH} again; expected each account once.`,
  ],
  [
    'no hub',
    accountsJson({ accountId: FOURTH }),
    `accountId is ${FOURTH}; expected one of accounts, because the hub is one of them.`,
  ],
  ['a short id', accountsJson({}, { accountId: '4' }), 'accounts.3.accountId is "4"; expected a string of 12 digits.'],
  ['an unknown field', accountsJson({}, { accountId: FOURTH, streams: 1 }), 'accounts.3.streams is not a field here'],
  [
    'an unknown state',
    accountsJson({}, { accountId: FOURTH, state: 'GONE' }),
    'accounts.3.state is "GONE"; expected one of ACTIVE, PENDING_ACTIVATION, PENDING_CLOSURE, SUSPENDED, CLOSED.',
  ],
  [
    'an unknown role',
    accountsJson({}, { accountId: FOURTH, role: 'denied' }),
    'accounts.3.role is "denied"; expected one of missing, wrong-external-id, throttled, hang, server-error, drops-connection.',
  ],
  [
    'a role of the hub',
    accountsJson({ accounts: [{ accountId: HUB, role: 'missing' }] }),
    'accounts.0.role is there; the hub needs no role to count its own account.',
  ],
  [
    'a unit that is nowhere',
    accountsJson({}, { accountId: FOURTH, unit: 'ou-root-workload' }),
    'accounts.3.unit is ou-root-workload; expected one of organization.units.',
  ],
  [
    'a unit below itself',
    accountsJson({ organization: { units: [{ id: 'ou-root-workload', name: 'w', parentId: 'ou-root-workload' }] } }),
    'organization.units.0.parentId is ou-root-workload; expected the root or a unit further up.',
  ],
  [
    'a unit twice',
    accountsJson({ organization: { units: [1, 2].map(() => ({ id: 'ou-root-workload', name: 'w' })) } }),
    'organization.units.1.id is ou-root-workload again; expected each unit once.',
  ],
  [
    'a name of no letter',
    accountsJson({}, { accountId: FOURTH, name: '' }),
    'accounts.3.name is ""; expected a text of 1 to 50 ASCII characters.',
  ],
  [
    'a region without a count',
    accountsJson({}, { accountId: FOURTH, regions: { 'us-east-1': {} } }),
    'accounts.3.regions.us-east-1.streams is missing; expected a whole number',
  ],
  [
    'an account without regions',
    accountsJson({ regions: undefined, accounts: [{ accountId: HUB }] }),
    'accounts.0.regions is missing; see docs/local-video.md',
  ],
  [
    'streams in two places',
    accountsJson(
      {},
      {
        accountId: FOURTH,
        regions: { [REGION]: { streams: 1 } },
        kinds: { streams: { regions: { [REGION]: { streams: 1 } } } },
      },
    ),
    'accounts.3.regions is there beside accounts.3.kinds.streams',
  ],
  [
    'an organisation of one',
    { regions: { [REGION]: { streams: 1 } }, organization: {} },
    'organization is there without accounts; it says nothing of a single one.',
  ],
  [
    'a role of nobody',
    { regions: { [REGION]: { streams: 1 } }, memberRole: {} },
    'memberRole is there without accounts; it says nothing of a single one.',
  ],
  [
    'a short external id',
    accountsJson({ memberRole: { externalId: 'x' } }),
    'memberRole.externalId is "x"; expected 2 to 1224 of the letters',
  ],
  [
    'a fault of no organisation',
    accountsJson({ organization: { fault: 'not-enabled' } }),
    'organization.fault is "not-enabled"; expected one of denied, throttled, hang, server-error, drops-connection, not-in-use, empty, bad-answer, token-loop.',
  ],
])('%s is refused with one sentence', (_title, json, sentence) => {
  expect(() => parseWorld(json, 'my-world.json')).toThrow(sentence);
  expect(() => parseWorld(json, 'my-world.json')).toThrow(/^my-world\.json: [^\n]*\.$/);
});
