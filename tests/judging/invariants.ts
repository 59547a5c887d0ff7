/**
 * What must always hold. Each invariant looks at the whole story from outside, and gives a sentence for each thing that
 * should not have been; no sentence, no violation. The simulation and chaos are judged by the same.
 */
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
} satisfies Record<string, (story: Story) => Iterable<string>>;

export type InvariantName = keyof typeof INVARIANTS;
export type Violation = { invariant: InvariantName; what: string };

/** Everything that should not have been, each by its invariant's name. */
export function violations(story: Story): Violation[] {
  return Object.entries(INVARIANTS).flatMap(([invariant, judge]) =>
    [...judge(story)].map((what) => ({ invariant: invariant as InvariantName, what })),
  );
}
