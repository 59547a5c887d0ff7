/** The results as tables, for a terminal or for a document. */
import Table from 'cli-table3';
import type { RowResult, Target } from './results.ts';
import { CAPACITY_ROW, MEMORY_ROWS, type Side, TABLE_ROWS } from './worlds.ts';

export type Report = {
  machine: Machine;
  results: readonly RowResult[];
  targets: readonly Target[];
  wrong: readonly string[];
};

export type Machine = { cores: number; memoryGb: number; node: string; platform: string; loadAtStart: number };

type Block = { head: string[]; rows: string[][] };
type Print = (block: Block) => string;

export function printReport(report: Report, as: 'text' | 'markdown'): string {
  const print = as === 'text' ? printText : printMarkdown;
  const { machine, wrong } = report;
  const blocks = [worldsBlock(report), invocationBlock(report), targetsBlock(report)];
  const { cores, memoryGb, node, platform, loadAtStart } = machine;
  const where = `${cores} virtual cores, ${memoryGb} GB, ${platform}, Node ${node}, loopback; load ${loadAtStart.toFixed(1)} at the start.`;
  return [
    ...blocks.filter(({ rows }) => rows.length > 0).map(print),
    ...(wrong.length > 0
      ? [`Wrong counts:\n${wrong.join('\n')}`]
      : ['Every run counted exactly what its world holds.']),
    `Measured on ${where}`,
  ].join('\n\n');
}

function worldsBlock({ results }: Report): Block {
  const head = ['streams', 'ms a page', 'engine s', 'loop s', 'sample s', 'engine / loop', 'engine / floor'];
  return {
    head: [...head, 'calls', 'most in 1 s', 'peak MB', 'CPU s for 100,000', 'of a core'],
    rows: resultsIn(results, TABLE_ROWS).map((result) => [
      result.row.title,
      String(result.row.latencyMs),
      ...(['engine', 'loop', 'sample'] as const).map((side) => secondsOf(result, side)),
      number(result.engineToLoop, 2),
      number(result.engineToFloor, 2),
      number(result.calls, 0),
      number(result.maxCallsInAnySecond, 0),
      number(result.peakMb, 0),
      number(result.cpuSecondsPer100k, 2),
      number(result.coreShare, 2),
    ]),
  };
}

function invocationBlock({ results }: Report): Block {
  return {
    head: [
      'one invocation',
      'ms a page',
      'engine s',
      'engine / floor',
      'calls',
      'peak MB',
      'CPU s for 100,000',
      'of a core',
    ],
    rows: resultsIn(results, [...MEMORY_ROWS, CAPACITY_ROW]).map((result) => [
      result.row.title,
      String(result.row.latencyMs),
      secondsOf(result, 'engine'),
      number(result.engineToFloor, 2),
      number(result.calls, 0),
      number(result.peakMb, 0),
      number(result.cpuSecondsPer100k, 2),
      number(result.coreShare, 2),
    ]),
  };
}

function targetsBlock({ targets }: Report): Block {
  return {
    head: ['target', 'at most', 'measured', 'verdict'],
    rows: targets.map(({ what, atMost, measured, unit, isMet }) => [
      what,
      withUnit(atMost, unit),
      withUnit(measured, unit),
      isMet ? 'met' : 'NOT MET',
    ]),
  };
}

function resultsIn(results: readonly RowResult[], rows: readonly { id: string }[]): RowResult[] {
  return results.filter(({ row }) => rows.some(({ id }) => id === row.id));
}

/** A single run is marked, since it is no median. */
function secondsOf({ seconds }: RowResult, side: Side): string {
  const time = seconds[side];
  if (time === undefined) return '';
  return `${time.median.toFixed(2)}${time.runs === 1 ? ' (1 run)' : ''}`;
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? '' : value.toFixed(digits);
}

function withUnit(value: number, unit: string): string {
  return `${Number(value.toFixed(2))} ${unit}`.trim();
}

const printText: Print = ({ head, rows }) => {
  const table = new Table({ head, style: { head: [], border: [] }, colAligns: head.map((_, i) => align(i)) });
  table.push(...rows);
  return table.toString();
};

const printMarkdown: Print = ({ head, rows }) => {
  const rule = head.map((_, i) => (align(i) === 'left' ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

function align(column: number): 'left' | 'right' {
  return column === 0 ? 'left' : 'right';
}
