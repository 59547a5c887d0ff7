/** A ledger of which one item is damaged: everything but the run that it belongs to is shown, and that run is named. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readComparedRun } from '../../src/answers/compared-run.ts';
import { readFront } from '../../src/answers/front.ts';
import { readPoints } from '../../src/answers/region.ts';
import { readRange } from '../../src/answers/runs.ts';

import { ACCOUNT, history, type Past } from '../cli/history.ts';
import { cleanUp, makeIo, NOW_MS, startLedger, type TestLedger } from '../cli/world.ts';

const past = [...history({ runs: 8, everyMinutes: 360, isMissing: () => false })];
const [second, beforeLast, newest] = [past[1] as Past, past[6] as Past, past[7] as Past];
const whole = past.filter((one) => one !== second).map(({ run }) => run.runId);

afterAll(cleanUp);

async function damaged(change: (ledger: TestLedger) => Promise<void>): Promise<TestLedger> {
  const ledger = await startLedger();
  await ledger.fill(past);
  await change(ledger);
  return ledger;
}

const set = (UpdateExpression: string, value?: string) => ({
  UpdateExpression,
  ExpressionAttributeNames: Object.fromEntries(
    (UpdateExpression.match(/#\w+/g) ?? []).map((name) => [name, name.slice(1)]),
  ),
  ...(value !== undefined && { ExpressionAttributeValues: { ':value': { N: value } } }),
});

const DAMAGES: [string, (of: Past) => (ledger: TestLedger) => Promise<void>, RegExp][] = [
  [
    'a run without its plan',
    ({ run }) =>
      (ledger) =>
        ledger.damage(run, set('REMOVE #plan')),
    /item RUN#\d+#\S+ RUN is damaged: plan/,
  ],
  [
    'a run with a number that no computer holds',
    ({ run }) =>
      (ledger) =>
        ledger.damage(run, set('SET #rev = :value', '1e120')),
    /item RUN#\d+#\S+ RUN is damaged: /,
  ],
  [
    'a run of a newer version',
    ({ run }) =>
      (ledger) =>
        ledger.damage(run, set('SET #version = :value', '4')),
    /was written by a newer kvs-census/,
  ],
  [
    'a region record with a negative count',
    ({ run }) =>
      (ledger) =>
        ledger.damage({ ...run, region: 'eu-west-2' }, set('SET #tally.#streams = :value', '-1')),
    /item RUN#\d+#\S+ REGION#eu-west-2 is damaged: tally\.streams/,
  ],
];

describe.each(DAMAGES)('%s', (_what, damageOf, problem) => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await damaged(damageOf(second));
  });

  // `runs` reads no region record, so none can hurt it.
  const answers = ['runs --json', 'export --format json', 'region eu-west-2 --json'];
  test.each(damageOf === DAMAGES[3]?.[1] ? answers.slice(1) : answers)(
    '%s: the other runs are all there, this one is named, exit 1',
    async (line) => {
      const { code, out, err } = await ledger.command(line);
      const document = JSON.parse(out);
      const ids = (document.runs ?? document.points).map((one: { runId?: string; run?: { runId: string } }) =>
        one.run === undefined ? one.runId : one.run.runId,
      );
      expect(ids).toEqual([...whole].reverse());
      expect(document.damaged).toEqual([expect.objectContaining({ runId: second.run.runId })]);
      expect(document.damaged[0].problem).toMatch(problem);
      expect({ code, lines: err.trimEnd().split('\n') }).toEqual({ code: 1, lines: [expect.stringMatching(problem)] });
      expect(err).toMatch(new RegExp(`^error: The run ${second.run.runId} is left out: `));
    },
  );

  test('the report holds the other runs', async () => {
    const io = makeIo(ledger.folder());
    const { code, err } = await ledger.command('report --html census.html', io);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(problem) });
    const html = readFileSync(join(io.folder, 'census.html'), 'utf8');
    const { report } = JSON.parse(/id="data">(.*)<\/script>/.exec(html)?.[1] ?? '');
    expect(report.runs.map(({ runId }: { runId: string }) => runId)).toEqual([...whole].reverse());
    expect(report.damaged).toEqual([expect.objectContaining({ runId: second.run.runId })]);
  });

  test('latest is the newest total, compared with the run that comes next where the run before is the one', async () => {
    const own = await damaged(damageOf(beforeLast));
    const { code, out, err } = await own.command('latest');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(problem) });
    expect(out).toContain(`run ${newest.run.runId}`);
    expect(out).toContain(`against the last complete run, ${(past[5] as Past).run.runId} (`);
  });

  test('latest says nothing where the newest is the one: the run before it is not the latest', async () => {
    const own = await damaged(damageOf(newest));
    const { code, out, err } = await own.command('latest');
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringMatching(problem) });
  });

  test.each([
    'explain latest',
    'run latest',
    `diff ${past[0]?.run.runId} latest`,
    'watch latest',
    'export --last 3 --format csv',
  ])('%s does not ask for it, and answers as ever', async (line) => {
    expect(await ledger.command(line)).toMatchObject({ code: 0, err: '' });
  });

  test('who looks again and again sees the other runs and a note, also where the newest is the one', async () => {
    for (const hit of [second, newest]) {
      const { reader } = hit === second ? ledger : await damaged(damageOf(newest));
      const source = { reader, censusId: ACCOUNT, description: 'here' };
      const front = await readFront(source, NOW_MS);
      const { answer: region } = await readPoints(source, 'eu-west-2', { limit: 100 }, NOW_MS);
      const runs = await readRange(source, { limit: 100 });
      expect(front.latest?.run.runId).toBe((hit === newest ? beforeLast : newest).run.runId);
      expect(region.points).toHaveLength(7);
      expect(region.damaged[0]?.problem).toMatch(problem);
      expect([...front.damaged, ...runs.damaged, ...region.damaged].map(({ runId }) => runId)).toContain(hit.run.runId);
      await expect(readComparedRun(source, hit.run.runId, NOW_MS)).rejects.toThrow(problem);
      const other = (hit === newest ? past[3] : past[2]) as Past;
      expect((await readComparedRun(source, other.run.runId, NOW_MS))?.run.runId).toBe(other.run.runId);
    }
  });
});

test('an old total that contradicts its records costs its own run', async () => {
  const ledger = await damaged((one) => one.damage(second.run, set('SET #total.#streams = :value', '1')));
  const { code, out, err } = await ledger.command('export --format ndjson');
  expect(out.trimEnd().split('\n')).toHaveLength(7);
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(new RegExp(`The total of the run ${second.run.runId} cannot be trusted`)),
  });
});

test('a change is not told across a run that cannot be read', async () => {
  const ledger = await damaged((one) => one.damage(second.run, set('REMOVE #plan')));
  const { runs } = JSON.parse((await ledger.command('runs --json')).out);
  expect(runs.map(({ change }: { change: number | null }) => change === null)).toEqual([
    ...Array(5).fill(false),
    true,
    true,
  ]);
});

test('what is damaged of a region that no plan names, or lies beside the records, hurts nobody', async () => {
  const key = { censusId: ACCOUNT, runId: newest.run.runId };
  const ledger = await damaged(async (one) => {
    for (const sk of ['REGION#xx-nowhere-1', 'NOTE#mine'])
      await one.put({ pk: { S: `RUN#${ACCOUNT}#${key.runId}` }, sk: { S: sk }, text: { S: 'mine' } });
  });
  expect(await ledger.command('run latest')).toMatchObject({ code: 0, err: '' });
});

test('where everything is damaged, that is the answer', async () => {
  const ledger = await startLedger();
  await ledger.fill([newest]);
  await ledger.damage(newest.run, set('REMOVE #plan'));
  for (const line of ['runs', 'export', 'latest', 'region eu-west-2', 'export --format prometheus', 'explain latest']) {
    const { code, out, err } = await ledger.command(line);
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringMatching(/^error: .* is damaged: plan/) });
  }
});

test('latest says that there is no earlier run that can be read', async () => {
  const ledger = await startLedger();
  await ledger.fill([beforeLast, newest]);
  await ledger.damage({ ...beforeLast.run, region: 'eu-west-2' }, set('SET #tally.#streams = :value', '-1'));
  const { code, out } = await ledger.command('latest');
  expect(code).toBe(1);
  expect(out).toContain('No earlier run that can be read to compare with.');
});
