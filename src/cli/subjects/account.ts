/** The answers about an account's runs, each loaded when it is asked for. */
import { headOf } from '../../answers/head.ts';
import { noRuns } from '../../answers/no-answer.ts';
import type { Source } from '../../answers/reader.ts';
import { UsageError } from '../errors.ts';
import { once } from '../output-file.ts';
import { exitCodeOf } from '../print.ts';
import { json, ndjson } from '../render/json.ts';
import { GOES_BACK, type Subject, shown } from '../subject.ts';

/** Milliseconds between two looks at a run: one request each. */
const POLL_MS = 1000;

export const account: Subject = {
  async latest(source, filter, nowMs) {
    if ((filter.verdict ?? filter.reason) !== undefined) await refuse(source, ONLY_AMONG_ACCOUNTS);
    const { readLatest } = await import('../../answers/latest.ts');
    const { answer, news } = await readLatest(source, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(answer, told, async () => (await import('../render/latest.ts')).renderLatest);
  },
  async runs(source, range, filter, nowMs) {
    const { readWantedRuns } = await import('../../answers/run-filter.ts');
    const answer = await readWantedRuns(source, range, filter, nowMs);
    const told = shown(answer, {}, async () => {
      const { renderRuns } = await import('../render/runs.ts');
      return (model, view) => renderRuns(model, view, filter.reason);
    });
    return { ...told, more: answer.more, count: answer.runs.length };
  },
  async run(source, name, filter, nowMs) {
    if ((filter.verdict ?? filter.reason) !== undefined) await refuse(source, ONLY_AMONG_ACCOUNTS);
    const { readRun } = await import('../../answers/run.ts');
    const { answer, news } = await readRun(source, name, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(answer, told, async () => (await import('../render/whole-run.ts')).renderWholeRun);
  },
  async explain(source, name, nowMs) {
    const { readExplain } = await import('../../answers/explain.ts');
    const { answer, news } = await readExplain(source, name, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(answer, told, async () => (await import('../render/explain.ts')).renderExplain);
  },
  async diff(source, names, nowMs) {
    const { readDiff, readNewestDiff } = await import('../../answers/diff.ts');
    const { answer, news } =
      names === undefined ? await readNewestDiff(source, nowMs) : await readDiff(source, ...names, nowMs);
    const isBack = answer.before.runId > answer.after.runId;
    const told = { news, exitCode: answer.coverage.length === 0 ? 0 : 2, ...(isBack && { hint: GOES_BACK }) };
    return shown(answer, told, async () => (await import('../render/diff.ts')).renderDiff);
  },
  async why(source, name, than, nowMs) {
    const { readWhy } = await import('../../answers/why.ts');
    const { answer, news } = await readWhy(source, name, than, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(answer, told, async () => (await import('../render/why.ts')).renderWhy);
  },
  async region(source, region, range, filter, nowMs) {
    const { readWantedPoints } = await import('../../answers/run-filter.ts');
    const answer = await readWantedPoints(source, region, range, filter, nowMs);
    return shown(answer, {}, async () => (await import('../render/region.ts')).renderRegion);
  },
  async headroom(source, wanted, nowMs) {
    const { readHeadroom } = await import('../../answers/headroom.ts');
    const { answer, news } = await readHeadroom(source, wanted, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(answer, told, async () => (await import('../render/headroom.ts')).renderHeadroom);
  },
  async watch(source, io, options, runId) {
    const [{ runOf }, { regionTeller }, { overLine }, { renderWholeRun }, { watchRun }] = await Promise.all([
      import('../../answers/run.ts'),
      import('../chronicle.ts'),
      import('../render/watch.ts'),
      import('../render/whole-run.ts'),
      import('../watch-run.ts'),
    ]);
    const { reader, censusId, timeScale } = source;
    await watchRun(source, io, options, runId, {
      everyMs: POLL_MS,
      async look(id, nowMs) {
        const whole = await reader.wholeRun({ censusId, runId: id });
        if (whole === undefined) return undefined;
        const answer = runOf(whole, nowMs);
        return { answer, run: whole.run, exitCode: exitCodeOf(answer.run) };
      },
      teller: regionTeller({ timeScale }),
      render: renderWholeRun,
      overLine,
    });
  },
  async retry(source, io, options, name, wished) {
    const { retryRun } = await import('../retry-run.ts');
    const { runId } = await retryRun(source, io, options, name, wished);
    if (options.wait) await this.watch(source, io, { ...options, isRoundTold: true }, runId);
  },
  exporter(source, { range, filter, last, isByAccount, nowMs, damage }) {
    const check = async () => {
      if (isByAccount) await refuse(source, ONLY_BY_ACCOUNT);
    };
    const runs = async () => {
      await check();
      const [{ readHistory }, { isWanted, wantedOf }] = await Promise.all([
        import('../../answers/history.ts'),
        import('../../answers/run-filter.ts'),
      ]);
      return wantedOf(readHistory(source, range, nowMs, damage), ({ run }) => isWanted(run, filter), last);
    };
    return {
      json: async () => json(await runs(), headOf('export', source.censusId, nowMs()), damage),
      ndjson: async () => ndjson(await runs()),
      csv: async () => (await import('../render/csv.ts')).csvLines(await runs()),
      prometheus: async () => {
        await check();
        const [{ readLatest }, { renderPrometheus }] = await Promise.all([
          import('../../answers/latest.ts'),
          import('../render/prometheus.ts'),
        ]);
        const { answer } = await readLatest(source, nowMs());
        for (const item of answer.damaged) damage.note(item);
        return once(renderPrometheus(answer));
      },
    };
  },
};

const ONLY_AMONG_ACCOUNTS =
  '--verdict and --reason choose among the accounts of an organisation, and these runs are of one account: leave them out.';
const ONLY_BY_ACCOUNT = '--by account is for an organisation, and these runs are of one account: leave it out.';

/** Not before it is known that the account's runs are asked for, and not the organisation's: the first run that is read tells. */
async function refuse(source: Source, sentence: string): Promise<never> {
  const [newest] = await source.reader.newestRuns(source.censusId, { runs: 1, onDamaged: () => {} });
  throw newest === undefined ? noRuns(source, []) : new UsageError(sentence);
}
