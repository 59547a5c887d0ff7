/** What happens to an account beside its own run: forged tasks, a storm of nudges, a count nobody struck, many runs. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { runItem, runPk } from '../../src/aws/items.ts';
import { writeRecordRequest } from '../../src/aws/ledger-requests.ts';
import { readRun } from '../../src/aws/read-items.ts';
import { censusIdOf, ORGANIZATION } from '../../src/census/census-id.ts';
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import { printNudge } from '../../src/census/messages.ts';
import { openRun, runIdOf } from '../../src/census/run.ts';
import { EMPTY_TALLY } from '../../src/census/tally.ts';
import { DISPATCHER_CONFIG } from '../judging/numbers.ts';
import type { StrayTask } from './faults.ts';
import { accountIdOf } from './organization.ts';
import type { Surroundings } from './process.ts';
import { type Schedule, worldsOf } from './schedule.ts';
import type { Services } from './services.ts';

type Stage = {
  accountId: string;
  startMs: number;
  schedule: Schedule;
  services: Services;
  surroundings: Surroundings;
};

/** @param account the number of an account of the organisation */
const runOf = ({ schedule, startMs }: Stage, kind: Kind, account: number | 'organization' = 0, index = 0) => ({
  censusId: censusIdOf(account === 'organization' ? ORGANIZATION : accountIdOf(account), kind),
  runId: runIdOf(startMs + (schedule.runs[index] ?? 0) * 1000)!,
});
const worldOf = ({ schedule }: Stage, kind: Kind, account = 0) => worldsOf(schedule, kind, account)[0];

/** Tasks that nobody published, which anybody who may send to a queue can send. */
function strayBodies(stage: Stage, kind: Kind, account = 0): Readonly<Record<StrayTask, string>> {
  const task = {
    ...(kind === STREAMS ? { version: 1 } : { version: 2, kind }),
    accountId: accountIdOf(account),
    runId: runOf(stage, kind).runId,
    region: worldOf(stage, kind, account)?.region ?? 'eu-west-1',
    round: 0,
    deadlineAt: '2026-11-20T07:30:00.000Z',
  };
  const body = (changes: object) => JSON.stringify({ ...task, ...changes });
  return {
    'no task': 'secret-body, no task',
    'task of no run': body({ runId: '2026-11-18T00:00:00Z' }),
    'task in an envelope': JSON.stringify({ Type: 'Notification', MessageId: '1', Message: body({}) }),
    'task of another account': body({ accountId: '999999999999' }),
    'task of an unknown kind': body({ version: 2, kind: 'cameras' }),
    'task of a region that was not planned': body({ region: 'mx-central-1', deadlineAt: '2099-01-01T00:00:00Z' }),
    'task of a round to come': body({ round: 9e15, deadlineAt: '2099-01-01T00:00:00Z' }),
    'task due in 2099': body({ deadlineAt: '2099-01-01T00:00:00Z' }),
    'task of a stranger': body({ runId: OF_A_STRANGER }),
  };
}

/** In the table, from when another stack had it, lies a run of an account that is part of nobody's organisation. */
const OF_A_STRANGER = '2026-11-20T05:00:00Z';

function layStranger(stage: Stage, kind: Kind, account: number): void {
  const censusId = censusIdOf(accountIdOf(account), kind);
  const { retentionDays, runDeadlineMs } = DISPATCHER_CONFIG;
  const span = { deadlineAfterMs: runDeadlineMs, retentionDays };
  const region = worldOf(stage, kind, account)?.region ?? 'eu-west-1';
  const { sweep: _, ...run } = openRun({ censusId, runId: OF_A_STRANGER }, [region], stage.startMs, span);
  const { timePk: __, ...item } = runItem(run);
  stage.services.table.slip(item);
}

/** Whoever receives these can do nothing but to have them parked. */
export const isForTheShelf = (what: StrayTask) => what !== 'task in an envelope' && what !== 'task due in 2099';

export function planIntruders(stage: Stage): void {
  const { surroundings, services } = stage;
  const { time, faults } = surroundings;
  for (const { what, atS, queue = 'region-tasks', whose = STREAMS, account } of faults.strays())
    time.after(atS * 1000, () => services.queues[queue]!.send(strayBodies(stage, whose, account)[what]));
  for (const { what, whose = STREAMS, account = 0 } of faults.strays())
    if (what === 'task of a stranger') layStranger(stage, whose, account);
  for (const { atS, nudges, run, whose = STREAMS, account } of faults.storms()) {
    const nudge = printNudge(runOf(stage, whose, account, run));
    time.after(atS * 1000, () => {
      for (let sent = 0; sent < nudges; sent++) services.topics.nudges!(nudge);
    });
  }
  for (const { atS, whose = STREAMS, account } of faults.latecomers())
    time.after(atS * 1000, () => countWithoutStrike(stage, whose, account));
  for (const { runs, whose = STREAMS } of faults.crowds()) layCrowd(stage, runs, whose);
}

/** The ledger carries out a count whose writer gave up long ago: nobody is left to strike it. */
function countWithoutStrike(stage: Stage, kind: Kind, account = 0): void {
  const { services, surroundings } = stage;
  const place = runPk(runOf(stage, kind, account));
  const item = services.table.items().find(({ pk, sk }) => sk?.S === 'RUN' && pk?.S === place);
  const world = worldOf(stage, kind, account);
  if (item === undefined || world === undefined) return;
  const run = readRun(item);
  const now = new Date(surroundings.time.nowMs()).toISOString();
  const { censusId, runId, round } = run;
  const base = { censusId, runId, region: world.region, round, recordedAt: now, startedAt: now, endedAt: now };
  const tally = { streams: world.streams };
  const record = { ...base, status: 'counted', tally, effort: { pages: 1, calls: 1, ms: 1 } } as const;
  try {
    services.table.carryOut(new PutItemCommand(writeRecordRequest(record, run, { tableName: 'ledger' })));
  } catch {
    // It was counted by then.
  }
}

/** Newer runs that are partial, and stay so: the sweep looks at each of them first. */
function layCrowd(stage: Stage, runs: number, kind: Kind): void {
  const { accountId, startMs, services } = stage;
  const censusId = censusIdOf(accountId, kind);
  const deadlineAt = new Date(startMs + 30 * 86_400_000).toISOString();
  for (let nth = 1; nth <= runs; nth++) {
    const key = { censusId, runId: runIdOf(startMs + 3 * 86_400_000 + nth * 1000)! };
    const { retentionDays, runDeadlineMs } = DISPATCHER_CONFIG;
    const opened = openRun(key, ['mx-central-1'], startMs, { deadlineAfterMs: runDeadlineMs, retentionDays });
    const total = {
      verdict: 'partial',
      streams: 0,
      expected: 1,
      counted: 0,
      missing: [{ region: 'mx-central-1', reason: 'unanswered' }],
      tally: EMPTY_TALLY,
      rev: 1,
      settledAt: opened.openedAt,
    } as const;
    const run = { ...opened, deadlineAt, pending: [], rev: 1, sweep: 'PARTIAL', total, announcedRev: 1 } as const;
    services.table.slip(runItem(run));
  }
}
