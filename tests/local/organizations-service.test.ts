import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  OrganizationsClient,
  paginateListAccounts,
} from '@aws-sdk/client-organizations';
import { withOrganizationFault, withoutAccount } from '../../src/local/changed-world.ts';
import { parseWorld } from '../../src/local/parse-world.ts';
import type { World } from '../../src/local/world.ts';
import {
  accountsLab,
  accountsWorld,
  cleanUp,
  HUB,
  type Keys,
  NORTH,
  REGION,
  refusal,
  SOMEBODY,
  SOUTH,
} from './accounts-lab.ts';

afterEach(cleanUp);

const WORKLOADS = 'ou-root-workload';
const STORES = 'ou-root-stores00';
const units = [
  { id: WORKLOADS, name: 'Workloads' },
  { id: STORES, name: 'Stores', parentId: WORKLOADS },
];

async function lab(world: World = accountsWorld()) {
  const { sessionOf, where, made } = await accountsLab(world);
  const client = (keys: Keys = SOMEBODY) => made(new OrganizationsClient(where(keys)));
  const listed = async (input = {}, keys?: Keys) => {
    const { Accounts = [], NextToken } = await client(keys).send(new ListAccountsCommand(input), {
      abortSignal: AbortSignal.timeout(1000),
    });
    return { ids: Accounts.map(({ Id }) => Id), accounts: Accounts, NextToken };
  };
  return { client, listed, sessionOf };
}

describe('the accounts of an organisation', () => {
  test('are listed with every field', async () => {
    const { listed } = await lab(
      accountsWorld({
        organization: { id: 'o-0123456789', rootId: 'r-root', units },
        accounts: [
          { accountId: HUB, name: 'hub', email: 'hub@example.com' },
          { accountId: NORTH, unit: STORES },
        ],
      }),
    );
    const joined = { JoinedMethod: 'CREATED', JoinedTimestamp: expect.any(Date) };
    expect((await listed()).accounts).toEqual([
      {
        Id: HUB,
        Arn: `arn:aws:organizations::${HUB}:account/o-0123456789/${HUB}`,
        Email: 'hub@example.com',
        Name: 'hub',
        State: 'ACTIVE',
        Status: 'ACTIVE',
        Paths: [`o-0123456789/r-root/${HUB}`],
        ...joined,
      },
      {
        Id: NORTH,
        Arn: `arn:aws:organizations::${HUB}:account/o-0123456789/${NORTH}`,
        Email: `aws+${NORTH}@example.com`,
        State: 'ACTIVE',
        Status: 'ACTIVE',
        Paths: [`o-0123456789/r-root/${WORKLOADS}/${STORES}/${NORTH}`],
        ...joined,
      },
    ]);
  });

  test.each([
    ['ACTIVE', 'ACTIVE'],
    ['SUSPENDED', 'SUSPENDED'],
    ['PENDING_CLOSURE', 'PENDING_CLOSURE'],
    ['CLOSED', 'SUSPENDED'],
    ['PENDING_ACTIVATION', undefined],
  ])('say %s, and in the older field %s', async (state, status) => {
    const { listed } = await lab(accountsWorld({}, { accountId: '444444444444', state }));
    const told = (await listed()).accounts.at(-1);
    expect([told?.State, told?.Status]).toEqual([state, status]);
  });

  const many = () =>
    accountsWorld({}, ...Array.from({ length: 42 }, (_, index) => ({ accountId: String(500_000_000_000 + index) })));

  test('come 20 to a page at most, and the SDK finds each once', async () => {
    const { client, listed } = await lab(many());
    const first = await listed();
    expect(first.ids).toHaveLength(20);
    expect((await listed({ MaxResults: 3, NextToken: first.NextToken })).ids).toHaveLength(3);
    const ids = [];
    for await (const { Accounts = [] } of paginateListAccounts({ client: client() }, {}))
      ids.push(...Accounts.map(({ Id }) => Id));
    expect([ids.length, new Set(ids).size]).toEqual([45, 45]);
  });

  test('are told without the one that has left', async () => {
    expect((await (await lab(withoutAccount(accountsWorld(), NORTH))).listed()).ids).toEqual([HUB, SOUTH]);
  });

  test('are told to the hub alone', async () => {
    const { listed, client, sessionOf } = await lab();
    const member = await sessionOf(NORTH);
    await expect(listed({}, member)).rejects.toEqual(
      refusal('AccessDeniedException', 400, "You don't have permissions to access this resource."),
    );
    const { Organization } = await client(member).send(new DescribeOrganizationCommand({}));
    expect(Organization).toEqual({
      Id: 'o-kvscensus0',
      Arn: `arn:aws:organizations::${HUB}:organization/o-kvscensus0`,
      FeatureSet: 'ALL',
      MasterAccountArn: `arn:aws:organizations::${HUB}:account/o-kvscensus0/${HUB}`,
      MasterAccountId: HUB,
      MasterAccountEmail: `aws+${HUB}@example.com`,
      AvailablePolicyTypes: [],
    });
  });
});

describe('units', () => {
  const world = accountsWorld({
    organization: { units },
    accounts: [{ accountId: HUB }, { accountId: NORTH, unit: STORES }, { accountId: SOUTH, unit: WORKLOADS }],
  });

  test('and accounts are listed directly below a parent, and no deeper', async () => {
    const asked = (await lab(world)).client();
    const below = async (ParentId: string) => {
      const { Accounts = [] } = await asked.send(new ListAccountsForParentCommand({ ParentId }));
      const { OrganizationalUnits = [] } = await asked.send(new ListOrganizationalUnitsForParentCommand({ ParentId }));
      return [Accounts.map(({ Id }) => Id), OrganizationalUnits.map(({ Id }) => Id)];
    };
    const { Roots = [] } = await asked.send(new ListRootsCommand({}));
    expect(Roots).toEqual([
      { Id: 'r-root', Arn: `arn:aws:organizations::${HUB}:root/o-kvscensus0/r-root`, Name: 'Root', PolicyTypes: [] },
    ]);
    expect(await below('r-root')).toEqual([[HUB], [WORKLOADS]]);
    expect(await below(WORKLOADS)).toEqual([[SOUTH], [STORES]]);
    expect(await below(STORES)).toEqual([[NORTH], []]);
  });

  test('are told with every field', async () => {
    const { client } = await lab(world);
    const { OrganizationalUnits } = await client().send(
      new ListOrganizationalUnitsForParentCommand({ ParentId: WORKLOADS }),
    );
    expect(OrganizationalUnits).toEqual([
      {
        Id: STORES,
        Arn: `arn:aws:organizations::${HUB}:ou/o-kvscensus0/${STORES}`,
        Name: 'Stores',
        Path: `o-kvscensus0/r-root/${WORKLOADS}/${STORES}`,
      },
    ]);
  });

  test.each([
    ['a parent that is not there', 'ou-root-elsewhere', refusal('ParentNotFoundException', 400)],
    [
      'what is no id',
      'Workloads',
      expect.objectContaining({ name: 'InvalidInputException', Reason: 'INVALID_PATTERN' }),
    ],
    ['nothing', undefined, expect.objectContaining({ name: 'InvalidInputException', Reason: 'INPUT_REQUIRED' })],
  ])('are refused below %s', async (_title, ParentId, met) => {
    const { client } = await lab(world);
    await expect(client().send(new ListAccountsForParentCommand({ ParentId }))).rejects.toEqual(met);
  });
});

describe('an organisation with a fault', () => {
  test.each([
    ['denied', refusal('AccessDeniedException', 400, "You don't have permissions to access this resource.")],
    ['throttled', refusal('TooManyRequestsException', 400)],
    ['server-error', refusal('ServiceException', 500)],
    [
      'not-in-use',
      refusal('AWSOrganizationsNotInUseException', 400, 'Your account is not a member of an organization.'),
    ],
    ['hang', expect.objectContaining({ name: expect.stringMatching(/Abort|Timeout/) })],
    ['drops-connection', expect.objectContaining({ message: expect.stringContaining('socket hang up') })],
  ] as const)('%s', async (fault, met) => {
    const { listed } = await lab(withOrganizationFault(accountsWorld(), fault));
    await expect(listed()).rejects.toEqual(met);
  });

  test('that lies: an empty list, accounts that are none, a token without end', async () => {
    const lying = async (fault: Parameters<typeof withOrganizationFault>[1]) =>
      (await lab(withOrganizationFault(accountsWorld(), fault))).listed;
    expect(await (await lying('empty'))()).toMatchObject({ ids: [], NextToken: undefined });
    expect((await (await lying('bad-answer'))()).ids).toEqual(['nobody', 'nobody', 'nobody']);
    const loop = await lying('token-loop');
    const { NextToken } = await loop();
    expect(NextToken).toBeDefined();
    expect(await loop({ NextToken })).toMatchObject({ ids: [], NextToken });
  });

  test('may pass', async () => {
    const { listed } = await lab(accountsWorld({ organization: { fault: { kind: 'throttled', calls: 1 } } }));
    await expect(listed()).rejects.toEqual(refusal('TooManyRequestsException', 400));
    expect((await listed()).ids).toHaveLength(3);
  });
});

test.each([
  [{ MaxResults: 0 }, 'MIN_VALUE_EXCEEDED'],
  [{ MaxResults: 21 }, 'MAX_VALUE_EXCEEDED'],
  [{ NextToken: 'made up' }, 'INVALID_NEXT_TOKEN'],
])('%j is refused as %s', async (input, Reason) => {
  const { listed } = await lab();
  await expect(listed(input)).rejects.toEqual(expect.objectContaining({ name: 'InvalidInputException', Reason }));
});

test('a world of one account is in no organisation', async () => {
  const { listed } = await lab(parseWorld({ regions: { [REGION]: { streams: 1 } } }, 'this test'));
  await expect(listed()).rejects.toEqual(refusal('AWSOrganizationsNotInUseException', 400));
});
