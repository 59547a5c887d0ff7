import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordItem } from '../../src/aws/items.ts';
import { run } from '../../src/cli/program.ts';
import { makeStackNote } from '../../src/cli/source/stack-note.ts';
import { ACCOUNT, counted, FOREVER, failed, history, type Past, settled } from './history.ts';
import { cleanUp, makeIo, startLedger, type TestLedger, temporaryFolder } from './world.ts';

const past = [...history({ runs: 8, everyMinutes: 360, isMissing: (n, region) => n === 7 && region === 'sa-east-1' })];
const [oldest, newest] = [past[0] as Past, past[7] as Past];
const complete = past[6] as Past;
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.fill(past);
});
afterAll(cleanUp);

describe('Exit codes', () => {
  test.each([
    ['latest', 2],
    [`run ${newest.run.runId}`, 2],
    [`run ${complete.run.runId}`, 0],
    ['explain latest', 2],
    [`explain ${complete.run.runId}`, 0],
    ['headroom', 2],
    ['headroom --days 90 --above 1', 2],
    ['runs', 0],
    ['region sa-east-1', 0],
    [`diff ${oldest.run.runId} ${complete.run.runId}`, 0],
    [`diff ${oldest.run.runId} latest`, 2],
    [`watch ${complete.run.runId}`, 0],
    ['watch', 2],
    ['run previous', 0],
    ['explain 2026-11-20T00', 0],
    ['watch latest~2', 0],
    ['diff yesterday latest', 2],
    ['runs --since yesterday --until previous', 0],
    ['region eu-west-1 --since 24h', 0],
    ['export --since latest~1 --until 2h', 0],
    ['runs --verdict partial --reason timed-out', 0],
    ['region sa-east-1 --reason timed-out', 0],
    ['export --format csv --verdict complete --last 3', 0],
    ['export --last 2', 0],
    ['export --format prometheus', 0],
  ])('%s: %d', async (line, expected) => {
    const { code, out, err } = await ledger.command(line);
    expect({ code, err }).toEqual({ code: expected, err: '' });
    expect(out).not.toBe('');
  });
});

describe('--json', () => {
  test.each<[string, string, number?]>([
    ['latest', 'latest', 2],
    ['runs', 'runs', 2],
    ['run latest', 'run'],
    ['region eu-west-1', 'region'],
    [`diff ${oldest.run.runId} latest`, 'diff'],
    ['why', 'why'],
    ['explain latest', 'explain', 2],
    ['headroom', 'headroom'],
    ['watch latest', 'run'],
  ])('%s is one document of the schema kvs-census/%s', async (line, schema, version = 1) => {
    const { out } = await ledger.command(`${line} --json`);
    expect(out.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({ schema: `kvs-census/${schema}/${version}`, accountId: ACCOUNT });
  });

  test('a region that is missing is null, never zero', async () => {
    const { regions } = JSON.parse((await ledger.command('latest --json')).out);
    const gap = regions.find(({ region }: { region: string }) => region === 'sa-east-1');
    expect(gap).toMatchObject({
      status: 'failed',
      streams: null,
      change: null,
      lastKnown: { runId: complete.run.runId },
    });
  });
});

test('--since and --until take days and instants; a day is all of it', async () => {
  const lines = async (options: string) =>
    JSON.parse((await ledger.command(`runs --json ${options}`)).out).runs.map(({ runId }: { runId: string }) => runId);
  expect(await lines('--since 2026-11-20')).toEqual(['2026-11-20T06:00:00Z', '2026-11-20T00:00:00Z']);
  expect(await lines('--until 2026-11-18')).toEqual(['2026-11-18T18:00:00Z', '2026-11-18T12:00:00Z']);
  expect(await lines('--since 24h --until previous')).toEqual([
    '2026-11-20T00:00:00Z',
    '2026-11-19T18:00:00Z',
    '2026-11-19T12:00:00Z',
  ]);
  expect(await lines('--since 2026-11-19T07:00:00+01:00 --until 2026-11-19T06:00:00Z')).toEqual([
    '2026-11-19T06:00:00Z',
  ]);
});

test('export writes a file only when it is whole', async () => {
  const io = makeIo(ledger.folder());
  expect((await ledger.command('export --format ndjson --out runs.ndjson', io)).code).toBe(0);
  expect(readFileSync(join(io.folder, 'runs.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(8);
  expect((await ledger.command('export --format ndjson --out new/folder/runs.ndjson', io)).code).toBe(0);
  expect(readFileSync(join(io.folder, 'new/folder/runs.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(8);
});

describe('Help', () => {
  test('names every command', async () => {
    const io = makeIo('.', { width: 100 });
    expect(await run(['--help'], io)).toBe(0);
    expect(io.out()).toMatchSnapshot();
  });

  test.each([
    'latest',
    'why',
    'runs',
    'run',
    'region',
    'diff',
    'explain',
    'headroom',
    'watch',
    'export',
    'report',
    'serve',
    'mcp',
    'retry',
    'redrive',
    'status',
    'doctor',
  ])('%s --help has examples, and so has help %s', async (name) => {
    const [one, other] = [makeIo('.', { width: 100 }), makeIo('.', { width: 100 })];
    expect(await run([name, '--help'], one)).toBe(0);
    expect(await run(['help', name], other)).toBe(0);
    expect(one.out()).toContain(`$ kvs-census ${name}`);
    expect(other.out()).toBe(one.out());
  });

  test('--version is that of the package', async () => {
    const io = makeIo('.');
    const file = fileURLToPath(new URL('../../package.json', import.meta.url));
    expect(await run(['--version'], io)).toBe(0);
    expect(io.out()).toBe(`${JSON.parse(readFileSync(file, 'utf8')).version}\n`);
  });

  test('an option before the command is told its place', async () => {
    const io = makeIo('.');
    expect(await run(['--stage', 'prod', 'latest'], io)).toBe(1);
    expect(io.err()).toBe(
      "error: unknown option '--stage'\nOptions stand behind the command: kvs-census latest --stage prod.\n",
    );
  });

  test('a typo gets a suggestion', async () => {
    for (const [args, suggestion] of [
      [['lates'], '(Did you mean latest?)'],
      [['runs', '--lst', '3'], '(Did you mean --last?)'],
    ] as const) {
      const io = makeIo('.');
      expect(await run(args, io)).toBe(1);
      expect(io.err()).toContain(suggestion);
    }
  });
});

describe('A command that is printed asks the same place', () => {
  const asked = `--local --account ${ACCOUNT}`;

  test.each([
    ['latest', `What to do: npx kvs-census explain ${newest.run.runId} ${asked}`],
    ['run latest', `What to do: npx kvs-census explain ${newest.run.runId} ${asked}`],
    ['watch', `What to do: npx kvs-census explain ${newest.run.runId} ${asked}`],
    ['explain latest', `  npx kvs-census retry ${newest.run.runId} ${asked}`],
    ['run 2026-01-01T00:00:00Z', `\`npx kvs-census runs ${asked}\``],
    ['runs --since 2027', `\`npx kvs-census runs ${asked}\``],
  ])('%s', async (line, hint) => {
    const { out, err } = await ledger.command(line, makeIo(ledger.folder(), { startedAs: 'npx kvs-census' }));
    expect(out + err).toContain(hint);
    expect(out + err).not.toMatch(/(?<!npx )kvs-census (explain|run|runs|watch|retry) /);
  });

  test('with all that was given of it', async () => {
    const io = makeIo(ledger.folder(), { startedAs: 'npx kvs-census' });
    await run(['latest', '--local', '--table', 'kvs-census-dev', '--account', ACCOUNT], io);
    expect(io.out()).toContain(
      `npx kvs-census explain ${newest.run.runId} --local --table kvs-census-dev --account ${ACCOUNT}\n`,
    );
  });

  test('help shows what was typed', async () => {
    const io = makeIo('.', { startedAs: 'npx kvs-census' });
    expect(await run(['runs', '--help'], io)).toBe(0);
    expect(io.out()).toMatch(/^Usage: npx kvs-census runs \[options\]\n/);
    expect(io.out()).toContain('\n  $ npx kvs-census runs --last 100');
  });
});

/** Of every answer: exit code 1, nothing on standard output, one sentence on standard error. */
async function refusal(line: string, from: TestLedger = ledger): Promise<string> {
  const { code, out, err } = await from.command(line);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  expect(err).toMatch(/^error: .*[.)]\n$/);
  return err;
}

describe('Bad input is one clear sentence', () => {
  test.each([
    [
      'run 2026-01-01T00:00:00Z',
      'There is no run 2026-01-01T00:00:00Z of the account 123456789012 in the local stack at',
    ],
    ['run tomorrow', '"tomorrow" names no run: expected an id such as 2026-11-20T06:00:00Z or its beginning, a day,'],
    ['run 2026-11-19', 'More than one run begins with 2026-11-19: say which of 2026-11-19T18:00:00Z, 2026-11-19T12:00'],
    ['explain latest~8', 'There is no run latest~8 in the local stack at'],
    ['run 2026-02-30T06:00:00Z', 'The run id "2026-02-30T06:00:00Z" is not an instant'],
    ['run', 'Name a run (an instant such as 2026-11-20T06:00:00Z, latest, yesterday), or start one with --now.'],
    ['run latest --now', 'A run is either named or started with --now, not both.'],
    ['run latest --wait', '--wait goes with --now'],
    [
      'runs --since 2026-02-30',
      'Expected a day such as 2026-11-20, an instant such as 2026-11-20T06:00:00Z, a time before now such as',
    ],
    ['runs --since 2026-11-20T06:00:00', 'Expected a day such as'],
    ['runs --since 24', 'Expected a day such as'],
    ['runs --last 0', 'Expected a whole number from 1 to 1000.'],
    ['headroom --days 13', 'Expected a whole number from 14 to 400.'],
    ['headroom --above 101', 'Expected a whole number from 1 to 100.'],
    ['headroom --above 0', 'Expected a whole number from 1 to 100.'],
    ['runs --last 1e2', 'Expected a whole number from 1 to 1000.'],
    [
      'runs --since 2027-01-01',
      'There are no runs of the account 123456789012 since 2027-01-01T00:00:00Z in the local stack at',
    ],
    [
      'export --since 2027-01-01 --until 2027-01-02',
      'There are no runs of the account 123456789012 since 2027-01-01T00:00:00Z and until 2027-01-02T23:59:59Z in',
    ],
    ...['runs', 'export', 'export --format csv', 'region eu-west-1', 'report --html never.html'].map((command) => [
      `${command} --since 2026-11-20 --until 2026-11-19`,
      '--since (2026-11-20T00:00:00Z) is later than --until (2026-11-19T23:59:59Z): exchange them, or leave one of them out.',
    ]),
    ...['export', 'export --format ndjson', 'export --format csv', 'export --format prometheus'].map((command) => [
      `${command} --kind channels`,
      'There are no runs of channels of the account 123456789012 in',
    ]),
    ['diff latest latest', 'Both names are of the run 2026-11-20T06:00:00Z: name another one to compare it with.'],
    ['region Ireland', '"Ireland" is not the name of an AWS region such as eu-west-1.'],
    ['region us-gov-west-1', 'None of the 8 runs looked at was to count us-gov-west-1. Counted are: af-south-1,'],
    ['export --format xml', 'Allowed choices are json, ndjson, csv, prometheus.'],
    ['runs --verdict open', 'Of 8 runs looked at none is open.'],
    ['runs --reason tired', 'Allowed choices are throttled, denied,'],
    ['export --format prometheus --reason denied', 'Prometheus keeps the history itself'],
    ['export --format prometheus --last 3', 'Prometheus keeps the history itself'],
    ['retry latest us-gov-west-1', 'The run 2026-11-20T06:00:00Z was not to count us-gov-west-1; missing: sa-east-1.'],
    ['retry latest eu-west-1', 'The run 2026-11-20T06:00:00Z has counted eu-west-1 already; missing: sa-east-1.'],
    ['retry latest Ireland', '"Ireland" is not the name of an AWS region such as eu-west-1.'],
    [`retry ${complete.run.runId}`, `Nothing is missing from the run ${complete.run.runId}.`],
    ['redrive --send', 'Name the messages by their ids, or take --all.'],
    ['redrive 1234', 'Say what is to become of them: --send, or --delete --yes.'],
    ['latest --table nobody-has-this', 'The local ledger has no table nobody-has-this'],
    ['latest --stage --local', "argument '--local' is invalid. Expected a name, and not another option."],
    ['latest --account 1234', '"1234" is neither an account id, of twelve digits, nor organization.'],
  ])('%s', async (line, sentence) => {
    expect(await refusal(line)).toContain(sentence);
  });

  test('an account of which there are no runs', async () => {
    const io = makeIo(ledger.folder());
    expect(await run(['latest', '--local', '--account', '999999999999'], io)).toBe(1);
    expect(io.err()).toMatch(
      /^error: There are no runs of the account 999999999999 in .* yet: start the first one with `kvs-census run --now --wait --local --account 999999999999`, or check --account\.\n$/,
    );
  });

  test('no local ledger here', async () => {
    const io = makeIo(temporaryFolder());
    expect(await run(['latest', '--local'], io)).toBe(1);
    expect(io.err()).toMatch(/^error: There is no local ledger in .*\.kvs-census: run `npm start` first/);
  });

  test('--debug shows what was thrown', async () => {
    const io = makeIo(ledger.folder());
    expect(await run(['latest', '--local', '--table', 'nobody-has-this', '--debug'], io)).toBe(1);
    expect(io.err()).toContain('caused by ResourceNotFoundException');
  });
});

describe('A ledger that was damaged', () => {
  async function damaged(change: (own: TestLedger) => Promise<void>): Promise<TestLedger> {
    const own = await startLedger();
    await own.fill([complete, newest]);
    await change(own);
    return own;
  }
  const set = (UpdateExpression: string, value: string) => ({
    UpdateExpression,
    ExpressionAttributeNames: Object.fromEntries(
      (UpdateExpression.match(/#\w+/g) ?? []).map((name) => [name, name.slice(1)]),
    ),
    ExpressionAttributeValues: { ':value': { N: value } },
  });
  const region = { ...newest.run, region: 'eu-west-2' };
  const commands = ['latest', 'run latest', 'explain latest', 'export --last 1', `diff ${complete.run.runId} latest`];

  test.each(commands)(
    '%s: a count that was changed by hand is noticed, because the total does not add up any more',
    async (line) => {
      const own = await damaged(
        async (one) => await one.damage(region, set('SET #tally.#streams = :value REMOVE #tally.#facets', '1')),
      );
      expect(await refusal(line, own)).toMatch(
        /The total of the run 2026-11-20T06:00:00Z cannot be trusted, because it says \d+ streams, its region records add up to \d+/,
      );
    },
  );

  const untrusted = 'The total of the run 2026-11-20T06:00:00Z cannot be trusted, because it says 1 streams';
  const withAnotherTotal = async () =>
    await damaged(async (one) => await one.damage(newest.run, set('SET #total.#streams = :value', '1')));

  test.each(commands.filter((line) => !line.startsWith('export')))(
    '%s: a total that was changed by hand is noticed',
    async (line) => {
      expect(await refusal(line, await withAnotherTotal())).toContain(untrusted);
    },
  );

  test.each(['runs --json', 'export'])('%s: a total that was changed by hand is left out, and named', async (line) => {
    const own = await withAnotherTotal();
    const { code, out, err } = await own.command(line);
    const { runs, damaged: named } = JSON.parse(out);
    expect(code).toBe(1);
    expect(runs).toHaveLength(1);
    expect(named).toEqual([{ runId: newest.run.runId, region: null, problem: expect.stringContaining(untrusted) }]);
    expect(err).toContain(untrusted);
  });

  test.each(commands)('%s: a negative count is refused', async (line) => {
    const own = await damaged(async (one) => await one.damage(region, set('SET #tally.#streams = :value', '-1')));
    expect(await refusal(line, own)).toMatch(
      /item RUN#123456789012#2026-11-20T06:00:00Z REGION#eu-west-2 is damaged: tally\.streams/,
    );
  });

  test.each(commands)('%s: an item of a newer version is refused', async (line) => {
    const own = await damaged(async (one) => await one.damage(region, set('SET #version = :value', '4')));
    expect(await refusal(line, own)).toContain(
      'was written by a newer kvs-census (item version 4, this one reads up to 3); update this one.',
    );
  });

  test.each([...commands, 'why', 'region eu-west-2 --last 1', 'runs --last 1', 'watch latest'])(
    '%s: a run of a newer version is named',
    async (line) => {
      const own = await damaged(async (one) => await one.damage(newest.run, set('SET #version = :value', '4')));
      const { code, err } = await own.command(line);
      expect([code, err]).toEqual([1, expect.stringContaining('2026-11-20T06:00:00Z RUN was written by a newer')]);
    },
  );

  test('a record that is gone, although the total counts it, is noticed', async () => {
    const own = await startLedger();
    await own.fill([{ run: complete.run, records: complete.records.slice(1) }]);
    expect(await refusal('latest', own)).toContain("it counts af-south-1, but that region's record is not there");
  });

  describe('Names that would move the cursor of a terminal, or turn its letters round', () => {
    const names = ['\u001b[2Jeu-west-1', '\u009b31mus-east-1', '\u202eeu-west-2', 'eu\u2028-west-3'];
    const unsafe = /[^\P{C}\n]|\p{Zl}|\p{Zp}/u;
    let own: TestLedger;
    beforeAll(async () => {
      own = await startLedger();
      const key = { censusId: ACCOUNT, runId: '2026-11-20T06:00:00Z' };
      const records = names.map((name, index) => (index === 1 ? failed(key, name) : counted(key, name, 3)));
      await own.fill([{ run: settled(key, records), records }]);
    });

    test.each(['latest', 'runs', 'run latest', 'explain latest', 'watch', 'region us-west-1'])(
      '%s shows what is left of them',
      async (line) => {
        const { out, err } = await own.command(line);
        expect(out + err).not.toBe('');
        expect(out + err).not.toMatch(unsafe);
      },
    );

    test.each([
      'latest --json',
      'run latest --json',
      'runs --json',
      'watch --json',
      'export',
      'export --format ndjson',
    ])('%s holds them whole, and shows nothing else either', async (line) => {
      const { out } = await own.command(line);
      expect(out).not.toMatch(unsafe);
      const { run: one, runs } = JSON.parse(out);
      const { missing } = one ?? runs[0].run ?? runs[0];
      expect(missing[0].region).toBe(names[1]);
    });

    test('a spreadsheet gets them as they are, a terminal without', async () => {
      const [file, screen] = [makeIo(own.folder()), makeIo(own.folder(), { isTerminal: true })];
      await own.command('export --format csv', file);
      await own.command('export --format csv', screen);
      for (const name of names) expect(file.out()).toContain(name);
      expect(screen.out()).not.toMatch(unsafe);
    });
  });
});

test('a region that was counted after the total was stored is not in the number, and is said', async () => {
  const own = await startLedger();
  await own.fill([complete, newest]);
  const { censusId, runId } = newest.run;
  const late = counted({ censusId, runId }, 'sa-east-1', 4_321);
  await own.put(recordItem(late, { expiresAt: FOREVER }));
  const { code, out, err } = await own.command('latest --json');
  expect(code).toBe(2);
  expect(JSON.parse(out).run.streams).toBe(newest.run.total?.streams);
  expect(err).toMatch(/^Counted since the total of 2026-11-20T06:00:00Z was stored, and not in it yet: sa-east-1\./);
});

describe('What AWS may answer', () => {
  const refuseAll = async (status: number, type: string, message: string) => {
    const folder = temporaryFolder();
    const note = makeStackNote(join(folder, '.kvs-census'), process.pid);
    const server = createServer((request, response) => {
      if (note.answer(request, response)) return;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: `com.amazon.coral.service#${type}`, message }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    note.leave(`http://127.0.0.1:${port}`);
    const io = makeIo(folder);
    const code = await run(['latest', '--local'], io);
    server.close();
    server.closeAllConnections();
    return { code, err: io.err() };
  };

  test.each([
    [
      'AccessDeniedException',
      'User: arn:aws:iam::123456789012:user/somebody is not authorized to perform: dynamodb:Query on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/kvs-census-dev/index/byTime because no identity-based policy allows the dynamodb:Query action',
      'error: These credentials may not do dynamodb:Query on the table kvs-census-dev: use others with --profile, or have the permission added (docs/cli.md lists them).\n',
    ],
    [
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      'error: AWS does not accept these credentials (UnrecognizedClientException): check --profile, or sign in again.\n',
    ],
    [
      'ExpiredTokenException',
      'The security token included in the request is expired',
      'error: The AWS credentials have expired: sign in again (for example with `aws sso login`).\n',
    ],
  ])('%s', async (type, message, sentence) => {
    expect(await refuseAll(400, type, message)).toEqual({ code: 1, err: sentence });
  });
});
