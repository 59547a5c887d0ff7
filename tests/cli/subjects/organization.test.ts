/** Runs of the organisation: who is asked for where nobody says it, what it costs, and what is refused in a sentence. */

import { misfits } from '../../../infra/openapi/schemas.ts';
import { MEMBER, manyAccounts, organizationStory } from '../../fixtures/organization.ts';
import { story } from '../../fixtures/story.ts';
import { cleanUp, makeIo, startLedger, type TestLedger } from '../world.ts';

let together: TestLedger;
let alone: TestLedger;
beforeAll(async () => {
  [together, alone] = [await startLedger(), await startLedger()];
  await together.fillOrganization(organizationStory());
  await alone.fill(story());
});
afterAll(cleanUp);

async function requestsOf(ledger: TestLedger, line: string): Promise<string[]> {
  ledger.requests.length = 0;
  await ledger.ask(line);
  return [...ledger.requests];
}

describe('Where nobody says whose runs are asked for', () => {
  test.each(['latest', 'runs', 'run latest', 'explain latest', 'diff', 'why', 'headroom', 'export --format csv'])(
    '%s asks of the organisation, if the account is counted with others',
    async (line) => {
      const found = await together.ask(line);
      const named = await together.ask(`${line} --account organization`);
      expect(found.err).toBe('');
      const words = (text: string) => text.replaceAll(/\s+/g, ' ').replaceAll(' --account organization', '');
      expect(words(found.out)).toBe(words(named.out));
    },
  );

  test('a run that is named by its id is that of the organisation', async () => {
    const { out } = await together.ask('run 2026-11-20T06:00:00Z');
    expect(out).toContain('48,395 streams in 6 of 8 accounts');
  });

  test.each([
    ['latest', ['Query', 'BatchGetItem']],
    ['runs', ['Query']],
    ['run 2026-11-20T06:00:00Z', ['Query']],
    ['explain latest', ['Query', 'Query', 'BatchGetItem']],
    ['export --format ndjson --last 1', Array(20).fill('Query')],
  ])('%s of an account that is counted alone costs what it costs with --account', async (line, requests) => {
    expect(await requestsOf(alone, line)).toEqual(requests);
    expect(await requestsOf(alone, `${line} --account ${MEMBER.hub}`)).toEqual(requests);
  });

  test('one request finds out that the account is counted with others', async () => {
    const named = await requestsOf(together, 'latest --account organization');
    expect(await requestsOf(together, 'latest')).toEqual(['Query', ...named]);
  });

  test('a run that is not there is missing from those of the organisation, if the newest of the account is part of one', async () => {
    const { err } = await together.ask('run 2025-01-01');
    expect(err).toMatch(/^error: No run of the organisation begins with 2025-01-01 in /);
  });

  test('one of the organisation is found, also where the account was not counted with it then', async () => {
    const some = await startLedger();
    const [first, ...later] = organizationStory();
    if (first === undefined) throw new Error('no run');
    await some.fillOrganization([{ ...first, accounts: first.accounts.slice(1) }, ...later]);
    const { out, err } = await some.ask(`run ${first.run.runId}`);
    expect([err, out.split('\n')[0]]).toEqual(['', expect.stringContaining(' accounts')]);
  });

  test('where one is counted and there is no run of the own account, it is the organisation', async () => {
    const others = await startLedger();
    await others.fillOrganization(organizationStory().map((past) => ({ ...past, accounts: past.accounts.slice(1) })));
    const { out } = await others.ask('latest');
    expect(out).toContain('48,395 streams in 6 of 8 accounts');
  });

  test('an account of the organisation can be asked for by itself', async () => {
    const { out, code } = await together.ask(`latest --account ${MEMBER.storesEurope}`);
    expect(out).toContain('17,073 streams in 3 of 4 regions');
    expect(code).toBe(2);
  });
});

describe('What cannot be answered is one sentence', () => {
  const refusal = async (ledger: TestLedger, line: string) => {
    const { code, out, err } = await ledger.ask(line);
    expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({ code: 1, out: '', lines: 1 });
    return err;
  };

  test.each([
    ['latest --account 999999999999', 'the newest run of the organisation, 2026-11-20T06:00:00Z, does not name it'],
    [`latest --account ${MEMBER.sandbox}`, 'it is closed, so it is not asked'],
    ['region eu-west-1', 'name one with --account, as in `kvs-census region eu-west-1 --account ID --local`'],
    ['headroom --above 60', 'leave --above out'],
    ['latest --reason throttled', 'Of 9 accounts of the run none misses anything as throttled'],
    [`latest --verdict partial --account ${MEMBER.hub}`, 'these runs are of one account: leave it out'],
    [`export --format csv --by account --account ${MEMBER.hub}`, 'these runs are of one account: leave it out'],
  ])('%s', async (line, sentence) => {
    expect(await refusal(together, line)).toContain(sentence);
  });

  test('the organisation, in a ledger without one', async () => {
    expect(await refusal(alone, 'latest --account organization')).toContain(
      'There are no runs of the organisation in the local stack',
    );
  });

  test('an account that lets nobody in', async () => {
    const ledger = await startLedger();
    await ledger.fillOrganization(organizationStory().slice(-1));
    expect(await refusal(ledger, `latest --account ${MEMBER.doorbells}`)).toContain(
      'because no-access: the account does not',
    );
  });
});

describe('For other programs', () => {
  const lines = async (line: string) => (await together.ask(line)).out.trimEnd().split('\n');

  test('CSV has a line for a run, and by account one for each of its accounts', async () => {
    expect((await lines('export --format csv --last 2')).slice(1)).toEqual([
      'organization,2026-11-20T06:00:00Z,partial,48395,8,4,18,16,streams',
      'organization,2026-11-20T00:00:00Z,partial,43847,8,5,19,18,streams',
    ]);
    const [head, first, , third] = await lines('export --format csv --by account --last 1');
    expect(head).toMatch(/^account_id,account_name,run_id,/);
    expect(first).toBe('444455556666,Doorbells,2026-11-20T06:00:00Z,partial,48395,failed,,,,no-access,,,,streams');
    expect(third).toBe('111122223333,Stores Europe,2026-11-20T06:00:00Z,partial,48395,partial,17073,4,3,,,,,streams');
  });

  test('an account of which there is nothing has no sample, and nothing is told by account unless somebody asks', async () => {
    const samples = await lines('export --format prometheus');
    expect(samples).toContain('kvs_census_total_streams{account="organization",kind="streams"} 48395');
    expect(samples.filter((line) => line.includes('kvs_census_account_'))).toEqual([]);
    const each = await lines('export --format prometheus --by account');
    const streams = each.filter((line) => line.startsWith('kvs_census_account_streams{'));
    expect(streams).toHaveLength(6);
    expect(streams[0]).toBe(
      'kvs_census_account_streams{kind="streams",account="111122223333",name="Stores Europe"} 17073',
    );
    expect(streams.join()).not.toContain(MEMBER.doorbells);
  });

  test('runs are found by their verdict, and by a reason of an account or of a region', async () => {
    const ids = async (line: string) =>
      JSON.parse((await together.ask(`${line} --json`)).out).runs.map(({ runId }: { runId: string }) => runId);
    expect(await ids('runs --verdict complete')).toEqual(['2026-11-19T12:00:00Z', '2026-11-19T06:00:00Z']);
    expect(await ids('runs --reason suspended')).toEqual(['2026-11-20T06:00:00Z']);
    expect(await ids('runs --reason denied')).toEqual(['2026-11-20T06:00:00Z', '2026-11-20T00:00:00Z']);
  });
});

describe('A stack whose account is counted with others', () => {
  test('is shown by the run of the organisation, and by that of its own account beneath it', async () => {
    const { out } = await together.ask('status');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'Last run 2026-11-20T06:00:00Z (2 h ago) of the organisation: partial, 48,395 streams; 4 of 8 accounts complete of this account 2026-11-20T06:00:00Z (2 h ago): complete, 3 streams in 3 of 3 regions',
    );
    expect(misfits(JSON.parse((await together.ask('status --json')).out))).toEqual([]);
  });

  test('is not said to be complete because its own account is', async () => {
    const { findings } = JSON.parse((await together.ask(`doctor --json --account ${MEMBER.hub}`)).out);
    const lastRun = findings.find(({ check }: { check: string }) => check === 'last-run');
    expect(lastRun.what).toContain('The last run of the organisation was 2026-11-20T06:00:00Z');
  });
});

test('more than a thousand accounts are shown at ease: those in trouble, the largest of the others, and how many more there are', async () => {
  const ledger = await startLedger();
  await ledger.fillOrganization(manyAccounts(1_200));
  const { out } = await ledger.ask('latest', makeIo(ledger.folder(), { width: 100 }));
  const rows = out.split('\n').filter((line) => /^Fleet \d+ /.test(line));
  expect(rows).toHaveLength(20);
  expect(out).toContain('(+1,180 accounts: --wide)');
  const wide = await ledger.ask('latest --wide', makeIo(ledger.folder(), { width: 100 }));
  expect(wide.out.split('\n').filter((line) => /^Fleet \d+ /.test(line))).toHaveLength(1_200);
  const sought = await ledger.ask('latest --reason no-access', makeIo(ledger.folder(), { width: 100 }));
  expect(sought.out.split('\n').filter((line) => /^Fleet \d+ /.test(line))).toHaveLength(1);
});
