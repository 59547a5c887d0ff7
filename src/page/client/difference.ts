/** Why a total is another one: against which run, in which regions it really changed, and what is no change at all. */
import './difference.css';
import { number, plural } from '../../answers/words.ts';
import { type Apart, apartList, mostFirst } from './apart.ts';
import { el, listed } from './dom.ts';
import type { PageRun } from './model.ts';
import { few, instantBeside, signed } from './words.ts';

type Comparison = NonNullable<PageRun['comparison']>;

/** Nothing where there is no run to compare with. */
export function differenceParts({ run, comparison }: PageRun, onBeside: () => void): (HTMLElement | null)[] {
  if (comparison === null) return [];
  const { streams, regions } = comparison.changed;
  const both =
    comparison.isComparable && regions.length === run.expected
      ? ''
      : ` in the ${plural(regions.length, 'region')} that both counted,`;
  const beside = el('button', { type: 'button', class: 'beside-button' }, 'Side by side');
  beside.addEventListener('click', onBeside);
  const against = earlier(comparison, run.runId);
  const sign = el('strong', { class: `change ${direction(streams)}` }, signed(streams));
  // Where nothing can be compared, nothing is known to have stayed the same.
  const sentence =
    regions.length === 0
      ? [`No region was counted both by this run and by ${against}. `, beside]
      : [sign, `${both} against ${against}`, ...movers(comparison), '. ', beside];
  return [el('p', { class: 'difference' }, ...sentence), apartList(apartFrom(comparison, run.runId))];
}

function earlier({ with: { runId, verdict }, isComparable }: Comparison, beside: string): string {
  const when = instantBeside(runId, beside);
  if (isComparable) return `the last complete run (${when})`;
  return `the newest earlier total (${when}), ${verdict === 'complete' ? 'of another plan' : 'partial, too'}`;
}

/** The regions that changed most. */
function movers({ changed }: Comparison): (HTMLElement | string)[] {
  const moved = changed.regions
    .map(({ region, before, now }) => ({ region, streams: (now ?? 0) - (before ?? 0) }))
    .filter(({ streams }) => streams !== 0)
    .sort(mostFirst);
  if (moved.length === 0) return [];
  return [': ', ...listed(few(moved.map(({ region, streams }) => `${region} ${signed(streams)}`)))];
}

function apartFrom({ unseen, seenAgain, plan, missingInBoth }: Comparison, runId: string): Apart[] {
  const missing = ({ region, reason, since }: (typeof missingInBoth)[number], held = '') =>
    `${region} (${held}${reason === 'not-enabled' ? 'switched off' : reason} since ${instantBeside(since, runId)})`;
  const planned = (isPlanned: boolean) => {
    const regions = plan.regions
      .filter((one) => one.isPlanned === isPlanned)
      .map((one) => ({ name: planName(one), streams: (one.now ?? 0) - (one.before ?? 0) }));
    return { streams: regions.reduce((sum, { streams }) => sum + streams, 0), regions };
  };
  const isOneOfSeveral = (regions: readonly unknown[]) => regions.length > 1;
  return [
    {
      part: 'unseen',
      streams: unseen.streams,
      regions: unseen.regions.map((one) => ({
        name: missing(one, isOneOfSeveral(unseen.regions) ? `${number(one.before ?? 0)}, ` : ''),
        streams: one.before ?? 0,
      })),
    },
    {
      part: 'seenAgain',
      streams: seenAgain.streams,
      regions: seenAgain.regions.map(({ region, now }) => ({
        name: isOneOfSeveral(seenAgain.regions) ? `${region} (${number(now ?? 0)})` : region,
        streams: now ?? 0,
      })),
    },
    { part: 'noLongerPlanned', ...planned(false) },
    { part: 'newlyPlanned', ...planned(true) },
    { part: 'missingInBoth', streams: 0, regions: missingInBoth.map((gap) => ({ name: missing(gap), streams: 0 })) },
  ];
}

/** With what the run says that does not plan it. */
function planName({ region, isPlanned, because }: Comparison['plan']['regions'][number]): string {
  switch (because) {
    case null:
      return region;
    case 'off':
      return `${region} (${isPlanned ? 'switched on' : 'off'})`;
    case 'excluded':
      return `${region} (excluded${isPlanned ? ' before' : ''})`;
    default:
      return because satisfies never;
  }
}

export function direction(change: number): 'up' | 'down' | 'same' {
  return change > 0 ? 'up' : change < 0 ? 'down' : 'same';
}
