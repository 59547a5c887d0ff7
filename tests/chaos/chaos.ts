/** From the first fault to the verdict: chaos, healing, one more try by a person, and what the invariants say. */
import { SWEEP_SCHEDULE } from '../../src/cli/local/schedules.ts';
import type { Violation } from '../judging/invariants.ts';
import { judge } from './judge.ts';
import type { Options } from './options.ts';
import { makeProgress, type Progress, play, retry, runsOf } from './plot.ts';
import { openScene, type Scene } from './scene.ts';
import { isSettled, untilQuiet } from './settle.ts';
import { type Row, tableOf } from './table.ts';

export type Result = {
  rows: Row[];
  violations: Violation[];
  /** What chaos itself did not see: then nothing that it says counts. */
  blind: string[];
};

const TELL_EVERY_MS = 5000;

/**
 * @param packageDir holds the compiled template and the zips
 * @param print a line of progress
 */
export async function chaos(
  { runs, seed, seconds }: Options,
  packageDir: string,
  print: (line: string) => void,
): Promise<Result> {
  const startMs = Date.now();
  const progress = makeProgress();
  const scene = await openScene({ packageDir, seed, lastsMs: seconds * 1000 });
  const { history, historyTime } = scene.witness;
  history.triggered = progress.triggered;
  const tell = everyNowAndThen(() => print(progressLine(scene, progress, runs, Date.now() - startMs)));
  try {
    scene.stack.startSchedules({ only: [SWEEP_SCHEDULE] });
    const telling = setInterval(tell, 1000);
    await play(scene, runs, seed, progress);
    clearInterval(telling);
    history.healedAtMs = historyTime(Date.now());
    print('chaos is over');

    let quiet = await untilQuiet(scene, progress.triggered, tell);
    if (quiet && (await retryHalf(scene, progress, print))) quiet = await untilQuiet(scene, progress.triggered, tell);
    history.exhausted = !quiet;
    history.endedAtMs = historyTime(Date.now());
    history.failedInvocations = await scene.drain('FailedInvocationsQueue');
    return {
      rows: tableOf(scene, progress, Date.now() - startMs),
      violations: judge(scene),
      blind: [...scene.troubles, ...(await scene.ledger.unseen())],
    };
  } finally {
    await scene.close();
  }
}

/** Somebody asks again for what every second partial run misses. */
async function retryHalf(scene: Scene, progress: Progress, print: (line: string) => void): Promise<boolean> {
  const partial = runsOf(scene).filter(({ total }) => total?.verdict === 'partial');
  const chosen = partial.filter((_, index) => index % 2 === 0);
  if (chosen.length > 0) print(`a person retries ${chosen.length} of ${partial.length} partial runs`);
  for (const run of chosen) await retry(scene, run, progress);
  return chosen.length > 0;
}

function progressLine(scene: Scene, { triggered }: Progress, wanted: number, ms: number): string {
  const runs = runsOf(scene);
  const settled = runs.filter(isSettled).length;
  const complete = runs.filter(({ total }) => total?.verdict === 'complete').length;
  const { statistics, witness } = scene;
  return [
    `${String(Math.round(ms / 1000)).padStart(4)} s`,
    `${triggered.size} of ${wanted} instants asked for, ${runs.length} runs opened, ${settled} settled, ${complete} complete`,
    `${statistics.of('kills')} kills, ${witness.history.invocations.length} invocations`,
  ].join(' · ');
}

function everyNowAndThen(act: () => void): () => void {
  let lastMs = Date.now();
  return () => {
    if (Date.now() - lastMs < TELL_EVERY_MS) return;
    lastMs = Date.now();
    act();
  };
}
