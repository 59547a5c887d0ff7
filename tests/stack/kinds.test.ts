/** Several kinds on the packaged functions: each is counted exactly, and what is wrong with one leaves the others as they are. */
import { censusIdOf } from '../../src/census/census-id.ts';
import { KINDS, type Kind, STREAMS } from '../../src/census/kinds.ts';
import type { Run } from '../../src/census/run.ts';
import { ACCOUNT, FAILING, type Harness, startHarness } from './harness.ts';

jest.setTimeout(240_000);

/** What a region can have, and the reason for which it is missing then; `null`: it is counted in the end. */
const FAULTS: readonly { fault: object | string; reason: string | null }[] = [
  { fault: 'denied', reason: 'denied' },
  { fault: 'throttled', reason: 'throttled' },
  { fault: 'server-error', reason: 'unreachable' },
  { fault: 'token-loop', reason: 'bad-answer' },
  { fault: 'drops-connection', reason: 'unreachable' },
  { fault: 'hang', reason: 'timed-out' },
  { fault: { kind: 'server-error', calls: 6 }, reason: null },
  { fault: { kind: 'throttled', calls: 1 }, reason: null },
];

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.stop();
  harness = undefined;
});

type Settled = Awaited<ReturnType<Harness['settled']>>;
type Regions = Record<string, object>;

/** A run of each kind, once all of them have settled. */
async function count(regionsOf: (kind: Kind) => Regions, kinds: readonly Kind[] = KINDS): Promise<Map<Kind, Settled>> {
  const others = kinds.filter((kind) => kind !== STREAMS);
  harness = await startHarness(
    {
      regions: regionsOf(STREAMS),
      kinds: Object.fromEntries(others.map((kind) => [kind, { regions: regionsOf(kind) }])),
    },
    { ...FAILING, environment: { ...FAILING.environment, KINDS: kinds.join(',') } },
  );
  const { runId } = await harness.open();
  const runs = new Map<Kind, Settled>();
  for (const kind of kinds) runs.set(kind, await harness.settled({ censusId: censusIdOf(ACCOUNT, kind), runId }));
  return runs;
}

const reasonsOf = ({ total }: Run) =>
  Object.fromEntries(total?.missing.map(({ region, reason }) => [region, reason]) ?? []);

/** What a count is, without what it took. */
const countsOf = ({ records }: Settled) =>
  records
    .map((record) => ({ region: record.region, ...(record.status === 'counted' && { tally: record.tally }) }))
    .sort((a, b) => a.region.localeCompare(b.region));

test('each kind is counted in a run of its own, and exactly', async () => {
  const size = (kind: Kind) => 1100 + KINDS.indexOf(kind);
  const runs = await count((kind) => ({ 'us-east-1': { [kind]: size(kind) }, 'eu-west-1': { [kind]: 0 } }));
  for (const kind of KINDS) {
    expect(runs.get(kind)?.total).toMatchObject({ verdict: 'complete', streams: size(kind), expected: 2, counted: 2 });
  }
});

test('whatever is wrong with one kind is named, and nothing to the others', async () => {
  const places = KINDS.flatMap((kind, k) =>
    FAULTS.map(({ fault, reason }, n) => ({ kind, fault, reason, region: `eu-west-${1 + k * FAULTS.length + n}` })),
  );
  const names = { kind: 'list', names: ['door', 'gate'] };
  const regionsOf = (kind: Kind): Regions =>
    Object.fromEntries(places.map((one) => [one.region, { names, ...(one.kind === kind && { fault: one.fault }) }]));
  const calm = await count(() => Object.fromEntries(places.map(({ region }) => [region, { names }])), [STREAMS]);
  await harness?.stop();

  const runs = await count(regionsOf);
  for (const kind of KINDS) {
    const run = runs.get(kind)!;
    const own = places.filter((one) => one.kind === kind && one.reason !== null);
    const reasons = reasonsOf(run);
    expect(reasons).toEqual(Object.fromEntries(own.map(({ region, reason }) => [region, reason])));
    expect(run.total).toMatchObject({ verdict: 'partial', streams: 2 * (places.length - own.length) });
  }
  const isHeld = ({ region }: { region: string }) => !(region in reasonsOf(runs.get(STREAMS)!));
  expect(countsOf(runs.get(STREAMS)!).filter(isHeld)).toEqual(countsOf(calm.get(STREAMS)!).filter(isHeld));
});
