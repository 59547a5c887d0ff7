/** What commands show of the answers about the organisation's runs. */
import { askOrganization } from '../../answers/asking/organization.ts';
import { headOf } from '../../answers/head.ts';
import type { OrganizationRunAnswer } from '../../answers/organization/run.ts';
import type { RunFilter } from '../../answers/run-filter.ts';
import { once } from '../output-file.ts';
import { exitCodeOf } from '../print.ts';
import { json, ndjson } from '../render/json.ts';
import { GOES_BACK, type Subject, shown } from '../subject.ts';

const isFilter = ({ verdict, reason }: RunFilter) => (verdict ?? reason) !== undefined;

/** Milliseconds between two looks at a run. Each reads the plan and all account records: of a thousand accounts about 1 MB. */
const POLL_MS = 2000;

export const organization: Subject = {
  async latest(source, filter, nowMs) {
    const { answer, news } = await askOrganization.latest(source, filter, nowMs);
    return shown(answer, { news, exitCode: exitCodeOf(answer.run) }, async () => {
      const { renderOrganizationLatest } = await import('../render/organization/latest.ts');
      return (model, view) => renderOrganizationLatest(model, view, isFilter(filter));
    });
  },
  async runs(source, range, filter, nowMs) {
    const { answer } = await askOrganization.runs(source, range, filter, nowMs);
    const told = shown(answer, {}, async () => (await import('../render/organization/runs.ts')).renderOrganizationRuns);
    return { ...told, more: answer.more, count: answer.runs.length };
  },
  async run(source, name, filter, nowMs) {
    const { answer, news } = await askOrganization.run(source, name, filter, nowMs);
    return shown(answer, { news, exitCode: exitCodeOf(answer.run) }, async () => {
      const { renderWholeOrganization } = await import('../render/organization/whole-run.ts');
      return (model, view) => renderWholeOrganization(model, view, { isFiltered: isFilter(filter) });
    });
  },
  async explain(source, name, nowMs) {
    const { answer, news } = await askOrganization.explain(source, name, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(
      answer,
      told,
      async () => (await import('../render/organization/explain.ts')).renderOrganizationExplain,
    );
  },
  async diff(source, names, nowMs) {
    const { answer, news } = await askOrganization.diff(source, names, nowMs);
    const isBack = answer.before.runId > answer.after.runId;
    const told = { news, exitCode: answer.coverage.length === 0 ? 0 : 2, ...(isBack && { hint: GOES_BACK }) };
    return shown(answer, told, async () => (await import('../render/organization/diff.ts')).renderOrganizationDiff);
  },
  async why(source, name, than, nowMs) {
    const { answer, news } = await askOrganization.why(source, name, than, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.after) };
    return shown(answer, told, async () => (await import('../render/organization/diff.ts')).renderOrganizationDiff);
  },
  region: (source, region) => askOrganization.region(source, region),
  async headroom(source, wanted, nowMs) {
    const { answer, news } = await askOrganization.headroom(source, wanted, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(
      answer,
      told,
      async () => (await import('../render/organization/headroom.ts')).renderOrganizationHeadroom,
    );
  },
  async watch(source, io, options, runId) {
    const [{ organizationRunOf }, words, { renderWholeOrganization }, { watchRun }] = await Promise.all([
      import('../../answers/organization/run.ts'),
      import('../render/organization/watch.ts'),
      import('../render/organization/whole-run.ts'),
      import('../watch-run.ts'),
    ]);
    const { reader, censusId, timeScale } = source;
    await watchRun<OrganizationRunAnswer>(source, io, options, runId, {
      everyMs: POLL_MS,
      async look(id, nowMs) {
        const whole = await reader.wholeOrganization({ censusId, runId: id });
        if (whole === undefined) return undefined;
        const answer = organizationRunOf(whole, nowMs);
        return { answer, run: whole.run, exitCode: exitCodeOf(answer.run) };
      },
      teller: {
        eventsOf: words.organizationEvents,
        waitingLine: (answer) => words.organizationWaiting(answer, timeScale),
        roundOf: ({ run }) => run.round,
      },
      render: (answer, view, waiting) =>
        renderWholeOrganization(answer, view, waiting === undefined ? {} : { waiting }),
      overLine: words.organizationOver,
    });
  },
  async retry(source, io, options, name, wished) {
    const { retryOrganization } = await import('../retry-organization.ts');
    const { runId, round } = await retryOrganization(source, io, options, name, wished);
    if (options.wait) await this.watch(source, io, { ...options, isRoundTold: true, round }, runId);
  },
  exporter(source, { range, filter, last, isByAccount, nowMs, damage }) {
    const runs = async () => {
      const [{ readOrganizationHistory }, { isWantedOrganization }, { wantedOf }] = await Promise.all([
        import('../../answers/organization/history.ts'),
        import('../../answers/organization/filter.ts'),
        import('../../answers/run-filter.ts'),
      ]);
      const history = readOrganizationHistory(source, range, nowMs, damage);
      return wantedOf(history, ({ run }) => isWantedOrganization(run, filter), last);
    };
    return {
      json: async () => json(await runs(), headOf('organization-export', source.censusId, nowMs()), damage),
      ndjson: async () => ndjson(await runs()),
      csv: async () => {
        const { accountsCsv, organizationCsv } = await import('../render/organization/csv.ts');
        return isByAccount ? accountsCsv(await runs()) : organizationCsv(await runs());
      },
      prometheus: async () => {
        const { text, answer } = await askOrganization.metrics(source, { isByAccount }, nowMs());
        for (const item of answer.damaged) damage.note(item);
        return once(text);
      },
    };
  },
};
