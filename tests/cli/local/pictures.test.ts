/** What a person sees of runs in progress, drawn over what was there before. */
import pc from 'picocolors';
import { type RunAnswer, runOf } from '../../../src/answers/run.ts';
import { briefPicture, picture } from '../../../src/cli/local/pictures.ts';
import { ACCOUNT, counted, REGIONS, settled } from '../history.ts';

const KEY = { censusId: ACCOUNT, runId: '2026-11-20T06:00:00Z' };
const NOW_MS = Date.parse(KEY.runId) + 10_000;
const WAITS = { timeScale: 40 };
const PLAIN = pc.createColors(false);

/** A run in which two regions are counted and one has failed its first attempt; the others are waited for. */
function inProgress(): RunAnswer {
  const [first, second, third = '', ...others] = REGIONS;
  const done = [first!, second!].map((region) => counted(KEY, region, 7));
  const { total: _, ...run } = settled(
    KEY,
    REGIONS.map((region) => counted(KEY, region, 7)),
  );
  const tried = { ...KEY, region: third, round: 0, status: 'attempted', reason: 'timed-out' } as const;
  const recordedAt = new Date(NOW_MS - 1000).toISOString();
  return runOf(
    { run: { ...run, pending: [third, ...others], sweep: 'OPEN' }, records: [...done, { ...tried, recordedAt }] },
    NOW_MS,
  );
}

test('of one kind every region is in the picture', () => {
  const text = picture(inProgress(), 'streams', { 'us-east-1': 3 }, WAITS, PLAIN);
  expect(text).toContain('run 2026-11-20T06:00:00Z: 2 of 19 regions, 14 streams so far\n');
  for (const region of REGIONS) expect(text).toContain(`\n  ${region} `);
  expect(text).toContain('\nwaiting for ');
});

test('of several kinds each is drawn in brief, its troubles first', () => {
  const lines = briefPicture(inProgress(), 'channels', { 'us-west-2': 3 }, WAITS, PLAIN).split('\n');
  expect(lines).toHaveLength(7);
  expect(lines[0]).toBe('channels: 2 of 19 regions, 14 channels so far');
  expect(lines[1]).toMatch(/^ {2}ap-northeast-1 +tried +timed-out/);
  expect(lines[2]).toMatch(/^ {2}us-west-2 +listing +3 calls so far$/);
  expect(lines[6]).toBe('  and 12 more regions');
});

test('what is not open yet is waited for', () => {
  const waiting = 'waiting for the dispatcher to open the run';
  expect(picture(undefined, 'streams', {}, WAITS, PLAIN)).toBe(waiting);
  expect(briefPicture(undefined, 'channels', {}, WAITS, PLAIN)).toBe(`channels: ${waiting}`);
});
