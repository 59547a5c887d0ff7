/**
 * Whoever asks, and by whichever door, is told the same of the same ledger: the number, the verdict, what is missing and why. What is
 * right is what those who filled the ledger know, not what another door says.
 */
import { number, plural } from '../../src/answers/words.ts';
import { RUN, story } from '../fixtures/story.ts';
import { closeDoors, type Doors, type Given, openDoors, withoutPlaces } from './doors.ts';
import { damage, newestOf, type PageBody, QUESTIONS, type Question, shown, WORLDS, type World } from './questions.ts';
import { type Body, metricsTold, percentsIn, samplesOf, type Told, toldIn } from './told.ts';

afterAll(closeDoors);

type Answer = Extract<Given, { body: unknown }> & { told: Told[] };
type Heard = { refused: string } | Answer;

async function askAll(doors: Doors, question: Question, world: World) {
  const { command, api, agent, metrics } = question;
  const page = question.page?.(world);
  const documented = async (given: Promise<Given>) => heard(await given, (body) => toldIn(body as Body));
  const measured = async (given: Promise<Given>) => heard(await given, (body) => [metricsTold(body as string)]);
  const [byCommand, byApi, byAgent, byPage, exported, scraped] = await Promise.all([
    command === undefined ? undefined : documented(doors.command(command)),
    documented(doors.api(api)),
    documented(doors.agent(...agent)),
    page && doors.page(page.path).then((given) => heard(given, (body) => toldIn(page.tells(body as PageBody)))),
    metrics && measured(doors.exported(metrics.options)),
    metrics && measured(doors.api(`/v1/metrics${metrics.query}`)),
  ]);
  return { byCommand, byApi, byAgent, byPage, exported, scraped };
}

type All = Awaited<ReturnType<typeof askAll>>;

function heard(given: Given, tell: (body: unknown) => Told[]): Heard {
  return 'refused' in given ? given : { ...given, told: tell(given.body) };
}

const answers = (all: All) => Object.entries(all).filter((one): one is [keyof All, Heard] => one[1] !== undefined);

/** No door has a number, and all that speak say the same. */
function expectNothing(all: All): void {
  const { byCommand, byApi, byAgent, exported, scraped } = all;
  const said = [byCommand, byApi, byAgent, exported, scraped].flatMap((one) =>
    one && 'refused' in one ? [one.refused] : [],
  );
  expect([...new Set(said.map(essence))]).toEqual([expect.any(String)]);
  for (const [door, one] of answers(all)) {
    if ('refused' in one) expect([door, one.refused]).toEqual([door, expect.stringMatching(/\.\n?$/)]);
    else {
      // The page draws what there is: no run, and no point.
      expect([door, ...one.told]).toEqual(['byPage']);
      expect(one.body).not.toHaveProperty('latest.run.verdict', 'complete');
    }
  }
}

/** Of what is known as much as this door tells. */
function asFarAs(told: readonly Told[], known: readonly Told[], isWithoutNulls: boolean): Partial<Told>[] {
  return known.map((one, at) => {
    const keys = Object.keys(told[at] ?? one) as (keyof Told)[];
    const own = Object.fromEntries(keys.map((key) => [key, one[key]])) as Partial<Told>;
    if (!isWithoutNulls || own.parts === undefined) return own;
    return { ...own, parts: Object.fromEntries(Object.entries(own.parts).filter(([, streams]) => streams !== null)) };
  });
}

function expectTold(all: All, known: readonly Told[]): void {
  for (const [door, one] of answers(all)) {
    if ('refused' in one) throw new Error(`${door}: ${one.refused}`);
    // Prometheus has no sample where there is no number.
    const isOfMetrics = door === 'exported' || door === 'scraped';
    expect([door, ...one.told]).toEqual([door, ...asFarAs(one.told, known, isOfMetrics)]);
  }
}

function answerOf(one: Heard | undefined): Answer {
  if (one === undefined || 'refused' in one) throw new Error('It has just been an answer.');
  return one;
}

/** Field by field, with the instant of the reading. */
function expectSameDocuments({ byCommand, byApi, byAgent }: All, { isAgentsOwn }: Question): void {
  const document = withoutPlaces(answerOf(byApi).body);
  if (byCommand !== undefined) expect(withoutPlaces(answerOf(byCommand).body)).toEqual(document);
  if (!isAgentsOwn) expect(withoutPlaces(answerOf(byAgent).body)).toEqual(document);
}

/** The run that an answer is to be trusted by: of two the one that is less whole, or else the later; of a history the newest. */
function subjectOf({ command }: Question, known: readonly Told[]): Told {
  if (!command?.startsWith('diff')) return known[0] as Told;
  return known.findLast(({ verdict }) => verdict === 'partial') ?? (known.at(-1) as Told);
}

/** Headers, and what an agent has beside the answer and in words, for whoever reads nothing else. */
function expectBeside(
  { byApi, byAgent, scraped }: All,
  question: Question,
  known: readonly Told[],
  world: World,
): void {
  const { runId, verdict, number: count, missing = [], gaps = 0 } = subjectOf(question, known);
  const agent = answerOf(byAgent);
  if (verdict === 'counted' || verdict === 'not counted') {
    expect(answerOf(byApi).beside).not.toHaveProperty('census-verdict');
    expect(agent.beside).toMatchObject({ standing: null, missing: null });
    expect(agent.words).toContain(count === null ? 'unknown, not zero' : number(count));
    return;
  }
  for (const one of [byApi, scraped]) {
    if (one === undefined) continue;
    expect(answerOf(one).beside).toMatchObject({
      'census-run': runId,
      'census-verdict': verdict,
      'census-missing': String(gaps),
    });
  }
  expect(agent.beside).toMatchObject({ standing: { runId, verdict, missing: gaps } });
  // Of a run without a total nobody knows what it will miss.
  expect(missingBeside(agent, world)).toEqual(verdict === 'open' ? null : missingKnown(missing, world));
  if (count === null) {
    expect(agent.words).toContain(`${runId} has no total yet`);
    expect(agent.words).toContain('it is not zero');
    return;
  }
  const sentence = agent.words.split('\n').find((line) => line.includes(`(run ${runId})`));
  expect(sentence).toContain(`${number(count)} `);
  expect(sentence).toContain(` ${verdict} (run`);
  for (const gap of missing) expect(sentence).toContain(inWords(gap, world));
  if (verdict === 'complete') expect(sentence).not.toContain('issing');
}

type Missing = {
  accounts: number;
  regions: number;
  named: { region: string | null; reason: string }[];
  unnamed: number;
};

/** Of what an agent is told to be missing: of one account each region, of an organisation how many. */
function missingBeside({ beside }: Answer, { isOrganization }: World) {
  const missing = beside.missing as Missing | null;
  if (missing === null) return null;
  const { accounts, regions, named, unnamed } = missing;
  if (isOrganization) return { accounts, regions, all: named.length + unnamed };
  return { regions, all: named.map(({ region, reason }) => `${region}: ${reason}`) };
}

function missingKnown(missing: readonly string[], { isOrganization }: World) {
  if (!isOrganization) return { regions: missing.length, all: missing };
  const count = (what: string) =>
    missing.filter((gap) => gap.startsWith(what)).reduce((sum, gap) => sum + Number(gap.split(': ')[1]), 0);
  return { accounts: count('accounts'), regions: count('regions'), all: count('') };
}

/** As sentences have it: "eu-west-1 (denied)", "1 account no-access". */
function inWords(gap: string, { isOrganization }: World): string {
  const [what = '', reason = ''] = gap.split(': ');
  if (!isOrganization) return `${what} (${reason})`;
  const [whose = '', why = ''] = what.split(' ');
  return `${plural(Number(reason), whose.slice(0, -1))} ${why}`;
}

/** What a script goes by: 0 for what is whole, and for histories; 2 for what is not; 1 where something cannot be read. */
function expectExitCode({ byCommand }: All, { verdict }: Told): void {
  if (byCommand === undefined) return;
  const { body, beside } = answerOf(byCommand);
  const { damaged = [], runs, points, coverage } = body as Body & { damaged?: object[]; coverage?: object[] };
  // Two runs may both be complete, and of different plans.
  const isWhole =
    coverage === undefined ? (runs ?? points) !== undefined || verdict === 'complete' : coverage.length === 0;
  expect(beside.code).toBe(damaged.length > 0 ? 1 : isWhole ? 0 : 2);
}

/** Where a door says what it had to leave out, it is the same. */
function expectDamage(all: All, { damaged = [] }: World): void {
  for (const [door, one] of answers(all)) {
    const { body, beside } = answerOf(one);
    const { damaged: told } = body as { damaged?: { runId: string }[] };
    if (told === undefined) continue;
    expect([door, ...told.map(({ runId }) => runId)]).toEqual([door, ...damaged]);
    const count = damaged.length;
    if (door === 'byApi' && 'census-verdict' in beside)
      expect(beside['census-damaged']).toBe(count === 0 ? undefined : String(count));
    if (door === 'byAgent') {
      if (beside.standing !== null) expect(beside.standing).toMatchObject({ damaged: count });
      for (const runId of damaged) expect(answerOf(one).words).toMatch(new RegExp(`Damaged: .*${runId}`));
    }
  }
}

/** What a sentence says of the ledger, without what each door says in its own way: where it lies, and what to ask instead. */
function essence(sentence: string): string {
  const [first = ''] = sentence
    .replace(/^error: /, '')
    .replace(/the (local stack at http:\/\/127\.0\.0\.1:\d+|ledger of the stage dev)/g, 'the ledger')
    .split(/: |; /);
  return first.trim();
}

describe.each(Object.entries(WORLDS))('Of a ledger that is %s', (_, world) => {
  let doors: Doors;
  beforeAll(async () => {
    doors = await openDoors(world.fill);
  });

  test.each(QUESTIONS.map((question): [string, Question] => [question.words, question]))(
    '%s',
    async (_words, question) => {
      const known = question.expected(world);
      const all = await askAll(doors, question, world);
      if (known.length === 0) return expectNothing(all);
      expectTold(all, known);
      expectSameDocuments(all, question);
      expectBeside(all, question, known, world);
      expectExitCode(all, subjectOf(question, known));
      expectDamage(all, world);
      if (all.exported !== undefined) expect(answerOf(all.scraped).body).toBe(answerOf(all.exported).body);
    },
  );

  test('each region is as full by every door', async () => {
    const [headroom, newest, scraped] = await Promise.all([
      doors.api('/v1/headroom'),
      doors.page('/data/newest'),
      doors.api('/v1/metrics'),
    ]);
    if ('refused' in newest) throw new Error(newest.refused);
    const known = percentsIn(shown(newest.body as PageBody));
    const samples =
      'refused' in scraped ? [] : (samplesOf(scraped.body as string).get('kvs_census_quota_percent') ?? []);
    expect(Object.fromEntries(samples.map(({ labels, value }) => [labels.region, value]))).toEqual(known);
    if (!('refused' in headroom)) expect(percentsIn(headroom.body as Body)).toEqual(known);
  });

  test('the page names each kind with the number that the other doors have', async () => {
    const given = await doors.page('/data/newest');
    if ('refused' in given) throw new Error(given.refused);
    const { runs, channels = [] } = world;
    const known = Object.entries({ streams: runs, channels }).flatMap(([kind, all]) =>
      newestOf(all).map(({ runId, verdict, number: count }) => ({ kind, runId, verdict, count })),
    );
    const { kinds = [] } = given.body as PageBody;
    const told = kinds.map(({ kind, runId, verdict, streams: count }) => ({
      kind,
      runId,
      verdict: verdict ?? 'open',
      count,
    }));
    expect(told).toEqual(known);
  });
});

test('Where the newest run cannot be read, no door has an older one for it', async () => {
  const doors = await openDoors(async (ledger) => {
    await ledger.fill(story());
    await damage(ledger, RUN.newest);
  });
  const [newest, ...given] = await Promise.all([
    doors.page('/data/newest'),
    doors.command('latest'),
    doors.api('/v1/latest'),
    doors.agent('latest_total'),
    doors.exported(''),
    doors.api('/v1/metrics'),
  ]);
  const sentences = given.map((one) => ('refused' in one ? essence(one.refused) : one.body));
  expect(new Set(sentences)).toEqual(new Set([expect.stringContaining(RUN.newest)]));
  // The page shows what it has, and says so.
  expect(newest).toMatchObject({ body: { latest: { run: { runId: RUN.worst } }, damaged: [{ runId: RUN.newest }] } });
});
