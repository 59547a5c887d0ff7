/** A region that never answers, run after run, on the packaged functions: from the fourth run on it costs seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startHarness } from './harness.ts';
