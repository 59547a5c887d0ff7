/** What a run says of its plan, in words: what it was not to count, and where it has the list of regions from. */
import type { RunSummary } from './run-summary.ts';
import { plural, toSecond } from './words.ts';

type Planned = Pick<RunSummary, 'expected' | 'off' | 'excluded' | 'sources'>;

/**
 * All of it in a line: "14 regions; off: af-south-1, ap-east-1; excluded: us-east-2". `null` where every region is planned, as
 * far as the one knows that was asked.
 * @param namesOf how several regions are named
 */
export function planLine(run: Planned, namesOf = (regions: readonly string[]) => regions.join(', ')): string | null {
  const off = onlyNamed(run);
  const apart = [
    ...(off.length > 0 ? [`off: ${namesOf(off)}`] : []),
    ...(run.excluded.length > 0 ? [`excluded: ${namesOf(run.excluded)}`] : []),
  ];
  const isSet = run.sources?.regions.from === 'parameter';
  const regions = `${plural(run.expected, 'region')}${isSet ? ', those of the parameter regions' : ''}`;
  const parts = [...(isSet || apart.length > 0 ? [regions] : []), ...apart, ...sourceWords(run)];
  return parts.length === 0 ? null : parts.join('; ');
}

/** Regions that are off and not planned. Those that are planned all the same are missing, and named there. */
export function onlyNamed({ off }: Pick<RunSummary, 'off'>): string[] {
  return off.flatMap(({ region, isPlanned }) => (isPlanned ? [] : [region]));
}

/**
 * What was not learned for this very run, and what is taken instead. What is remembered for a day is as good as asked.
 * @param when how an instant is written
 */
export function sourceWords({ sources }: Pick<RunSummary, 'sources'>, when = toSecond): string[] {
  if (sources === null) return [];
  const { regions, optIn } = sources;
  return [
    ...sourceSentence('the list of regions', regions, {
      cache: `the one of ${when(regions.askedAt ?? '')} is used`,
      floor: 'the list of this release is used',
    }),
    ...(regions.from === 'floor' && regions.because === null ? ['the list of regions is the one of this release'] : []),
    ...sourceSentence('which regions are switched on', optIn, {
      cache: `the answer of ${when(optIn.askedAt ?? '')} is used`,
      nowhere: 'all are taken to be on',
    }),
  ];
}

type Source = NonNullable<RunSummary['sources']>['regions'];

/** What could not be learned for a run, why, and what is taken instead. Nothing where it was. */
export function sourceSentence(
  what: string,
  { from, because }: Source,
  used: Partial<Record<Source['from'], string>>,
): string[] {
  const taken = used[from];
  if (because === null || taken === undefined) return [];
  const failed = because === 'empty' || because === 'bad-answer' ? 'was not answered truthfully' : 'could not be asked';
  return [`${what} ${failed} (${because}): ${taken}`];
}
