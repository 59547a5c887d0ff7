/** `npm run bench`: README.md says what it compares and how to call it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { measure, type Plan, type Run } from './measure.ts';
import { type Machine, printReport, type Report } from './report.ts';
import { resultsOf, targetsOf, wrongCounts } from './results.ts';
import { ROWS, type Row } from './worlds.ts';

const USAGE = `Usage: npm run bench -- [--quick] [--only ROWS] [--runs N] [--full] [--json | --markdown] [--save FILE] [--from FILE] [--into FILE]
  --quick      a first look in two minutes: 80 ms only, one run of each side, without the sample's way
  --only ROWS  comma list of ${ROWS.map(({ id }) => id).join(', ')}; also the part before the slash
  --runs N     rounds (default 3); small worlds take three times as many
  --full       the sample's way in every round, instead of in the first
  --json       one JSON document with every single run
  --markdown   the tables as Markdown
  --save FILE  keep every single run
  --from FILE  print what --save kept, instead of measuring
  --help       this
  --into FILE  also put the tables into a Markdown file, between its two marks`;

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string' },
  runs: { type: 'string', default: '3' },
  full: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  save: { type: 'string' },
  from: { type: 'string' },
  into: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const BEGIN = '<!-- bench: begin -->';
const END = '<!-- bench: end -->';

/** At 300 ms two sequential lists wait 97 % of their time: they do not get into each other's way. */
const SIDE_BY_SIDE_FROM_MS = 300;
const QUICK_ROWS = ['spread/80', 'shared/80', '2500/80', '0/80'];

type Kept = { machine: Machine; runs: Run[] };

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const { quick, only, full, json, markdown, save, from, into } = values;
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const rounds = quick ? 1 : Number(values.runs);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new Error(`--runs is "${values.runs}"; expected a whole number from 1 up.`);
  const kept =
    from === undefined
      ? await measureAll({
          rows: only === undefined ? (quick ? rowsOf(QUICK_ROWS) : ROWS) : rowsOf(only.split(',')),
          rounds,
          sample: quick ? 'never' : full ? 'always' : 'once',
          sideBySideFromMs: quick ? 0 : SIDE_BY_SIDE_FROM_MS,
        })
      : (JSON.parse(readFileSync(from, 'utf8')) as Kept);

  if (save !== undefined) writeFileSync(save, `${JSON.stringify(kept)}\n`);
  const results = resultsOf(kept.runs);
  const report: Report = {
    machine: kept.machine,
    results,
    targets: targetsOf(results),
    wrong: wrongCounts(kept.runs),
  };
  if (into !== undefined) putInto(into, printReport(report, 'markdown'));
  console.log(
    json
      ? JSON.stringify({ ...report, runs: kept.runs }, undefined, 2)
      : printReport(report, markdown ? 'markdown' : 'text'),
  );
  if (report.wrong.length > 0 || report.targets.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

async function measureAll(plan: Plan): Promise<Kept> {
  const machine: Machine = {
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    loadAtStart: loadavg()[0]!,
  };
  if (machine.loadAtStart > machine.cores / 2) {
    console.error(`This machine is busy (load ${machine.loadAtStart.toFixed(1)}): expect times that vary.`);
  }
  const runs = await measure(plan, (run) => {
    const { row, side, round, ms, cpuMs, streams, reason, calls, throttled, maxCallsInAnySecond, peakMb } = run;
    const seen = `${calls} calls, ${throttled} throttled, at most ${maxCallsInAnySecond} in 1 s`;
    console.error(
      `${row} ${side} ${round}: ${streams ?? reason} in ${(ms / 1000).toFixed(2)} s; ${seen}; ${Math.round(cpuMs)} ms CPU, ${Math.round(peakMb)} MB`,
    );
  });
  return { machine, runs };
}

/** @throws Error in one sentence if a name is not one of a row, or of rows */
function rowsOf(names: readonly string[]): Row[] {
  const chosen = new Set<Row>();
  for (const name of names.map((each) => each.trim())) {
    const rows = ROWS.filter(({ id }) => id === name || id.startsWith(`${name}/`));
    if (rows.length === 0) {
      throw new Error(`--only names "${name}"; expected some of ${ROWS.map(({ id }) => id).join(', ')}.`);
    }
    for (const row of rows) chosen.add(row);
  }
  return ROWS.filter((row) => chosen.has(row));
}

/** @throws Error in one sentence if the file has no two marks */
function putInto(file: string, tables: string): void {
  const text = readFileSync(file, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${file} has no place for the tables; expected ${BEGIN} and ${END}.`);
  writeFileSync(file, `${text.slice(0, begin)}${BEGIN}\n\n${tables}\n\n${text.slice(end)}`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  console.error('See npm run bench -- --help.');
  process.exitCode = 1;
});
