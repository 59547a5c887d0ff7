/**
 * Bugs that somebody could have written, each with the invariant that must notice it. They prove that the simulation
 * would notice; an invariant that notices none of them proves nothing and goes.
 */
import type { InvariantName } from '../../judging/invariants.ts';
import type { Schedule } from '../schedule.ts';

export type Edit = { file: string; replace: string; by: string };
export type Bug = {
  name: string;
  caughtBy: InvariantName;
  edits: readonly Edit[];
  /** Of a bug that shows so rarely that chance would have to look for it too long. */
  schedule?: Schedule;
  /** Absent: schedules that count one account. */
  among?: 'organizations';
};

const CONCLUDE = 'src/census/conclude.ts';
const SETTLE = 'src/census/settle.ts';
const PARTS = 'src/census/listing/parts.ts';
const VIDEO = 'src/aws/list-page.ts';
const TALLY = 'src/census/tally.ts';
const PREFIXES = 'src/census/prefixes.ts';
const AUDIT = 'src/census/listing/audit.ts';
const REQUESTS = 'src/aws/ledger-requests.ts';
const TOPIC = 'src/aws/topic.ts';
const COMPARISON = 'src/answers/comparison.ts';
const DISPATCHER = 'src/functions/dispatcher.ts';
const DISPATCHED_ACCOUNT = 'src/functions/dispatching/account-run.ts';
const WORKER = 'src/functions/worker.ts';
const COUNTING = 'src/functions/counting/region.ts';
const LEASE = 'src/functions/counting/lease.ts';
const UNDELIVERED = 'src/functions/undelivered.ts';
const AGGREGATOR = 'src/functions/aggregator.ts';
const SETTLE_RUN = 'src/functions/settling/settle-run.ts';
const LOG = 'src/log.ts';

/** Lists by prefix miss a few names, so few that these may have been deleted meanwhile. */
const hiding: Schedule = {
  seed: 1,
  regions: [
    {
      region: 'eu-west-1',
      streams: 300,
      pageSizes: [10],
      slowMs: 300,
      names: 'spread',
      prefixes: { how: 'misses names', share: 0.02 },
    },
  ],
  runs: [0],
  retries: [],
  faults: [],
  healAfterS: 0,
};

/** Counted by its branches, which hold one prefix each. */
const spread: Schedule = {
  seed: 1,
  regions: [{ region: 'eu-west-1', streams: 300, pageSizes: [10], slowMs: 300, names: 'spread' }],
  runs: [0],
  retries: [],
  faults: [],
  healAfterS: 0,
};

/** Names that say nowhere that they are secret, and begin in a few ways. */
const nested: Schedule = {
  seed: 1,
  regions: [{ region: 'eu-west-1', streams: 24, pageSizes: [10], slowMs: 100, names: 'nested' }],
  runs: [0],
  retries: [],
  faults: [],
  healAfterS: 0,
};

/**
 * Two of src/aws/list-page.ts make no number wrong any more, since every count is held against what other lists have shown:
 * a prefix in small letters, and taking any error of DescribeStream for a stream that is not there. They are caught by
 * tests/aws/list-page.test.ts.
 */
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
        file: REQUESTS,
        replace: 'AND #rev = :rev AND #expiresAt',
        by: 'AND (#rev > :rev OR #rev <= :rev) AND #expiresAt',
      },
    ],
  },
  {
    name: 'a page that failed is taken for the end of the list',
    caughtBy: 'Truth',
    edits: [
      {
        file: COUNTING,
        replace: 'const listPage = listPageOf(kind, task.region);',
        by: 'const listPage: ListPage = (request) => listPageOf(kind, task.region)(request).catch(() => ({ streams: [] }));',
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
    edits: [{ file: COUNTING, replace: 'attemptsPerPage: ATTEMPTS_PER_PAGE', by: 'attemptsPerPage: 1000' }],
  },
  {
    name: 'a task is acknowledged without a record',
    caughtBy: 'Excused',
    edits: [
      {
        file: COUNTING,
        replace: "await conclude(deps, { ...base, status: 'counted', ...counted }, run);",
        by: 'void counted;',
      },
    ],
  },
  {
    name: 'the records are read as they were some moments ago',
    caughtBy: 'Prompt',
    edits: [
      {
        file: REQUESTS,
        replace: "ConsistentRead: true,\n    KeyConditionExpression: '#pk",
        by: "KeyConditionExpression: '#pk",
      },
    ],
  },
  {
    name: 'a dead letter overwrites what was counted',
    caughtBy: 'Monotone',
    edits: [
      { file: REQUESTS, replace: `(\${KNOWN} AND \${NOT_COUNTED} AND \${OLDER_OR_LOWER})`, by: '#pk <> :counted' },
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
      { file: REQUESTS, replace: '(#round < :round OR (#round = :round AND #rank <= :rank))', by: '#rank <= :rank' },
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
    schedule: {
      ...spread,
      faults: [
        { kind: 'damage', of: 'a newer run' },
        { kind: 'message', topic: 'nudges', nth: 1, how: 'lost', byS: 0 },
      ],
      healAfterS: 60,
    },
    edits: [{ file: AGGREGATOR, replace: 'errors.push(error);', by: 'throw error;' }],
  },
  {
    name: 'the run id is read from the clock',
    caughtBy: 'Once',
    edits: [
      {
        file: DISPATCHER,
        replace: 'const runId = parseRunId(instant);',
        by: "const runId = new Date(deps.clock.nowMs()).toISOString().slice(0, 19) + 'Z';",
      },
    ],
  },
  {
    name: 'a run is marked as dispatched before it is',
    caughtBy: 'Excused',
    edits: [
      { file: DISPATCHED_ACCOUNT, replace: '  await publish(deps, tasks);\n', by: '' },
      {
        file: DISPATCHED_ACCOUNT,
        replace: 'await ledger.markDispatched(run, round);',
        by: 'await ledger.markDispatched(run, round);\n  await publish(deps, tasks);',
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
        file: SETTLE_RUN,
        replace: 'const stored = isNew ?',
        by: 'if (isNew) await tell(deps, level, run, { ...total, rev: run.rev + 1, settledAt: run.openedAt }, records);\n    const stored = isNew ?',
      },
    ],
  },
  {
    name: 'a total is marked as announced before it is',
    caughtBy: 'Told',
    edits: [
      {
        file: SETTLE_RUN,
        replace: 'await level.announce(run, total, records);',
        by: 'await ledger.markAnnounced(run, rev);\n    await level.announce(run, total, records);',
      },
    ],
  },
  {
    name: 'what a crash left stored but unannounced stays so',
    caughtBy: 'Told',
    edits: [
      {
        file: SETTLE_RUN,
        replace: 'if (untold !== undefined) await tell(deps, level, run, untold, records);',
        by: '',
      },
    ],
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
        file: REQUESTS,
        replace: `failed ? \`\${ASKED_FOR} AND \${STILL_SAYS_SOMETHING}\` : ASKED_FOR`,
        by: "'#plan <> :name OR #round <> :round'",
      },
      {
        file: WORKER,
        replace: 'const known = await deps.ledger.readRunAndRecord(task, region, task.previous, organization);',
        by: `const found = await deps.ledger.readRunAndRecord(task, region, task.previous);
             const known = { ...found, run: found.run ?? { ...task, plan: [region], pending: [region], rev: 0, openedAt: task.deadlineAt, sweep: 'OPEN', expiresAt: 2e9 } };`,
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
    edits: [{ file: UNDELIVERED, replace: 'if (record?.round !== round) return', by: 'return' }],
  },
  {
    name: 'a dead letter takes the reason of a round that is over',
    caughtBy: 'Excused',
    // It is out of reach for as long as the first round lasts; the task of the second reaches nobody.
    schedule: {
      seed: 1,
      regions: [
        { region: 'eu-north-1', streams: 3, pageSizes: [10], troubles: [{ how: 'server-error', until: 6000 }] },
      ],
      runs: [0],
      retries: [{ atS: 7200, run: 0 }],
      faults: [{ kind: 'message', topic: 'region-tasks', nth: 2, how: 'dead', byS: 0 }],
      healAfterS: 9000,
    },
    edits: [
      {
        file: UNDELIVERED,
        replace: 'if (record?.round !== round) return',
        by: 'if (record === undefined) return',
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
    name: 'the log says how names begin',
    caughtBy: 'Private',
    edits: [
      {
        file: COUNTING,
        replace: 'streams: result.tally.streams, ...result.effort });',
        by: 'streams: result.tally.streams, begin: result.prefixes.counts.map((one) => one.prefix) });',
      },
    ],
    schedule: nested,
  },
  {
    name: 'an announcement says how names begin',
    caughtBy: 'Private',
    edits: [
      {
        file: SETTLE,
        replace: 'tally = mergeTallies(tally, record.tally);',
        by: 'tally = { ...mergeTallies(tally, record.tally), begin: record.prefixes?.counts } as typeof tally;',
      },
    ],
    schedule: nested,
  },
  {
    name: 'a name is kept to its end',
    caughtBy: 'Truth',
    edits: [{ file: PREFIXES, replace: 'const LEFT_OUT = 4;', by: 'const LEFT_OUT = 0;' }],
  },
  {
    name: 'prefixes of parts are added up, and stay too many',
    caughtBy: 'Truth',
    edits: [
      {
        file: PREFIXES,
        replace: 'const length = commonLength([...groups.keys()].sort(), least);',
        by: 'const length = least;',
      },
    ],
    schedule: spread,
  },
  {
    name: 'the message of an error is logged',
    caughtBy: 'Private',
    edits: [
      {
        file: COUNTING,
        replace: '...errorFields(cause.cause ?? cause)',
        by: 'error: (cause.cause as Error | undefined)?.message',
      },
    ],
  },
  {
    name: 'a handler throws what AWS said',
    caughtBy: 'Private',
    edits: [{ file: LOG, replace: 'if (error instanceof OwnError)', by: 'if (error instanceof Error)' }],
  },
  {
    name: 'an answer without a list is an empty region',
    caughtBy: 'Truth',
    edits: [
      {
        file: VIDEO,
        replace: "if (!Array.isArray(entries)) throw malformed('The answer holds no list.');",
        by: '',
      },
      {
        file: VIDEO,
        replace: 'const streams = entries.map(',
        by: 'const streams = ((entries ?? []) as unknown[]).map(',
      },
    ],
  },
  {
    name: 'an empty list beside an error is an empty region',
    caughtBy: 'Truth',
    edits: [{ file: 'src/aws/as-it-came.ts', replace: 'kept !== undefined && tellsOfAnError(kept)', by: 'false' }],
  },
  {
    name: 'what lies in another region counts in this one',
    caughtBy: 'Truth',
    edits: [{ file: VIDEO, replace: '(named.region || region) !== region', by: 'named.region === undefined' }],
  },
  {
    name: 'an ARN that names another thing is that of this one',
    caughtBy: 'Truth',
    edits: [{ file: VIDEO, replace: '(name || named.name) !== named.name', by: 'named.name === undefined' }],
  },
  {
    name: 'an empty token goes on',
    caughtBy: 'Excused',
    edits: [{ file: VIDEO, replace: " || nextToken === ''", by: '' }],
  },
  {
    name: 'the lease is never renewed',
    caughtBy: 'Bounded',
    edits: [{ file: LEASE, replace: 'renewal = renewal.then(() => delay(deps, message, leaseMs));', by: '' }],
  },
  {
    name: 'ages are counted from the deadline',
    caughtBy: 'Truth',
    edits: [{ file: COUNTING, replace: 'Date.parse(task.runId)', by: 'Date.parse(task.deadlineAt)' }],
  },
  {
    name: 'ages are counted from when the region is counted',
    caughtBy: 'Truth',
    edits: [{ file: COUNTING, replace: 'Date.parse(task.runId)', by: 'Date.parse(startedAt)' }],
  },
  {
    name: 'a count is said to start when it ends',
    caughtBy: 'Honest',
    edits: [
      {
        file: COUNTING,
        replace: 'startedAt,\n    endedAt',
        by: 'startedAt: base.recordedAt,\n    endedAt',
      },
    ],
  },
  {
    name: 'a count is said to end when it starts',
    caughtBy: 'Honest',
    edits: [{ file: COUNTING, replace: 'endedAt: base.recordedAt', by: 'endedAt: startedAt' }],
  },
  {
    name: 'a stream that is listed twice counts twice',
    caughtBy: 'Truth',
    edits: [
      {
        file: TALLY,
        replace: 'if (!arns.add(hashOf(only ?? arn, hash))) return false;',
        by: 'arns.add(hashOf(only ?? arn, hash));',
      },
    ],
  },
  {
    name: 'nobody is told of repeats',
    caughtBy: 'Once',
    edits: [{ file: COUNTING, replace: '...(repeated > 0 && { repeated }),', by: '' }],
  },
  {
    name: 'branches are believed, whatever the list has shown',
    caughtBy: 'Truth',
    edits: [
      {
        file: AUDIT,
        replace: "if (lost.length > Math.max(few, MAY_BE_GONE * shown)) verdict = 'refuted';",
        by: "if (way === 'branches') verdict = 'believed';",
      },
    ],
  },
  {
    name: 'a few streams that are not found are taken for gone',
    caughtBy: 'Truth',
    schedule: hiding,
    edits: [{ file: AUDIT, replace: 'else if (lost.length === 0)', by: 'else if (lost.length <= LOOKED_UP)' }],
  },
  {
    name: 'a stream that is looked up, and is there, is taken for gone',
    caughtBy: 'Truth',
    schedule: hiding,
    edits: [
      {
        file: AUDIT,
        replace: 'if (asked.some((one) => one !== control && there',
        by: 'if (asked.some((one) => !one.arn && there',
      },
    ],
  },
  {
    name: 'whoever may not look up streams takes them for gone',
    caughtBy: 'Truth',
    schedule: { ...hiding, regions: [{ ...hiding.regions[0]!, describes: 'denied' }] },
    edits: [{ file: AUDIT, replace: "way === 'list' ? 'believed' : 'refuted'", by: "'believed'" }],
  },
  {
    name: 'every region is read twice',
    caughtBy: 'Cheap',
    edits: [
      {
        file: WORKER,
        replace: 'const known = await deps.ledger.readRunAndRecord(task, region, task.previous, organization);',
        by: 'await deps.ledger.readRunAndRecord(task, region, task.previous, organization);\n    const known = await deps.ledger.readRunAndRecord(task, region, task.previous, organization);',
      },
    ],
  },
  {
    name: 'a region that is missing now is taken for streams that went',
    caughtBy: 'Compared',
    edits: [
      { file: COMPARISON, replace: 'one.before !== null && one.now !== null', by: 'one.before !== null' },
      {
        file: COMPARISON,
        replace: 'one.before === null || gap === undefined ? []',
        by: 'one.before !== null || gap === undefined ? []',
      },
    ],
  },
  {
    name: 'a region that both miss is told as missing only now',
    caughtBy: 'Compared',
    edits: [{ file: COMPARISON, replace: 'before === null ? (gaps', by: 'before !== null ? (gaps' }],
  },
];

/** These make no number wrong: a large region is counted by its list after all, which takes longer (large.ts). */
export const SLOW_BUGS: readonly (Omit<Bug, 'caughtBy'> & { region: string })[] = [
  {
    name: 'a stream that is younger than the counting is held against branches',
    region: 'of which lists by prefix are two minutes old',
    edits: [
      { file: 'src/census/listing/evidence.ts', replace: 'const MARGIN_MS = 5 * 60_000;', by: 'const MARGIN_MS = 0;' },
    ],
  },
  {
    name: 'a stream that was deleted meanwhile is held against branches',
    region: 'of which 2 % change meanwhile',
    edits: [
      {
        file: AUDIT,
        replace: 'else if (!mayAskNames) unanswered();',
        by: "else verdict = 'refuted';",
      },
    ],
  },
  {
    name: 'another stream of the same name is taken for the one that was shown',
    region: 'of which 2 % change meanwhile',
    edits: [
      { file: AUDIT, replace: 'one !== control && there.includes(one.arn)', by: 'one !== control && there.length > 0' },
    ],
  },
  {
    name: 'whoever may not look up streams has no branches',
    region: 'without the permission to describe a stream',
    edits: [
      {
        file: 'src/census/listing/inquiry.ts',
        replace: 'doWithoutNamesakes(inquiry.region);',
        by: 'giveUpBranches(inquiry);',
      },
    ],
  },
];
