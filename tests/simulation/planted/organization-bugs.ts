/** Planted bugs of organisations, whose plan is accounts: see bugs.ts. They are looked for among schedules that count one. */
import type { RegionWorld } from '../../judging/region-world.ts';
import type { Fault, Mishap, Site } from '../faults.ts';
import type { AccountWorld, OrganizationWorld } from '../organization.ts';
import type { Schedule } from '../schedule.ts';
import type { Bug } from './bugs.ts';

const SETTLE_RUN = 'src/functions/settling/settle-run.ts';
const ACCOUNT_RUN = 'src/functions/settling/account-run.ts';
const DISPATCHING = 'src/functions/dispatching/organization-run.ts';
const REQUESTS = 'src/aws/organization-requests.ts';
const SESSIONS = 'src/aws/sessions.ts';
const LIST_PAGE = 'src/aws/list-page.ts';
const TOPIC = 'src/aws/topic.ts';
const ITEMS = 'src/aws/organization-items.ts';
const RUN = 'src/census/organization/run.ts';
const RECORD = 'src/census/organization/account-record.ts';
const SETTLE = 'src/census/organization/settle.ts';
const ACCOUNTS = 'src/census/organization/accounts.ts';
const RETRY = 'src/census/organization/retry.ts';
const QUICK_TRY = 'src/census/quick-try.ts';
const STANDING = 'src/census/standing.ts';

const region = (name: string, own: Partial<RegionWorld> = {}): RegionWorld => ({
  region: name,
  streams: 3,
  pageSizes: [20],
  ...own,
});

const organizationOf = (...members: AccountWorld[]): Schedule => ({
  seed: 1,
  regions: [region('eu-west-1')],
  organization: { members, list: [] },
  runs: [0],
  retries: [],
  faults: [],
  healAfterS: 3600,
});

/** An account that has no run at first, and one later, after runs are kept for less long. */
const LATE_AND_SHORT: Schedule = {
  ...organizationOf({ regions: [region('eu-west-1')], role: [{ how: 'refused', untilS: 1800 }] }),
  retries: [{ atS: 9000, run: 0, account: 'organization' }],
  faults: [{ kind: 'retention', fromS: 3600, days: 2 }],
};

/** In the table lies a run that no organisation has opened, and somebody sends a task of it. */
const STRANGER: Schedule = {
  ...organizationOf({ regions: [region('eu-west-1')] }),
  faults: [{ kind: 'stray', what: 'task of a stranger', account: 1, atS: 60 }],
};

/** The stack counts its own account, and is redeployed to count all while its dispatcher is at it. */
const REDEPLOYED: Schedule = {
  ...organizationOf({ regions: [region('eu-west-1')] }),
  organization: { members: [{ regions: [region('eu-west-1')] }], list: [], fromS: 30 },
  faults: [{ kind: 'request', site: 'dispatcher.markDispatched', nth: 1, mishap: 'crash before' }],
};

const times = (site: Site, mishap: Mishap, most: number) =>
  Array.from({ length: most }, (_, index): Fault => ({ kind: 'request', site, nth: index + 1, mishap, account: 1 }));

/** Whoever settled the run of an account dies each time before the organisation is told. */
const UNTOLD: Schedule = {
  ...organizationOf({ regions: [region('eu-west-1')] }),
  faults: times('aggregator.writeAccountRecord', 'crash before', 3),
};

/** What the first look at an account came to is written half a minute late, when it has been asked again. */
const OVERTAKEN: Schedule = {
  ...organizationOf({ regions: [region('eu-west-1', { troubles: [{ how: 'not-enabled', until: 8 }] })] }),
  retries: [{ atS: 12, run: 0, account: 1 }],
  faults: times('aggregator.writeAccountRecord', 'carried out late', 1),
};

/** Nothing about one of the accounts is ever read or written. */
const UNKNOWN: Schedule = {
  ...organizationOf({ regions: [region('eu-west-1')] }),
  faults: [{ kind: 'outage', service: 'ledger', fromS: 0, forS: 9000, account: 1 }],
  healAfterS: 9000,
};

/** Two runs, and what Organizations tells of the accounts between them. */
const twice = (organization: Partial<OrganizationWorld>): Schedule => {
  const one = organizationOf({ regions: [region('eu-west-1')] });
  return { ...one, organization: { ...one.organization!, ...organization }, runs: [0, 3600], healAfterS: 7200 };
};

const UNLISTED = twice({
  list: [
    { how: 'slow', untilS: 1800 },
    { how: 'denied', untilS: 7200 },
  ],
});
const LEFT = twice({ members: [{ regions: [region('eu-west-1')], leavesAtS: 1800 }] });
const OWN_LEFT_OUT: Schedule = {
  ...organizationOf({ regions: [region('eu-west-1')] }),
  organization: { members: [{ regions: [region('eu-west-1')] }], list: [{ how: 'leaves out all', untilS: 30 }] },
};
const UNREACHABLE: Schedule = organizationOf({
  regions: [region('eu-west-1')],
  role: [{ how: 'unreachable', untilS: 120 }],
});
const ANOTHER_SESSION: Schedule = organizationOf(
  { regions: [region('eu-west-1')], role: [{ how: 'another', untilS: 120 }] },
  { regions: [region('eu-west-1')] },
);
const OF_ANOTHER: Schedule = organizationOf({
  regions: [region('eu-west-1', { troubles: [{ how: 'malformed', until: 60 }] })],
});

/** A role that is refused for so long that the account has no run. */
const WITHOUT_RUN: Schedule = {
  ...organizationOf({ regions: [region('eu-west-1')], role: [{ how: 'refused', untilS: 1800 }] }),
  retries: [{ atS: 9000, run: 0, account: 'organization' }],
};

/** The strike for a retry of one account is carried out when all of it has been retried, and the account is at it. */
const STRUCK_LATE: Schedule = {
  ...organizationOf({
    regions: [
      region('eu-west-1', { troubles: [{ how: 'not-enabled', until: 60 }] }),
      region('us-east-1', {
        troubles: [
          { how: 'not-enabled', until: 105 },
          { how: 'server-error', until: 3600 },
        ],
      }),
    ],
  }),
  regions: [region('eu-west-1'), region('us-east-1')],
  retries: [
    { atS: 100, run: 0, account: 1 },
    { atS: 110, run: 0, account: 'organization' },
  ],
  faults: [{ kind: 'request', site: 'aggregator.strikeAccount', nth: 3, mishap: 'carried out late' }],
};

/** What a dispatcher that was refused twice says is carried out late, when another has counted the account. */
const REFUSED_LATE: Schedule = {
  ...organizationOf({ regions: [region('eu-west-1')], role: [{ how: 'refused', untilS: 15 }] }),
  faults: [
    ...times('dispatcher.writeAccountRecord', 'carried out late', 1),
    { kind: 'trigger', nth: 0, how: 'twice', byS: 25 },
  ],
};

const dark = [region('eu-west-1'), region('us-east-1', { troubles: [{ how: 'hang', until: 'never' }] })];
/** A region answers nobody. */
const DARK: Schedule = { ...organizationOf({ regions: dark }, { regions: dark }, { regions: dark }), regions: dark };

export const ORGANIZATION_BUGS: readonly Bug[] = [
  {
    name: 'the run of an account is marked settled before the organisation is told of it',
    caughtBy: 'Terminates',
    schedule: UNTOLD,
    edits: [
      { file: SETTLE_RUN, replace: '    await level.passOn(run, stored, !waiting);\n', by: '' },
      {
        file: SETTLE_RUN,
        replace: "(run, isNew ? stored.rev : run.rev, forSweep)) === 'settled') return;",
        by: "(run, isNew ? stored.rev : run.rev, forSweep)) === 'settled') return await level.passOn(run, stored, true);",
      },
    ],
  },
  {
    name: 'an account is struck before its record is written',
    caughtBy: 'Asked',
    edits: [
      {
        file: ACCOUNT_RUN,
        replace: '  await ledger.writeAccountRecord(accountRecordOf({ ...run, parent }, total, recordedAt), parent);\n',
        by: '',
      },
      {
        file: ACCOUNT_RUN,
        replace: 'if (await ledger.strikeAccount(organization, parent, ended)) await sendNudge(organization);',
        by: 'const isLast = await ledger.strikeAccount(organization, parent, ended);\n  await ledger.writeAccountRecord(accountRecordOf({ ...run, parent }, total, recordedAt), parent);\n  if (isLast) await sendNudge(organization);',
      },
    ],
  },
  {
    name: 'an older look at the run of an account replaces a newer one',
    caughtBy: 'Monotone',
    schedule: OVERTAKEN,
    edits: [
      {
        file: REQUESTS,
        replace: "const OLDER = '(#round < :round OR (#round = :round AND #rev <= :rev))';",
        by: "const OLDER = '(attribute_exists(#rev) AND :round = :round AND :rev = :rev)';",
      },
    ],
  },
  {
    name: 'a role that is refused takes the number of an account away',
    caughtBy: 'Monotone',
    schedule: REFUSED_LATE,
    edits: [
      {
        file: REQUESTS,
        replace: '} AND #round <= :round`;',
        by: '} OR #round <= :round`;',
      },
    ],
  },
  {
    name: 'an account of which nothing is known is not missing',
    caughtBy: 'Honest',
    schedule: UNKNOWN,
    edits: [
      {
        file: SETTLE,
        replace: "  if (record?.status !== 'settled') {",
        by: "  if (record === undefined) return undefined;\n  if (record.status !== 'settled') {",
      },
    ],
  },
  {
    name: 'an account that is partial is not missing',
    caughtBy: 'Honest',
    edits: [{ file: SETTLE, replace: "if (record.verdict === 'complete') return undefined;", by: 'return undefined;' }],
  },
  {
    name: 'what an account that is partial has counted is left out',
    caughtBy: 'Truth',
    edits: [
      {
        file: SETTLE,
        replace: "record.status === 'settled' && ids.has(record.accountId))",
        by: "record.status === 'settled' && record.verdict === 'complete' && ids.has(record.accountId))",
      },
    ],
  },
  {
    name: 'the run of the organisation waits no longer than those of its accounts',
    caughtBy: 'Planned',
    edits: [
      {
        file: DISPATCHING,
        replace: 'const { organizationDeadlineMs: deadlineAfterMs, retentionDays } = config;',
        by: 'const { runDeadlineMs: deadlineAfterMs, retentionDays } = config;',
      },
    ],
  },
  {
    name: 'where the accounts cannot be listed the first of the last run is left out',
    caughtBy: 'Planned',
    schedule: UNLISTED,
    edits: [
      {
        file: ACCOUNTS,
        replace: 'accounts: rememberedIn(before), source',
        by: 'accounts: rememberedIn(before).slice(1), source',
      },
    ],
  },
  {
    name: 'an account that is in the list no more is forgotten',
    caughtBy: 'Planned',
    schedule: LEFT,
    edits: [{ file: ACCOUNTS, replace: 'inOrder([...accounts, ...left])', by: 'inOrder([...accounts])' }],
  },
  {
    name: 'a list that leaves out the own account is believed',
    caughtBy: 'Planned',
    schedule: OWN_LEFT_OUT,
    edits: [
      {
        file: ACCOUNTS,
        replace: "|| namesOwn ? answer : { because: 'bad-answer' }",
        by: "|| namesOwn || true ? answer : { because: 'bad-answer' }",
      },
    ],
  },
  {
    name: 'an account that is set aside and held something is not missing',
    caughtBy: 'Honest',
    edits: [
      {
        file: RUN,
        replace: 'return setAside === undefined || (lastKnown',
        by: 'return setAside === undefined && (lastKnown === undefined || lastKnown',
      },
    ],
  },
  {
    name: 'an account is set aside, and nobody looks up what it held',
    caughtBy: 'Planned',
    edits: [{ file: DISPATCHING, replace: 'found.set(accountId, total);', by: 'found.set(accountId, null);' }],
  },
  {
    name: 'of an account that refuses it is said that nothing ever was counted there',
    caughtBy: 'Remembered',
    edits: [
      {
        file: DISPATCHING,
        replace: 'const lastKnown = await lastTotal(deps, accountKeyOf(run, accountId));',
        by: 'const lastKnown = null;',
      },
    ],
  },
  {
    name: 'a lost region is forgotten when its account is put on record',
    caughtBy: 'Remembered',
    edits: [{ file: RECORD, replace: 'lost: lostRegions(total)', by: 'lost: 0' }],
  },
  {
    name: 'what is not known to be lost is taken for not lost',
    caughtBy: 'Remembered',
    edits: [
      {
        file: SETTLE,
        replace: 'return lastKnown === undefined ? undefined : lastKnown !== null;',
        by: 'return lastKnown !== undefined && lastKnown !== null;',
      },
    ],
  },
  {
    name: 'an account of which some regions are lost is not counted among those that lost something',
    caughtBy: 'Remembered',
    edits: [
      {
        file: SETTLE,
        replace: 'return record.lost === undefined ? undefined : record.lost > 0;',
        by: 'return record.lost === undefined ? undefined : false;',
      },
    ],
  },
  {
    name: 'an account has no access after one refusal',
    caughtBy: 'Excused',
    edits: [
      { file: DISPATCHING, replace: 'await deps.clock.sleep(config.accessRetryMs);', by: '' },
      {
        file: 'src/functions/dispatching/members.ts',
        replace: 'accessAtLast: access(),',
        by: 'accessAtLast: async () => "refused" as const,',
      },
    ],
  },
  {
    name: 'whoever cannot be asked for a role is taken to have refused',
    caughtBy: 'Excused',
    schedule: UNREACHABLE,
    edits: [
      {
        file: SESSIONS,
        replace: "if (error instanceof CountError && error.reason === 'no-access') return 'refused';",
        by: "return 'refused';",
      },
    ],
  },
  {
    name: 'a strike of a round that is over strikes an account of the next',
    caughtBy: 'Asked',
    schedule: STRUCK_LATE,
    edits: [
      {
        file: REQUESTS,
        replace:
          "AND #round = :round`,\n    ExpressionAttributeNames: names('version', 'planId', 'round', 'pending', 'rev', 'sweep'),",
        by: "AND :round = :round`,\n    ExpressionAttributeNames: names('version', 'planId', 'pending', 'rev', 'sweep'),",
      },
    ],
  },
  {
    name: 'the organisation is not nudged when its last account is on record',
    caughtBy: 'Prompt',
    edits: [
      {
        file: ACCOUNT_RUN,
        replace: 'if (await ledger.strikeAccount(organization, parent, ended)) await sendNudge(organization);',
        by: 'await ledger.strikeAccount(organization, parent, ended);',
      },
    ],
  },
  {
    name: 'a retry forgets the accounts that have no run',
    caughtBy: 'Asked',
    schedule: WITHOUT_RUN,
    edits: [
      {
        file: RETRY,
        replace: 'const missing = gapsOf(run, records).map(',
        by: 'const missing = gapsOf(run, records).filter(({ regions }) => regions !== undefined).map(',
      },
    ],
  },
  {
    name: 'a run that was there already is not looked at again when it becomes part of an organisation',
    caughtBy: 'Terminates',
    schedule: REDEPLOYED,
    edits: [
      {
        file: REQUESTS,
        replace: "'SET #parent = :parent, #sweep = :open, #version = :version ADD #rev :one'",
        by: "'SET #parent = :parent, #version = :version ADD #rev :one'",
      },
      {
        file: DISPATCHING,
        replace: 'if (adopted.pending.length === 0 || isPastDeadline(adopted, clock.nowMs())) await sendNudge(key);',
        by: '',
      },
    ],
  },
  {
    name: 'a task of an account is obeyed that nobody has made part of an organisation',
    caughtBy: 'Apart',
    schedule: STRANGER,
    edits: [
      {
        file: STANDING,
        replace: 'ownerOf(task.censusId) !== accountId && run?.parent === undefined',
        by: 'ownerOf(task.censusId) !== accountId && run === undefined',
      },
    ],
  },
  {
    name: 'one session is used for every account',
    caughtBy: 'Apart',
    edits: [
      { file: SESSIONS, replace: 'const known = kept.get(accountId);', by: 'const known = [...kept.values()][0];' },
    ],
  },
  {
    name: 'a session of another account is taken',
    caughtBy: 'Apart',
    schedule: ANOTHER_SESSION,
    edits: [
      {
        file: SESSIONS,
        replace: "ASSUMED_ROLE.exec(AssumedRoleUser?.Arn ?? '')?.groups?.accountId !== accountId",
        by: 'AssumedRoleUser === undefined',
      },
    ],
  },
  {
    name: 'what STS has refused once is refused for ever',
    caughtBy: 'Excused',
    edits: [{ file: SESSIONS, replace: '      asked.delete(accountId);\n', by: '' }],
  },
  {
    name: 'what lies in another account is counted as if it lay in this one',
    caughtBy: 'Truth',
    schedule: OF_ANOTHER,
    edits: [{ file: LIST_PAGE, replace: '(named.owner || accountId) !== accountId', by: 'named.owner === undefined' }],
  },
  {
    name: 'the record of an account is taken for that of the account before it',
    caughtBy: 'Asked',
    edits: [
      {
        file: ITEMS,
        replace: 'wanted.has(accountId) ? [position] : []',
        by: 'wanted.has(accountId) ? [Math.max(0, position - 1)] : []',
      },
    ],
  },
  {
    name: 'people are mailed the total of every account',
    caughtBy: 'Told',
    edits: [
      {
        file: TOPIC,
        replace: 'kindOf(run.censusId) === STREAMS && run.parent === undefined',
        by: 'kindOf(run.censusId) === STREAMS',
      },
    ],
  },
  {
    name: 'a run that is opened in a later round is kept for as long as is set by then, and so is the record of its account',
    caughtBy: 'Kept',
    schedule: LATE_AND_SHORT,
    edits: [
      {
        file: 'src/functions/dispatching/account-run.ts',
        replace: '{ parent, expiresAt: parent.expiresAt }',
        by: '{ parent }',
      },
      {
        file: 'src/functions/settling/account-run.ts',
        replace: 'total, recordedAt), parent);',
        by: 'total, recordedAt), run);',
      },
    ],
  },
  {
    name: 'an account that fails keeps the others from being asked',
    caughtBy: 'Apart',
    schedule: UNKNOWN,
    edits: [
      {
        file: 'src/functions/dispatching/each.ts',
        replace: 'catch (error) {',
        by: 'catch (error) {\n      throw error;',
      },
      { file: 'src/functions/dispatching/each.ts', replace: 'Math.min(atATime, all.length)', by: '1' },
    ],
  },
  {
    name: 'the record of an account says how many regions it has, and not how many it counted',
    caughtBy: 'Truth',
    edits: [
      {
        file: RECORD,
        replace: '    counted,\n    ...(missing.length > 0',
        by: '    counted: expected,\n    ...(missing.length > 0',
      },
    ],
  },
  {
    name: 'a region that is dark for three accounts takes all of its time in the others',
    caughtBy: 'Quick',
    schedule: DARK,
    edits: [{ file: QUICK_TRY, replace: 'dark.length >= DARK_ACCOUNTS', by: 'dark.length > DARK_ACCOUNTS' }],
  },
];
