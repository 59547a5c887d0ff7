import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { makeDamage } from '../../../src/answers/damage.ts';
import { headOf } from '../../../src/answers/head.ts';
import type { RegionRow } from '../../../src/answers/region-row.ts';
import { type RunAnswer, runOf } from '../../../src/answers/run.ts';
import { REASONS } from '../../../src/census/errors.ts';
import type { RegionRecord } from '../../../src/census/region.ts';
import { csvLines } from '../../../src/cli/render/csv.ts';
import { json, ndjson } from '../../../src/cli/render/json.ts';
import { ACCOUNT, counted, type Past, REGIONS, settled } from '../history.ts';
import { NOW_MS } from '../world.ts';

const runId = fc
  .integer({ min: 0, max: 10_000 })
  .map((hours) => new Date(NOW_MS - hours * 3_600_000).toISOString().replace('.000', ''));

const past: fc.Arbitrary<Past> = fc
  .tuple(
    runId,
    fc.uniqueArray(
      fc.record({
        region: fc.constantFrom(...REGIONS),
        streams: fc.option(fc.nat(2_000_000)),
        reason: fc.constantFrom(...REASONS),
        round: fc.nat(3),
      }),
      { selector: ({ region }) => region, minLength: 1 },
    ),
  )
  .map(([id, regions]) => {
    const key = { censusId: ACCOUNT, runId: id };
    const records: RegionRecord[] = regions.map(({ region, streams, reason, round }) =>
      streams === null
        ? { ...key, region, round, status: 'failed', reason, recordedAt: `${id.slice(0, -1)}.500Z` }
        : { ...counted(key, region, streams), round },
    );
    return { run: settled(key, records), records };
  });

const answers = fc.array(past, { maxLength: 5 }).map((all) => all.map((one) => runOf(one, NOW_MS)));

async function* from<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}

test('NDJSON parses back to the same runs, a line each', async () => {
  await fc.assert(
    fc.asyncProperty(answers, async (all) => {
      const lines = (await textOf(ndjson(from(all)))).split('\n').slice(0, -1);
      expect(lines.map((line) => JSON.parse(line))).toEqual(all);
    }),
  );
});

test('JSON parses back to the same runs, in one document', async () => {
  await fc.assert(
    fc.asyncProperty(answers, async (all) => {
      const head = headOf('export', ACCOUNT, NOW_MS);
      const document = JSON.parse(await textOf(json(from(all), head, makeDamage())));
      expect(document).toEqual({ ...head, runs: all.map(({ run, regions }) => ({ run, regions })), damaged: [] });
    }),
  );
});

test('CSV parses back to the same regions, a line each', async () => {
  await fc.assert(
    fc.asyncProperty(answers, async (all) => {
      const lines: Record<string, string>[] = parse(await textOf(csvLines(from(all))), { columns: true });
      const expected = all.flatMap((answer) => answer.regions.map((row) => essence(answer, row)));
      expect(lines.map(essenceOfLine)).toEqual(expected);
    }),
  );
});

/** What a CSV line holds of a region; the rest is in the other formats. */
function essence({ run }: RunAnswer, row: RegionRow) {
  const { region, status, streams, reason, round, startedAt, endedAt, recordedAt, effort } = row;
  return {
    runId: run.runId,
    verdict: run.verdict,
    runStreams: run.streams,
    region,
    status,
    streams,
    reason,
    round,
    startedAt,
    endedAt,
    recordedAt,
    effort,
  };
}

function essenceOfLine(line: Record<string, string>) {
  const text = (name: string) => line[name] || null;
  const count = (name: string) => (line[name] ? Number(line[name]) : null);
  const [pages, calls, ms] = [count('pages'), count('calls'), count('ms')];
  return {
    runId: text('run_id'),
    verdict: text('verdict'),
    runStreams: count('run_streams'),
    region: text('region'),
    status: text('status'),
    streams: count('streams'),
    reason: text('reason'),
    round: count('round'),
    startedAt: text('started_at'),
    endedAt: text('ended_at'),
    recordedAt: text('recorded_at'),
    effort: pages === null ? null : { pages, calls, ms },
  };
}

test.each(['=1+2', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://example.invalid","x")'])(
  'a cell that a spreadsheet would execute is a text: %j',
  async (region) => {
    const answer = runOf(onePast(), NOW_MS);
    const poisoned = { ...answer, regions: answer.regions.map((row) => ({ ...row, region })) };
    const [line] = parse(await textOf(csvLines(from([poisoned]))), { columns: true }) as Record<string, string>[];
    expect(line?.region).toBe(`'${region}`);
  },
);

function onePast(): Past {
  const key = { censusId: ACCOUNT, runId: '2026-11-20T06:00:00Z' };
  const records = [counted(key, 'eu-west-1', 3)];
  return { run: settled(key, records), records };
}
