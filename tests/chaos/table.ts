/** What happened, in numbers, for people. */
import { availableParallelism, loadavg } from 'node:os';
import { KINDS } from '../../src/census/kinds.ts';
import { MAX_RECEIVES } from '../judging/numbers.ts';
import { type Progress, runsOf } from './plot.ts';
import type { Scene } from './scene.ts';
import { NAMES, type StatisticName } from './statistics.ts';

export type Row = { name: string; value: string };

export function tableOf(scene: Scene, progress: Progress, ms: number): Row[] {
  return [
    ...runRows(scene, progress),
    ...workRows(scene),
    ...faultRows(scene),
    row(`processes that wanted one of ${availableParallelism()} processors`, loadavg()[0]?.toFixed(1) ?? ''),
    row('seconds in all', Math.round(ms / 1000)),
  ];
}

function runRows(scene: Scene, { triggered, retries }: Progress): Row[] {
  const runs = runsOf(scene);
  const verdict = (wanted: string) => runs.filter(({ total }) => total?.verdict === wanted).length;
  const refused = [...retries].reduce((sum, [heard, times]) => sum + (heard === 'asked' ? 0 : times), 0);
  return [
    row('runs asked for', triggered.size),
    row(`  opened, of ${KINDS.length} kinds each`, runs.length),
    row('  complete in the end', verdict('complete')),
    row('  partial in the end', verdict('partial')),
    row('retries by a person that were carried out', retries.get('asked') ?? 0),
    row('  refused, or broken off', refused),
  ];
}

function workRows({ witness, world }: Scene): Row[] {
  const { history } = witness;
  const workers = history.invocations.filter(({ of }) => of === 'worker').length;
  const ended = (outcome: string) => history.invocations.filter((invocation) => invocation.outcome === outcome).length;
  const { calls, throttled } = world.stats();
  const totals = history.writes.filter(({ before, after }) => after.total !== before?.total);
  return [
    row('invocations', history.invocations.length),
    row('  of the worker', workers),
    row('  that threw', ended('threw')),
    row('  that died: killed, or out of time', ended('died')),
    row(`most receives of one task, of ${MAX_RECEIVES}`, history.mostReceives),
    row(
      'dead letters seen by their function',
      history.tasks.filter(({ queue }) => queue === 'undelivered-tasks').length,
    ),
    row('failed invocations', history.failedInvocations.length),
    row('writes of the ledger', history.writes.length),
    row('  of a total', totals.length),
    row('announcements', history.announcements.length),
    row('calls that list something', calls),
    row('  that were throttled', throttled),
    row('lines in the logs', history.logLines.length),
  ];
}

function faultRows({ statistics, spells }: Scene): Row[] {
  const out = spells.filter(({ sky }) => sky === 'out');
  const outages = ['dynamodb', 'sns', 'sqs'].map((service) => {
    const own = out.filter((spell) => spell.service === service);
    const ms = own.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    return row(`outages of ${service}`, `${own.length}, ${(ms / 1000).toFixed(1)} s together`);
  });
  const counted = (Object.keys(NAMES) as StatisticName[]).map((name) => row(NAMES[name], statistics.of(name)));
  return [...outages, ...counted];
}

const row = (name: string, value: number | string): Row => ({ name, value: String(value) });
