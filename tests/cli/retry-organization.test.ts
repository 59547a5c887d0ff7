/** `kvs-census retry` of a run of the organisation: what the dispatcher is asked for, and what is refused. */
import { misfits } from '../../infra/openapi/schemas.ts';
import { MEMBER, type OrganizationPast, organizationStory } from '../fixtures/organization.ts';
import {
  command,
  messagesIn,
  noteStack,
  putOrganization,
  RUN_ID,
  stack,
  startStack,
  stopStack,
  until,
} from './commands/stack.ts';
import { NOW_MS } from './world.ts';

beforeEach(async () => {
  await startStack();
  await putOrganization(newest);
});
afterEach(stopStack);

const newest = organizationStory().at(-1) as OrganizationPast;
const given = () =>
  until(() => stack.lines.map(({ line }) => line).find((line) => line.includes('"given"'))).then(
    (line) => JSON.parse(line).given,
  );

test('asks the dispatcher for the next round, of all of which something is missing', async () => {
  const { code, out } = await command('retry latest --account organization');
  expect(code).toBe(0);
  expect(out.replaceAll(/\s+/g, ' ')).toBe(
    `The dispatcher was asked to open round 1 of the run ${RUN_ID} of the organisation, for 4 accounts: Stores Europe (${MEMBER.storesEurope}), Factories (${MEMBER.factories}), Doorbells (${MEMBER.doorbells}) and Lab (${MEMBER.lab}). Follow it with: kvs-census watch ${RUN_ID} --local --account organization `,
  );
  expect(await given()).toEqual({ runId: RUN_ID, retry: { kind: 'streams', round: 1 } });
});

test('asks for the accounts that are named, and says so as JSON', async () => {
  const { out } = await command(`retry latest ${MEMBER.factories} --account organization --json`);
  expect(misfits(JSON.parse(out))).toEqual([]);
  expect(await given()).toEqual({ runId: RUN_ID, retry: { kind: 'streams', round: 1, accounts: [MEMBER.factories] } });
});

test('goes on with a round that is open, and whose accounts were not all asked', async () => {
  const { run } = newest;
  const open = {
    ...run,
    round: 1,
    pending: [MEMBER.factories],
    deadlineAt: '2026-11-20T09:30:00.000Z',
    sweep: 'OPEN' as const,
  };
  await putOrganization({ ...newest, run: open });
  const { out } = await command('retry latest --account organization');
  expect(out).toContain('to go on with round 1');
  expect(await given()).toEqual({ runId: RUN_ID, retry: { kind: 'streams', round: 1 } });
});

test.each([
  [`retry latest ${MEMBER.hub} --account organization`, 'has counted the account'],
  ['retry latest 999999999999 --account organization', 'was not to count the account'],
  ['retry latest eu-west-1 --account organization', 'is not twelve digits'],
])('%s is refused, and nothing is asked', async (line, sentence) => {
  const { code, err } = await command(line);
  expect({ code, lines: err.trimEnd().split('\n').length }).toEqual({ code: 1, lines: 1 });
  expect(err).toContain(sentence);
  expect(stack.lines.filter(({ line: one }) => one.includes('"given"'))).toEqual([]);
});

describe('With --wait', () => {
  test('it is followed from the round on that was asked for, until that has settled', async () => {
    let looks = 0;
    const sleep = async () => {
      looks += 1;
      // The dispatcher opens the round, and what was asked again is counted.
      if (looks === 3) await putOrganization(retried());
    };
    const { code, out } = await command('retry latest --wait --account organization', { sleep });
    expect(code).toBe(2);
    expect(out).toContain('Factories (333344445555) counted: 5,103 streams in 3 regions');
    expect(looks).toBe(3);
  });

  test('a round that nobody opens is one sentence', async () => {
    let nowMs = NOW_MS;
    const sleep = async (ms: number) => {
      nowMs += ms;
    };
    const { code, err } = await command('retry latest --wait --account organization', { sleep, nowMs: () => nowMs });
    expect(code).toBe(1);
    expect(err).toContain(`Round 1 of the run ${RUN_ID} was not opened within 120 s`);
  });
});

function retried(): OrganizationPast {
  const { run, records, accounts } = newest;
  const again = records.map((record) => {
    if (record.accountId !== MEMBER.factories || record.status !== 'settled') return record;
    const { reasons: _, missing: __, ...rest } = record;
    const recordedAt = '2026-11-20T08:00:03.000Z';
    return { ...rest, round: 1, verdict: 'complete' as const, counted: 3, tally: { streams: 5_103 }, recordedAt };
  });
  return { run: { ...run, round: 1, dispatchedRound: 1 }, records: again, accounts };
}

test('a run that is a day old is not mixed with what is counted now, unless somebody insists', async () => {
  const nowMs = () => Date.parse(RUN_ID) + 25 * 3_600_000;
  const refused = await command('retry latest --account organization', { nowMs });
  expect(refused.err).toContain('more than 24 h old');
  expect((await command('retry latest --force --account organization', { nowMs })).code).toBe(0);
  noteStack();
});

test('the regions of an account are asked again for that account, by the topic of the stack', async () => {
  const { code, out } = await command(`retry latest --account ${MEMBER.factories}`);
  expect(code).toBe(0);
  expect(out).toContain('Asked again: 1 region, eu-west-1.');
  const tasks = (await messagesIn('RegionTasksQueue')).map((body) => JSON.parse(body));
  expect(tasks).toMatchObject([{ accountId: MEMBER.factories, runId: RUN_ID, region: 'eu-west-1', round: 1 }]);
});
