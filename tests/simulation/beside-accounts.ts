/** What becomes of one account of an organisation leaves the others as they would be without that. */
import type { Violation } from '../judging/invariants.ts';
import type { Story } from '../judging/story.ts';
import { differences, isSteady } from './beside-kinds.ts';
import { storyOf } from './circumstances.ts';
import type { AccountWorld } from './organization.ts';
import type { Product } from './product.ts';
import { accountsOf, kindsOf, type Schedule, worldsOf } from './schedule.ts';
import { simulate } from './simulate.ts';

/** The others, in a schedule in which one member alone is in trouble, beside themselves where it is not. */
export async function besideAccounts(
  schedule: Schedule,
  stories: readonly Story[],
  product: Product,
): Promise<Violation[]> {
  const sick = sickAccountOf(schedule);
  if (sick === undefined) return [];
  const spared = without(schedule, sick);
  const history = await simulate(spared, product);
  return accountsOf(schedule)
    .filter(({ number }) => number !== sick)
    .flatMap((account) =>
      stories
        .filter(({ accountId }) => accountId === account.accountId)
        .flatMap((story) => {
          const would = storyOf(spared, history, story.kind, account);
          return differences(story, would, `account no. ${sick}`).map((what) => ({
            invariant: 'Apart' as const,
            what,
          }));
        }),
    );
}

/** The number of the member that alone is in trouble, if all that goes wrong is of it, and nothing of the others depends on when they are counted. */
export function sickAccountOf(schedule: Schedule): number | undefined {
  const { organization, sources, faults, retries } = schedule;
  if (organization === undefined || sources !== undefined || (organization.list ?? []).length > 0) return undefined;
  if (organization.fromS !== undefined) return undefined;
  const numbers = accountsOf(schedule).map(({ number }) => number);
  return numbers.slice(1).find((sick) => {
    const isOfSick = ({ account }: { account?: number | string }) => account === sick;
    const others = numbers.filter((number) => number !== sick);
    return (
      (faults.length > 0 || isTroubled(organization.members[sick - 1]!)) &&
      others.every((number) => number === 0 || !isAsideOrBarred(organization.members[number - 1]!)) &&
      others.every((number) => kindsOf(schedule).every((kind) => worldsOf(schedule, kind, number).every(isSteady))) &&
      faults.every((fault) => isOfSick(fault as object)) &&
      retries.every(isOfSick)
    );
  });
}

const isAsideOrBarred = ({ role, setAside, joinsAtS, leavesAtS }: AccountWorld) =>
  [role, setAside, joinsAtS, leavesAtS].some((each) => each !== undefined);

const isTroubled = (world: AccountWorld) =>
  isAsideOrBarred(world) || world.regions.some(({ troubles }) => troubles !== undefined);

/** It is there from the start to the end, and nothing is wrong with it. */
function without(schedule: Schedule, sick: number): Schedule {
  const organization = schedule.organization!;
  const healthy = ({ regions, others = [] }: AccountWorld): AccountWorld => ({
    regions: regions.map(({ troubles: _, ...world }) => world),
    others: others.map((other) => ({ ...other, regions: other.regions.map(({ troubles: _, ...world }) => world) })),
  });
  const members = organization.members.map((world, index) => (index + 1 === sick ? healthy(world) : world));
  return { ...schedule, organization: { ...organization, members }, retries: [], faults: [] };
}
