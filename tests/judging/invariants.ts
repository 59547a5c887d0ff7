/**
 * What must always hold. Each invariant looks at the whole story from outside, and gives a sentence for each thing that
 * should not have been; no sentence, no violation. The simulation and chaos are judged by the same.
 */
import { Apart } from './invariants/apart.ts';
import { Asked } from './invariants/asked.ts';
import { Beside } from './invariants/beside.ts';
import { Bounded } from './invariants/bounded.ts';
import { Cheap } from './invariants/cheap.ts';
import { Churn } from './invariants/churn.ts';
import { Compared } from './invariants/compared.ts';
import { Excused } from './invariants/excused.ts';
import { Filled } from './invariants/filled.ts';
import { Honest } from './invariants/honest.ts';
import { Kept } from './invariants/kept.ts';
import { Monotone } from './invariants/monotone.ts';
import { Once } from './invariants/once.ts';
import { askedOfOrganization } from './invariants/organization/asked.ts';
import { boundedOfOrganization } from './invariants/organization/bounded.ts';
import { cheapOfOrganization } from './invariants/organization/cheap.ts';
import { excusedOfOrganization } from './invariants/organization/excused.ts';
import { honestOfOrganization } from './invariants/organization/honest.ts';
import { keptOfOrganization } from './invariants/organization/kept.ts';
import { monotoneOfOrganization } from './invariants/organization/monotone.ts';
import { onceOfOrganization } from './invariants/organization/once.ts';
import { plannedOfOrganization } from './invariants/organization/planned.ts';
import { promptOfOrganization } from './invariants/organization/prompt.ts';
import { rememberedOfOrganization } from './invariants/organization/remembered.ts';
import { terminatesOfOrganization } from './invariants/organization/terminates.ts';
import { toldOfOrganization } from './invariants/organization/told.ts';
import { truthOfOrganization } from './invariants/organization/truth.ts';
import { Planned } from './invariants/planned.ts';
import { Private } from './invariants/private.ts';
import { Prompt } from './invariants/prompt.ts';
import { Quick } from './invariants/quick.ts';
import { Remembered } from './invariants/remembered.ts';
import { Terminates } from './invariants/terminates.ts';
import { Timely } from './invariants/timely.ts';
import { Told } from './invariants/told.ts';
import { Truth } from './invariants/truth.ts';
import { Untouched } from './invariants/untouched.ts';
import type { OrganizationStory } from './organization-story.ts';
import type { Story } from './story.ts';

export const INVARIANTS = {
  Truth,
  Honest,
  Once,
  Monotone,
  Excused,
  Terminates,
  Prompt,
  Bounded,
  Private,
  Told,
  Cheap,
  Asked,
  Planned,
  Timely,
  Kept,
  Untouched,
  Compared,
  Churn,
  Remembered,
  Beside,
  Filled,
  Quick,
  Apart,
} satisfies Record<string, (story: Story) => Iterable<string>>;

export type InvariantName = keyof typeof INVARIANTS;
export type Violation = { invariant: InvariantName; what: string };

/** The same rules one level up: of the organisation's run, whose plan is accounts. */
const OF_ORGANIZATION = {
  Truth: truthOfOrganization,
  Honest: honestOfOrganization,
  Once: onceOfOrganization,
  Monotone: monotoneOfOrganization,
  Excused: excusedOfOrganization,
  Terminates: terminatesOfOrganization,
  Prompt: promptOfOrganization,
  Bounded: boundedOfOrganization,
  Private: (story) => Private({ ...story, runs: [] }),
  Told: toldOfOrganization,
  Cheap: cheapOfOrganization,
  Asked: askedOfOrganization,
  Planned: plannedOfOrganization,
  Kept: keptOfOrganization,
  Remembered: rememberedOfOrganization,
  Untouched,
} satisfies Partial<Record<InvariantName, (story: OrganizationStory) => Iterable<string>>>;

/** Everything that should not have been, each by its invariant's name. */
export function violations(story: Story): Violation[] {
  return violationsOf(INVARIANTS, story);
}

export function organizationViolations(story: OrganizationStory): Violation[] {
  return violationsOf(OF_ORGANIZATION, story);
}

function violationsOf<S>(
  judges: Partial<Record<InvariantName, (story: S) => Iterable<string>>>,
  story: S,
): Violation[] {
  return Object.entries(judges).flatMap(([invariant, judge]) =>
    [...judge(story)].map((what) => ({ invariant: invariant as InvariantName, what })),
  );
}
