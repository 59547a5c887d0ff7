import { planLine } from '../../src/answers/plan-words.ts';
import { runSummary } from '../../src/answers/run-summary.ts';
import type { PlanSources, Run } from '../../src/census/run.ts';
import { ACCOUNT, counted, settled } from '../cli/history.ts';
import { NOW_MS } from '../cli/world.ts';

const KEY = { censusId: ACCOUNT, runId: '2026-11-20T06:00:00Z' };
const run = settled(KEY, [counted(KEY, 'eu-west-1', 1), counted(KEY, 'us-east-1', 2)]);
const lineOf = (said: Pick<Run, 'off' | 'excluded' | 'sources'>) => planLine(runSummary({ ...run, ...said }, NOW_MS));

const askedAt = '2026-11-19T06:00:00.123Z';
const asked: PlanSources['regions'] = { from: 'asked', askedAt };

test.each<[string, Partial<PlanSources>, string | null]>([
  ['both were asked', {}, null],
  ['the list was asked a while ago, which is as good', { regions: { from: 'cache', askedAt } }, null],
  ['nobody can be asked which regions are on', { optIn: { from: 'nowhere' } }, null],
  [
    'the list could not be asked',
    { regions: { from: 'cache', askedAt, because: 'timed-out' } },
    'the list of regions could not be asked (timed-out): the one of 2026-11-19T06:00:00Z is used',
  ],
  [
    'the list was empty, and there is no older one',
    { regions: { from: 'floor', because: 'empty' } },
    'the list of regions was not answered truthfully (empty): the list of this release is used',
  ],
  ['there is no list to be asked', { regions: { from: 'floor' } }, 'the list of regions is the one of this release'],
  [
    'which are on could not be asked',
    { optIn: { from: 'cache', askedAt, because: 'throttled' } },
    'which regions are switched on could not be asked (throttled): the answer of 2026-11-19T06:00:00Z is used',
  ],
  [
    'which are on was never answered',
    { optIn: { from: 'nowhere', because: 'denied' } },
    'which regions are switched on could not be asked (denied): all are taken to be on',
  ],
  [
    'a parameter names the regions',
    { regions: { from: 'parameter' }, optIn: { from: 'parameter' } },
    '2 regions, those of the parameter regions',
  ],
])('%s', (_, sources, line) => {
  expect(lineOf({ sources: { regions: asked, optIn: asked, ...sources } })).toBe(line);
});

test('what was not to be counted is named; what is off and missing all the same is no part of that', () => {
  const lastKnown = { runId: KEY.runId, streams: 2, countedAt: askedAt };
  expect(lineOf({ off: [{ region: 'af-south-1' }, { region: 'us-east-1', lastKnown }], excluded: ['us-east-2'] })).toBe(
    '2 regions; off: af-south-1; excluded: us-east-2',
  );
});

test('a run that says nothing of it has no such line', () => expect(lineOf({})).toBeNull());
