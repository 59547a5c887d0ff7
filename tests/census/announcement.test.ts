/** What a program is told of a total, and what a filter policy can ask for. */
import { announcementOf, attributesOf } from '../../src/census/announcement.ts';
import { censusIdOf } from '../../src/census/census-id.ts';
import type { LookBack } from '../../src/census/run.ts';
import { aRun, aStoredTotal, KEY } from './examples.ts';

const [IRELAND, VIRGINIA] = ['eu-west-1', 'us-east-1'] as const;
const RUN = aRun([IRELAND, VIRGINIA]);
const BEFORE: LookBack = {
  runId: '2026-11-20T00:00:00Z',
  streams: 7,
  newlyMissing: [],
  newlyCounted: [],
  newlyPlanned: [],
  noLongerPlanned: [],
};
const total = (before: Partial<LookBack> = {}, streams = 7) =>
  aStoredTotal({ streams, before: { ...BEFORE, ...before } });

test('An announcement holds the total as it is stored, and of the run what was not planned', () => {
  const { rev, ...stored } = total({ noLongerPlanned: ['us-west-2'] });
  const off = [{ region: 'af-south-1' }];
  const sources = { regions: { from: 'asked' }, optIn: { from: 'nowhere', because: 'denied' } } as const;
  expect(announcementOf({ ...RUN, off, excluded: ['sa-east-1'], sources }, { ...stored, rev })).toEqual({
    version: 1,
    kind: 'streams',
    accountId: KEY.censusId,
    runId: KEY.runId,
    rev,
    total: stored,
    off,
    excluded: ['sa-east-1'],
    sources,
  });
});

test('An announcement, and what a filter can ask for, say of what kind the total is', () => {
  const run = { ...RUN, censusId: censusIdOf(KEY.censusId, 'channels') };
  expect(announcementOf(run, total())).toMatchObject({ kind: 'channels', accountId: KEY.censusId });
  expect(attributesOf(run, total()).kind).toBe('channels');
});

test('An announcement of a run that knows nothing of its plan names no region as off or excluded', () => {
  const announced = announcementOf(RUN, total());
  expect(announced).toMatchObject({ off: [], excluded: [] });
  expect(announced).not.toHaveProperty('sources');
});

test('A filter policy can ask for regions that are nearly full', () => {
  const quota = { alarmPercent: 80, highest: { region: IRELAND, percent: 91 }, unknown: [] };
  expect(attributesOf(RUN, { ...total(), quota: { ...quota, above: [IRELAND] } })).toMatchObject({
    quotaAlarm: [IRELAND],
  });
  for (const stored of [total(), { ...total(), quota: { ...quota, above: [] } }])
    expect(attributesOf(RUN, stored)).not.toHaveProperty('quotaAlarm');
});

describe('A total has changed', () => {
  const changed = (stored: ReturnType<typeof total>, announcedRev?: number) =>
    attributesOf({ ...RUN, ...(announcedRev !== undefined && { announcedRev }) }, stored).changed;

  test('not, if it says of the same regions what the run before said', () => {
    expect(changed(total())).toBe('false');
  });

  test('if its number is another', () => {
    expect(changed(total({}, 8))).toBe('true');
  });

  test.each(['newlyMissing', 'newlyCounted', 'newlyPlanned', 'noLongerPlanned'] as const)(
    'if a region is %s, though the number is the same',
    (what) => {
      expect(changed(total({ [what]: [IRELAND] }))).toBe('true');
    },
  );

  test('if there is no run before, or it could not be read', () => {
    expect(changed(aStoredTotal({ streams: 7 }))).toBe('true');
  });

  test('if another total of this run was announced: whoever heard of that one must hear of this', () => {
    expect(changed({ ...total(), rev: 4 }, 3)).toBe('true');
    expect(changed({ ...total(), rev: 4 }, 4)).toBe('false');
  });
});

test('The attributes name the regions that are newly missing, and leave the name out where there are none', () => {
  const partial = { ...total({ newlyMissing: [IRELAND, VIRGINIA] }), verdict: 'partial' as const };
  expect(attributesOf(RUN, partial)).toEqual({
    kind: 'streams',
    verdict: 'partial',
    changed: 'true',
    newlyMissing: [IRELAND, VIRGINIA],
  });
  expect(attributesOf(RUN, total())).toEqual({ kind: 'streams', verdict: 'complete', changed: 'false' });
});
