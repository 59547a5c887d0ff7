/** The accounts of an organisation, and what is wrong with what tells of them and lets them be asked. */
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import type { RegionWorld } from '../judging/region-world.ts';

/** The stack's own account. */
export const OWN_ACCOUNT = '123456789012';

/** How AWS Organizations answers, if not as it should. */
export const LIST_TROUBLES = {
  denied: 'is denied',
  throttled: 'is throttled',
  'server-error': 'answers with an error',
  hang: 'never answers',
  slow: 'takes a second for a page',
  empty: 'names nobody',
  nonsense: 'names what is no account',
  'same token': 'has ever the same page after this one',
  'leaves out': 'leaves out the last account',
  'leaves out all': 'leaves out the account that asks',
  'calls suspended': 'calls the last account suspended',
} as const;
export type ListTrouble = keyof typeof LIST_TROUBLES;

/** How STS answers who wants to assume a member's role, if not with a session. */
export const ROLE_TROUBLES = {
  refused: 'is refused',
  revoked: 'is refused, and its sessions are good for nothing any more',
  slow: 'is assumed after three seconds',
  throttled: 'is throttled',
  unreachable: 'cannot be asked for',
  hang: 'is asked for and nothing is heard',
  nonsense: 'is assumed, and its session is none',
  another: 'is assumed, and its session is of another account',
} as const;
export type RoleTrouble = keyof typeof ROLE_TROUBLES;

type Phases<How> = readonly { how: How; untilS: number }[];

/** One account beside the stack's own. */
export type AccountWorld = {
  /** Of streams, as those of the stack's own. */
  regions: readonly RegionWorld[];
  others?: readonly { kind: Kind; regions: readonly RegionWorld[] }[];
  /** Seconds after the start. Absent: it is there from before, and to the end. */
  joinsAtS?: number;
  leavesAtS?: number;
  /** Meanwhile Organizations says so, its role cannot be assumed, and nothing in it answers. */
  setAside?: { state: 'suspended' | 'closed'; fromS: number; untilS: number };
  role?: Phases<RoleTrouble>;
};

export type OrganizationWorld = {
  /** Beside the stack's own account, which is no. 0, from no. 1 on. */
  members: readonly AccountWorld[];
  /** What is wrong with Organizations. Absent: a person has named the accounts, and nobody is asked. */
  list?: Phases<ListTrouble>;
  /** Before, the stack counts its own account alone. Absent: it never did. */
  fromS?: number;
};

/** Spread so that the stack's own has others before and after it. */
export function accountIdOf(number: number): string {
  return number === 0 ? OWN_ACCOUNT : String((number * 727_272_727_272 + 300_000_000_000) % 10 ** 12).padStart(12, '0');
}

/** The accounts that Organizations knows of, so many seconds after the start. */
export function listedAt({ members }: OrganizationWorld, sinceStartS: number) {
  const there = members.flatMap((world, index) => {
    const { joinsAtS = Number.NEGATIVE_INFINITY, leavesAtS = Number.POSITIVE_INFINITY } = world;
    if (sinceStartS < joinsAtS || sinceStartS >= leavesAtS) return [];
    const state = setAsideAt(world, sinceStartS);
    return [{ accountId: accountIdOf(index + 1), name: `member ${index + 1}`, ...(state && { state }) }];
  });
  return [{ accountId: OWN_ACCOUNT, name: 'hub' }, ...there] as {
    accountId: string;
    name: string;
    state?: 'suspended' | 'closed';
  }[];
}

function setAsideAt({ setAside }: AccountWorld, sinceStartS: number): 'suspended' | 'closed' | undefined {
  if (setAside === undefined || sinceStartS < setAside.fromS || sinceStartS >= setAside.untilS) return undefined;
  return setAside.state;
}

/** What is wrong with its role. */
export function roleTroubleAt(world: AccountWorld, sinceStartS: number): RoleTrouble | undefined {
  if (setAsideAt(world, sinceStartS)) return 'revoked';
  return world.role?.find(({ untilS }) => sinceStartS < untilS)?.how;
}

/** What there is of one kind in an account. */
export function regionsOf({ regions, others = [] }: AccountWorld, kind: Kind): readonly RegionWorld[] {
  return kind === STREAMS ? regions : (others.find((other) => other.kind === kind)?.regions ?? []);
}

/** As lines for people. */
export function describeOrganization(
  { members, list, fromS }: OrganizationWorld,
  describeRegions: (world: AccountWorld) => string[],
): string[] {
  return [
    fromS === undefined ? 'the organisation is counted' : `after ${fromS} s the organisation is counted`,
    list === undefined ? 'its accounts are named by a person' : 'Organizations is asked for its accounts',
    ...(list ?? []).map(({ how, untilS }) => `Organizations ${LIST_TROUBLES[how]} until ${untilS} s`),
    ...members.flatMap((world, index) => {
      const { joinsAtS, leavesAtS, setAside, role = [] } = world;
      return [
        `account no. ${index + 1}, ${accountIdOf(index + 1)}`,
        ...describeRegions(world).map((line) => `  ${line}`),
        ...(joinsAtS === undefined ? [] : [`  joins after ${joinsAtS} s`]),
        ...(leavesAtS === undefined ? [] : [`  leaves after ${leavesAtS} s`]),
        ...(setAside ? [`  is ${setAside.state} from ${setAside.fromS} s to ${setAside.untilS} s`] : []),
        ...role.map(({ how, untilS }) => `  its role ${ROLE_TROUBLES[how]} until ${untilS} s`),
      ];
    }),
  ];
}
