/** Runs of several kinds, watched together: what becomes of one is nothing to the others. */

import type { RunKey } from '../../../src/census/run.ts';
import type { Progress } from '../../../src/cli/local/progress.ts';
import { openRunsNow, watchRuns } from '../../../src/cli/local/run.ts';
import type { Stack } from '../../../src/local/stack.ts';
import { ACCOUNT, history } from '../history.ts';
import { NOW_MS } from '../world.ts';

const CHANNELS = `${ACCOUNT}/channels`;
const [SETTLED] = [...history({ runs: 1, regions: ['eu-west-1'], isMissing: () => false })];
const RUN_ID = SETTLED!.run.runId;
const key = (censusId: string): RunKey => ({ censusId, runId: RUN_ID });

const shown: string[] = [];
const progress: Progress = {
  show: (kind, answer) => void shown.push(`${kind}: ${answer === undefined ? 'not open' : answer.run.verdict}`),
  end: () => void shown.push('the end'),
};
beforeEach(() => void shown.splice(0));

/** Of streams the run has settled; of channels it is as given. */
const watch = (ofChannels: object | undefined, givenUp: AbortSignal, signal = new AbortController().signal) =>
  watchRuns(
    {
      wholeRun: async ({ censusId }: RunKey) =>
        censusId === ACCOUNT ? SETTLED : ofChannels && { ...SETTLED!, run: { ...SETTLED!.run, ...ofChannels } },
    } as Parameters<typeof watchRuns>[0],
    [key(ACCOUNT), key(CHANNELS)],
    {
      service: undefined,
      progress,
      givenUp,
      nowMs: () => NOW_MS,
      everyMs: 1,
      sleep: () => new Promise(setImmediate),
      signal,
    },
  );

test('each is shown and told by its kind', async () => {
  const watched = await watch({ censusId: CHANNELS }, new AbortController().signal);
  expect(watched).toMatchObject([
    { kind: 'streams', key: key(ACCOUNT) },
    { kind: 'channels', key: key(CHANNELS) },
  ]);
  expect(shown).toEqual(['streams: complete', 'channels: complete', 'the end']);
});

test.each([
  ['was never opened', undefined],
  [
    'was opened, and its tasks were never published',
    { censusId: CHANNELS, sweep: 'OPEN', total: undefined, dispatchedRound: undefined },
  ],
])('one that %s is waited for until the dispatcher is given up, and no longer', async (_, run) => {
  const givenUp = new AbortController();
  const watching = watch(run, givenUp.signal);
  givenUp.abort(new Error('The dispatcher could not open the run.'));
  expect(await watching).toMatchObject([
    { kind: 'streams', whole: { run: { runId: RUN_ID } } },
    { kind: 'channels', error: new Error('The dispatcher could not open the run.') },
  ]);
});

test('whoever interrupts ends all of it', async () => {
  const interrupted = AbortSignal.abort(new Error('told to end'));
  await expect(watch(undefined, new AbortController().signal, interrupted)).rejects.toThrow('told to end');
  expect(shown.at(-1)).toBe('the end');
});

test('a run of each kind is opened by one event, in a second in which none of them has one', async () => {
  const fired: number[] = [];
  let nowMs = NOW_MS;
  const taken = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const keys = await openRunsNow(
    { readRun: async ({ censusId, runId }) => (censusId === CHANNELS && runId === taken ? SETTLED!.run : undefined) },
    { fire: async (_: string, at: Date) => void fired.push(at.getTime()) } as unknown as Stack,
    [ACCOUNT, CHANNELS],
    {
      nowMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    },
  );
  const next = Math.floor(NOW_MS / 1000) * 1000 + 1000;
  expect(fired).toEqual([next]);
  const runId = new Date(next).toISOString().replace(/\.\d+Z$/, 'Z');
  expect(keys).toEqual([
    { censusId: ACCOUNT, runId },
    { censusId: CHANNELS, runId },
  ]);
});
