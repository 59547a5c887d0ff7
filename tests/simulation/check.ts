/** Runs schedules and says which of them should not have gone as they did. */
import fc from 'fast-check';
import { organizationViolations, type Violation, violations } from '../judging/invariants.ts';
import type { Story } from '../judging/story.ts';
import { besideAccounts } from './beside-accounts.ts';
import { besideKinds } from './beside-kinds.ts';
import { organizationStoriesOf, storiesOf } from './circumstances.ts';
import { organizationSchedule } from './organization-schedules.ts';
import type { Product } from './product.ts';
import { describeSchedule, type Schedule } from './schedule.ts';
import { anySchedule } from './schedules.ts';
import { simulate } from './simulate.ts';

/** The stories of one schedule, of each kind that is counted, in each account; that of streams in the stack's own is the first. */
export async function tell(schedule: Schedule, product: Product): Promise<Story[]> {
  return storiesOf(schedule, await simulate(schedule, product));
}

/** What went wrong in one schedule; nothing, if all invariants hold. */
export async function judge(schedule: Schedule, product: Product): Promise<Violation[]> {
  const history = await simulate(schedule, product);
  const stories = storiesOf(schedule, history);
  return [
    ...stories.flatMap((story) => violations(story).map((violation) => withAccount(violation, story))),
    ...organizationStoriesOf(schedule, history, stories).flatMap(organizationViolations),
    ...(await besideKinds(schedule, stories, product)),
    ...(await besideAccounts(schedule, stories, product)),
  ];
}

function withAccount({ invariant, what }: Violation, { accountId }: Story): Violation {
  return { invariant, what: accountId === undefined ? what : `${accountId}, ${what}` };
}

export type Finding = { schedule: Schedule; violations: Violation[] };

/** Of so many schedules one counts an organisation. */
const ORGANIZATION_EVERY = 5;

type Wish = { seed: number; schedules: number; organizations?: boolean; shrink?: boolean };

/**
 * Draws and runs this many schedules, the same ones for the same seed, up to the first with a violation: those of one account, then
 * those of an organisation.
 * @param organizations whether all of them are to count an organisation
 * @param shrink whether to look for a smaller schedule that still has one
 */
export async function check(
  { seed, schedules, organizations = false, shrink = true }: Wish,
  product: Product,
): Promise<{ ran: number; finding?: Finding }> {
  const ofOrganizations = organizations ? schedules : Math.floor(schedules / ORGANIZATION_EVERY);
  let ran = 0;
  const holds = (drawn: fc.Arbitrary<Schedule>) =>
    fc.asyncProperty(drawn, async (schedule) => {
      ran += 1;
      return (await judge(schedule, product)).length === 0;
    });
  for (const [drawn, numRuns] of [
    [anySchedule, schedules - ofOrganizations],
    [organizationSchedule, ofOrganizations],
  ] as const) {
    const { counterexample } = await fc.check(holds(drawn), { seed, numRuns, endOnFailure: !shrink });
    if (counterexample === null) continue;
    const [schedule] = counterexample;
    return { ran, finding: { schedule, violations: await judge(schedule, product) } };
  }
  return { ran };
}

export function describeFinding({ schedule, violations: found }: Finding): string {
  return [
    ...found.map(({ invariant, what }) => `${invariant}: ${what}`),
    'when:',
    ...describeSchedule(schedule).map((line) => `  ${line}`),
    `as JSON: ${JSON.stringify(schedule)}`,
  ].join('\n');
}
