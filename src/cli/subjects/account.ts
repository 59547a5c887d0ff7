/** What commands show of the answers about an account's runs. */
import { askAccount, refuseByAccount } from '../../answers/asking/account.ts';
import { headOf } from '../../answers/head.ts';
import { once } from '../output-file.ts';
import { exitCodeOf } from '../print.ts';
import { json, ndjson } from '../render/json.ts';
import { GOES_BACK, type Subject, shown } from '../subject.ts';

/** Milliseconds between two looks at a run: one request each. */
const POLL_MS = 1000;

export const account: Subject = {
  async latest(source, filter, nowMs) {
    const { answer, news } = await askAccount.latest(source, filter, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(answer, told, async () => (await import('../render/latest.ts')).renderLatest);
  },
  async runs(source, range, filter, nowMs) {
    const { answer } = await askAccount.runs(source, range, filter, nowMs);
    const told = shown(answer, {}, async () => {
      const { renderRuns } = await import('../render/runs.ts');
      return (model, view) => renderRuns(model, view, filter.reason);
    });
    return { ...told, more: answer.more, count: answer.runs.length };
  },
  async run(source, name, filter, nowMs) {
    const { answer, news } = await askAccount.run(source, name, filter, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(answer, told, async () => (await import('../render/whole-run.ts')).renderWholeRun);
  },
  async explain(source, name, nowMs) {
    const { answer, news } = await askAccount.explain(source, name, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(answer, told, async () => (await import('../render/explain.ts')).renderExplain);
  },
  async diff(source, names, nowMs) {
    const { answer, news } = await askAccount.diff(source, names, nowMs);
    const isBack = answer.before.runId > answer.after.runId;
    const told = { news, exitCode: answer.coverage.length === 0 ? 0 : 2, ...(isBack && { hint: GOES_BACK }) };
    return shown(answer, told, async () => (await import('../render/diff.ts')).renderDiff);
  },
  async why(source, name, than, nowMs) {
    const { answer, news } = await askAccount.why(source, name, than, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(answer, told, async () => (await import('../render/why.ts')).renderWhy);
  },
  async region(source, region, range, filter, nowMs) {
    const { answer } = await askAccount.region(source, region, range, filter, nowMs);
    return shown(answer, {}, async () => (await import('../render/region.ts')).renderRegion);
  },
  async headroom(source, wanted, nowMs) {
    const { answer, news } = await askAccount.headroom(source, wanted, nowMs);
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
      if (isByAccount) await refuseByAccount(source);
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
        const { text, answer } = await askAccount.metrics(source, { isByAccount }, nowMs());
        for (const item of answer.damaged) damage.note(item);
        return once(text);
      },
    };
  },
};
