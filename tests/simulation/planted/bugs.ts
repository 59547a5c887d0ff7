/**
 * Bugs that somebody could have written, each with the invariant that must notice it. They prove that the simulation
 * would notice; an invariant that notices none of them proves nothing and goes.
 */
import type { InvariantName } from '../invariants.ts';
import type { Schedule } from '../schedule.ts';

export type Edit = { file: string; replace: string; by: string };
export type Bug = {
  name: string;
  caughtBy: InvariantName;
  edits: readonly Edit[];
  /** Of a bug that shows so rarely that chance would have to look for it too long. */
  schedule?: Schedule;
};

const CONCLUDE = 'src/census/conclude.ts';
const SETTLE = 'src/census/settle.ts';
const PARTS = 'src/census/parts.ts';
const ITEMS = 'src/aws/items.ts';
const TOPIC = 'src/aws/topic.ts';
const DISPATCHER = 'src/functions/dispatcher.ts';
const WORKER = 'src/functions/worker.ts';
const UNDELIVERED = 'src/functions/undelivered.ts';
const AGGREGATOR = 'src/functions/aggregator.ts';

export const BUGS: readonly Bug[] = [
  {
    name: 'a counter instead of the set',
    caughtBy: 'Excused',
    edits: [
      {
        file: SETTLE,
        replace: 'awaited.some((region) => !hasAnswered(byRegion.get(region), run.round))',
        by: 'run.rev < awaited.length',
      },
    ],
  },
  {
    name: 'the strike comes before the record',
    caughtBy: 'Prompt',
    edits: [
      {
        file: CONCLUDE,
        replace: 'const outcome = await ports.ledger.writeRecord(record, run);\n  await strikeAndNudge(ports, record);',
        by: 'await strikeAndNudge(ports, record);\n  const outcome = await ports.ledger.writeRecord(record, run);',
      },
    ],
  },
  {
    name: 'a total is stored whatever is still awaited',
    caughtBy: 'Excused',
    edits: [{ file: SETTLE, replace: 'if (waiting && run.total === undefined)', by: 'if (false)' }],
  },
  {
    name: 'a total is stored without looking at rev',
    caughtBy: 'Monotone',
    edits: [
      {
        file: ITEMS,
        replace: "ConditionExpression: '#rev = :rev AND #expiresAt",
        by: "ConditionExpression: '(#rev > :rev OR #rev <= :rev) AND #expiresAt",
      },
    ],
  },
  {
    name: 'a page that failed is taken for the end of the list',
    caughtBy: 'Truth',
    edits: [
      {
        file: WORKER,
        replace: 'listPage: deps.listPageOf(task.region)',
        by: 'listPage: (request) => deps.listPageOf(task.region)(request).catch(() => ({ streams: [] }))',
      },
    ],
  },
  {
    name: 'a repeated token is accepted',
    caughtBy: 'Bounded',
    // Not for ever, or this test would list for ever too.
    edits: [{ file: PARTS, replace: 'if (part.tokens.has(', by: 'if (part.pages > 20 && part.tokens.has(' }],
  },
  {
    name: 'a page is asked for again and again',
    caughtBy: 'Bounded',
    edits: [{ file: WORKER, replace: 'attemptsPerPage: ATTEMPTS_PER_PAGE', by: 'attemptsPerPage: 1000' }],
  },
  {
    name: 'a task is acknowledged without a record',
    caughtBy: 'Excused',
    edits: [
      {
        file: WORKER,
        replace: 'await conclude(deps, record, run);',
        by: 'void record;',
      },
    ],
  },
  {
    name: 'the records are read as they were some moments ago',
    caughtBy: 'Prompt',
    edits: [
      {
        file: ITEMS,
        replace: "ConsistentRead: true,\n    KeyConditionExpression: '#pk",
        by: "KeyConditionExpression: '#pk",
      },
    ],
  },
  {
    name: 'a dead letter overwrites what was counted',
    caughtBy: 'Monotone',
    edits: [
      { file: ITEMS, replace: `(\${NOT_COUNTED} AND \${OLDER_OR_LOWER})`, by: '#pk <> :counted' },
      {
        file: UNDELIVERED,
        replace: 'const known = await deps.ledger.readRunAndRecord(task, region);',
        by: 'const { run: known_ } = await deps.ledger.readRunAndRecord(task, region); const known = known_ ? { run: known_ } : {};',
      },
    ],
  },
  {
    name: "a retry's record is overwritten by the dead letter of the round before",
    caughtBy: 'Monotone',
    edits: [
      { file: ITEMS, replace: '(#round < :round OR (#round = :round AND #rank <= :rank))', by: '#rank <= :rank' },
    ],
  },
  {
    name: 'there is no sweep',
    caughtBy: 'Terminates',
    edits: [
      {
        file: AGGREGATOR,
        replace: 'if (isSweep(event)) return await sweep(deps, hasTime);',
        by: 'if (isSweep(event)) return;',
      },
    ],
  },
  {
    name: 'a damaged run stops the sweep',
    caughtBy: 'Terminates',
    edits: [{ file: AGGREGATOR, replace: 'errors.push(error);', by: 'throw error;' }],
  },
  {
    name: 'the run id is read from the clock',
    caughtBy: 'Once',
    edits: [
      {
        file: DISPATCHER,
        replace: 'runId: parseRunId((event as { runId?: unknown })?.runId)',
        by: "runId: new Date(deps.clock.nowMs()).toISOString().slice(0, 19) + 'Z'",
      },
    ],
  },
  {
    name: 'a run is marked as dispatched before it is',
    caughtBy: 'Excused',
    edits: [
      { file: DISPATCHER, replace: '    await publishAll(deps, tasks);\n', by: '' },
      {
        file: DISPATCHER,
        replace: 'await ledger.markDispatched(key, run.round);',
        by: 'await ledger.markDispatched(key, run.round);\n    await publishAll(deps, tasks);',
      },
    ],
  },
  {
    name: 'tasks that the topic refused are forgotten',
    caughtBy: 'Excused',
    edits: [
      {
        file: TOPIC,
        replace: 'refused.push(...batch.filter((_, index) => !confirmed.has(String(index))));',
        by: 'void confirmed;',
      },
    ],
  },
  {
    name: 'a total is announced before it is stored',
    caughtBy: 'Told',
    edits: [
      {
        file: AGGREGATOR,
        replace: 'const stored = await store(deps, run, settlement.total);',
        by: 'await announce(deps, run, { ...settlement.total, rev: rev + 1, settledAt: run.openedAt });\n const stored = await store(deps, run, settlement.total);',
      },
    ],
  },
  {
    name: 'a total is marked as announced before it is',
    caughtBy: 'Told',
    edits: [
      {
        file: AGGREGATOR,
        replace: 'await announceTotal({ accountId, runId }, total);\n  await ledger.markAnnounced(run, rev);',
        by: 'await ledger.markAnnounced(run, rev);\n  await announceTotal({ accountId, runId }, total);',
      },
    ],
  },
  {
    name: 'what a crash left stored but unannounced stays so',
    caughtBy: 'Told',
    edits: [{ file: AGGREGATOR, replace: 'await announce(deps, run, run.total);', by: '' }],
  },
  {
    name: 'nobody is nudged after a retry',
    caughtBy: 'Prompt',
    edits: [{ file: CONCLUDE, replace: 'run?.total !== undefined', by: 'false' }],
  },
  {
    name: 'the nudge comes before the strike',
    caughtBy: 'Cheap',
    edits: [
      {
        file: CONCLUDE,
        replace: 'const run = await ports.ledger.strike(record);',
        by: 'await ports.sendNudge(record);\n  const run = undefined as never; await ports.ledger.strike(record);',
      },
    ],
  },
  {
    name: 'a strike creates a run',
    caughtBy: 'Once',
    edits: [
      {
        file: ITEMS,
        replace: `failed ? \`\${ASKED_FOR} AND \${STILL_SAYS_SOMETHING}\` : ASKED_FOR`,
        by: "'#plan <> :name OR #round <> :round'",
      },
      {
        file: WORKER,
        replace: 'const known = await deps.ledger.readRunAndRecord(task, region);',
        by: `const found = await deps.ledger.readRunAndRecord(task, region);
             const known = { ...found, run: found.run ?? { ...task, plan: [region], pending: [region], rev: 0, openedAt: task.deadlineAt, unsettled: true, expiresAt: 2e9 } };`,
      },
    ],
  },
  {
    name: 'a gap is taken for a zero',
    caughtBy: 'Honest',
    edits: [
      { file: SETTLE, replace: "verdict: missing.length === 0 ? 'complete' : 'partial'", by: "verdict: 'complete'" },
    ],
  },
  {
    name: 'a dead letter forgets why the worker failed',
    caughtBy: 'Excused',
    edits: [{ file: UNDELIVERED, replace: 'return record?.round === round ? record.reason :', by: 'return' }],
  },
  {
    name: 'a dead letter takes the reason of a round that is over',
    caughtBy: 'Excused',
    edits: [
      {
        file: UNDELIVERED,
        replace: 'return record?.round === round ? record.reason :',
        by: 'return record ? record.reason :',
      },
    ],
  },
  {
    name: 'a message that cannot be read is acknowledged, and not parked',
    caughtBy: 'Terminates',
    edits: [{ file: UNDELIVERED, replace: "return await park(deps, message, 'not-a-task');", by: 'return;' }],
  },
  {
    name: 'a message that cannot be read is logged',
    caughtBy: 'Private',
    edits: [
      {
        file: WORKER,
        replace: "deps.log.warn('task is unreadable', { receives });",
        by: "deps.log.warn('task is unreadable', { receives, reason: message.body });",
      },
    ],
  },
  {
    name: 'the message of an error is logged',
    caughtBy: 'Private',
    edits: [{ file: 'src/functions/worker.ts', replace: '...errorFields(cause.cause)', by: 'error: cause.message' }],
  },
  {
    name: 'every region is read twice',
    caughtBy: 'Cheap',
    edits: [
      {
        file: WORKER,
        replace: 'const known = await deps.ledger.readRunAndRecord(task, region);',
        by: 'await deps.ledger.readRunAndRecord(task, region);\n    const known = await deps.ledger.readRunAndRecord(task, region);',
      },
    ],
  },
];
