/** What becomes of one kind leaves the others as they would be without that. */
import type { Kind } from '../../src/census/kinds.ts';
import type { Violation } from '../judging/invariants.ts';
import type { Phase, RegionWorld } from '../judging/region-world.ts';
import { canonical, isCounted, type RunStory, type Story } from '../judging/story.ts';
import { storyOf } from './circumstances.ts';
import type { Product } from './product.ts';
import { kindsOf, type Schedule, worldsOf } from './schedule.ts';
import { simulate } from './simulate.ts';

/** The others, in a schedule in which one kind alone is in trouble, beside themselves where it is not. */
export async function besideKinds(
  schedule: Schedule,
  stories: readonly Story[],
  product: Product,
): Promise<Violation[]> {
  const sick = sickOf(schedule);
  if (sick === undefined) return [];
  const spared = without(schedule, sick);
  const history = await simulate(spared, product);
  return stories
    .filter(({ kind }) => kind !== sick)
    .flatMap((story) => differences(story, storyOf(spared, history, story.kind), sick))
    .map((what) => ({ invariant: 'Beside', what }));
}

/** Where they are not what they would be, as sentences. */
export function differences(story: Story, spared: Story, sick: string): string[] {
  return spared.runs.flatMap((run) => {
    const [as, would] = [story.runs.find(({ runId }) => runId === run.runId), run].map((one) =>
      canonical(comparable(one)),
    );
    if (as === would) return [];
    return [`${run.runId}: because of ${sick} its ${story.kind} are ${as}, and they would be ${would}.`];
  });
}

/**
 * What must be the same: what is on record of each region in the end, and what was said of all of them. Not when, nor after how
 * many calls; and not what is asked beside a count for a second at most, which chance alone may make late.
 */
function comparable(run: RunStory | undefined) {
  if (run === undefined) return 'nothing';
  const records = [...run.records].map(([region, versions]) => {
    const last = versions.at(-1)!;
    if (!isCounted(last)) return { region, reason: last.value.status === 'counted' || last.value.reason };
    const { tally, prefixes } = last.value;
    return { region, tally, prefixes };
  });
  const { verdict, streams, expected, counted, missing, tally } = run.totals.at(-1)?.value ?? { missing: [] };
  return {
    records: records.sort((a, b) => (a.region < b.region ? -1 : 1)),
    total: {
      verdict,
      streams,
      expected,
      counted,
      missing: missing.map(({ region, reason }) => ({ region, reason })),
      tally,
    },
    isAnnounced: run.announcements.length > 0,
  };
}

/** The kind that alone is in trouble, if all that goes wrong is of it, and nothing of the others depends on when they are counted. */
export function sickOf(schedule: Schedule): Kind | undefined {
  const kinds = kindsOf(schedule);
  if (kinds.length < 2 || schedule.sources !== undefined || schedule.organization !== undefined) return undefined;
  const { faults, retries } = schedule;
  return kinds.find((sick) => {
    const others = kinds.filter((kind) => kind !== sick).flatMap((kind) => worldsOf(schedule, kind));
    const isTouched = faults.length > 0 || worldsOf(schedule, sick).some(({ troubles }) => troubles);
    const isOfSick = ({ whose }: { whose?: Kind }) => whose === sick;
    return (
      isTouched &&
      others.every(isSteady) &&
      faults.every((fault) => isOfSick(fault as object)) &&
      retries.every(isOfSick)
    );
  });
}

/** It is the same whenever it is counted, and by whatever way. */
export function isSteady({ changes, prefixes, describes, slowMs, troubles = [] }: RegionWorld): boolean {
  const isFinal = ({ how, until }: Phase) => until === 'never' && FINAL.has(how);
  return ![changes, prefixes, describes, slowMs].some((each) => each !== undefined) && troubles.every(isFinal);
}

const FINAL: ReadonlySet<Phase['how']> = new Set(['denied', 'not-enabled', 'unsupported']);

function without(schedule: Schedule, sick: Kind): Schedule {
  const healthy = (kind: Kind, worlds: readonly RegionWorld[]) =>
    kind === sick ? worlds.map(({ troubles: _, ...world }) => world) : worlds;
  return {
    ...schedule,
    regions: healthy('streams', schedule.regions),
    others: (schedule.others ?? []).map(({ kind, regions }) => ({ kind, regions: healthy(kind, regions) })),
    retries: [],
    faults: [],
  };
}
