/** What happens while chaos lasts, besides the requests' fates: runs open, people ask again, the weather changes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readRun } from '../../src/aws/read-items.ts';
import { type Run, runIdOf } from '../../src/census/run.ts';
import { DISPATCH_SCHEDULE } from '../../src/cli/local/schedules.ts';
import { makeRandom } from '../judging/noise.ts';
import { OPENING } from './options.ts';
import { ACCOUNT, type Scene } from './scene.ts';

export type Progress = {
  triggered: Set<string>;
  /** What people heard who asked again, and how often. */
  retries: Map<string, number>;
};

export function makeProgress(): Progress {
  return { triggered: new Set(), retries: new Map() };
}

/** Resolves when chaos is over. */
export async function play(scene: Scene, runs: number, seed: number, progress: Progress): Promise<void> {
  const random = (name: string) => makeRandom(seed, name, 0);
  scene.begin();
  await Promise.all([
    openRuns(scene, runs, random('runs'), progress.triggered),
    askAgain(scene, random('person'), progress),
    changeWeather(scene),
    sendStrays(scene, random('strays')),
  ]);
}

/** Each at a second of its own; one trigger in four is sent twice. */
async function openRuns(scene: Scene, runs: number, random: () => number, triggered: Set<string>): Promise<void> {
  const everyMs = (scene.leftMs() * OPENING) / runs;
  let lastMs = 0;
  const repeated: Promise<unknown>[] = [];
  for (let run = 0; run < runs; run += 1) {
    lastMs = Math.max(Date.now(), lastMs + 1000);
    const runId = runIdOf(lastMs)!;
    const fire = () => scene.stack.fire(DISPATCH_SCHEDULE, new Date(Date.parse(runId)));
    triggered.add(runId);
    await fire();
    if (random() < 0.25) {
      scene.statistics.count('triggeredTwice');
      repeated.push(sleep(random() * 5000).then(fire));
    }
    await sleep(everyMs);
  }
  await Promise.all(repeated);
}

const ASK_EVERY_MS = { least: 1000, most: 3000 };

/** Somebody looks at the ledger and retries a run that is partial. */
async function askAgain(scene: Scene, random: () => number, progress: Progress): Promise<void> {
  while (scene.leftMs() > 0) {
    await sleep(Math.min(scene.leftMs(), between(ASK_EVERY_MS, random)));
    const partial = runsOf(scene).filter(({ total }) => total?.verdict === 'partial');
    const run = partial[Math.floor(random() * partial.length)];
    if (run && scene.leftMs() > 0) await retry(scene, run, progress);
  }
}

export async function retry({ person }: Scene, { censusId, runId }: Run, { retries }: Progress): Promise<void> {
  const heard = await person.retry({ censusId, runId });
  retries.set(heard, (retries.get(heard) ?? 0) + 1);
}

/** Twice, so that there are three weathers. */
async function changeWeather(scene: Scene): Promise<void> {
  const thirdMs = scene.leftMs() / 3;
  for (let change = 0; change < 2; change += 1) {
    await sleep(thirdMs);
    scene.world.change();
  }
  await sleep(scene.leftMs());
  scene.world.heal();
}

const STRAYS = 6;

/** Messages from nowhere, in the queue of tasks: what is no task, and tasks of no run. */
async function sendStrays(scene: Scene, random: () => number): Promise<void> {
  const region = scene.world.regions[0]!;
  const task = { version: 1, accountId: ACCOUNT, region, round: 0, deadlineAt: '2020-01-01T01:30:00.000Z' };
  for (let stray = 0; stray < STRAYS; stray += 1) {
    await sleep((random() * 2 * scene.leftMs()) / STRAYS);
    const body = random() < 0.5 ? 'secret-body, no task' : JSON.stringify({ ...task, runId: '2020-01-01T00:00:00Z' });
    await scene.send('RegionTasksQueue', body);
    scene.statistics.count('strays');
  }
}

const between = ({ least, most }: { least: number; most: number }, random: () => number) =>
  least + random() * (most - least);

/** As the ledger has them. */
export function runsOf({ ledger }: Scene): Run[] {
  return ledger.items().flatMap((item) => (item.sk?.S === 'RUN' ? [readRun(item)] : []));
}
