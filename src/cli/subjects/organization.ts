/** The answers about the organisation's runs, each loaded when it is asked for. */
import { headOf } from '../../answers/head.ts';
import type { OrganizationRunAnswer } from '../../answers/organization/run.ts';
import type { RunFilter } from '../../answers/run-filter.ts';
import { UsageError } from '../errors.ts';
import { once } from '../output-file.ts';
import { exitCodeOf } from '../print.ts';
import { json, ndjson } from '../render/json.ts';
import { GOES_BACK, type Subject, shown } from '../subject.ts';

const isFilter = ({ verdict, reason }: RunFilter) => (verdict ?? reason) !== undefined;

/** Milliseconds between two looks at a run. Each reads the plan and all account records: of a thousand accounts about 1 MB. */
const POLL_MS = 2000;

export const organization: Subject = {
  async latest(source, filter, nowMs) {
    const [{ readOrganizationLatest }, { wantedAccounts }] = await Promise.all([
      import('../../answers/organization/latest.ts'),
      import('../../answers/organization/filter.ts'),
    ]);
    const { answer, news } = await readOrganizationLatest(source, nowMs);
    const found = { ...answer, accounts: wantedAccounts(answer.accounts, filter) };
    return shown(found, { news, exitCode: exitCodeOf(answer.run) }, async () => {
      const { renderOrganizationLatest } = await import('../render/organization/latest.ts');
      return (model, view) => renderOrganizationLatest(model, view, isFilter(filter));
    });
  },
  async runs(source, range, filter, nowMs) {
    const { readWantedOrganizationRuns } = await import('../../answers/organization/filter.ts');
    const answer = await readWantedOrganizationRuns(source, range, filter, nowMs);
    const told = shown(answer, {}, async () => (await import('../render/organization/runs.ts')).renderOrganizationRuns);
    return { ...told, more: answer.more, count: answer.runs.length };
  },
  async run(source, name, filter, nowMs) {
    const [{ readOrganizationRun }, { wantedAccounts }] = await Promise.all([
      import('../../answers/organization/run.ts'),
      import('../../answers/organization/filter.ts'),
    ]);
    const { answer, news } = await readOrganizationRun(source, name, nowMs);
    const found = { ...answer, accounts: wantedAccounts(answer.accounts, filter) };
    return shown(found, { news, exitCode: exitCodeOf(answer.run) }, async () => {
      const { renderWholeOrganization } = await import('../render/organization/whole-run.ts');
      return (model, view) => renderWholeOrganization(model, view, { isFiltered: isFilter(filter) });
    });
  },
  async explain(source, name, nowMs) {
    const { readOrganizationExplain } = await import('../../answers/organization/explain.ts');
    const { answer, news } = await readOrganizationExplain(source, name, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.run) };
    return shown(
      answer,
      told,
      async () => (await import('../render/organization/explain.ts')).renderOrganizationExplain,
    );
  },
  async diff(source, names, nowMs) {
    const { readComparedDiff, readOrganizationDiff } = await import('../../answers/organization/diff.ts');
    const { answer, news } =
      names === undefined
        ? await readComparedDiff(source, 'latest', nowMs)
        : await readOrganizationDiff(source, ...names, nowMs);
    const isBack = answer.before.runId > answer.after.runId;
    const told = { news, exitCode: answer.coverage.length === 0 ? 0 : 2, ...(isBack && { hint: GOES_BACK }) };
    return shown(answer, told, async () => (await import('../render/organization/diff.ts')).renderOrganizationDiff);
  },
  async why(source, name, than, nowMs) {
    const { readComparedDiff, readOrganizationDiff } = await import('../../answers/organization/diff.ts');
    const { answer, news } =
      than === undefined
        ? await readComparedDiff(source, name, nowMs)
        : await readOrganizationDiff(source, than, name, nowMs);
    const told = { news, exitCode: exitCodeOf(answer.after) };
    return shown(answer, told, async () => (await import('../render/organization/diff.ts')).renderOrganizationDiff);
  },
  async region(_source, region) {
    throw new UsageError(
      `Regions are those of an account: name one with --account, as in \`kvs-census region ${region} --account ID\`; \`kvs-census latest\` lists the accounts.`,
    );
  },
  async headroom(source, { alarmPercent }, nowMs) {
    if (alarmPercent !== undefined) {
      throw new UsageError(
        "An organisation's run knows which regions have reached the percentage of its own deployment, and no other: leave --above out, or name an account with --account.",
      );
    }
    const { readOrganizationHeadroom } = await import('../../answers/organization/headroom.ts');
    const { answer, news } = await readOrganizationHeadroom(source, nowMs);
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
        const [{ readOrganizationLatest }, { renderOrganizationPrometheus }] = await Promise.all([
          import('../../answers/organization/latest.ts'),
          import('../render/organization/prometheus.ts'),
        ]);
        const { answer } = await readOrganizationLatest(source, nowMs());
        for (const item of answer.damaged) damage.note(item);
        return once(renderOrganizationPrometheus(answer, isByAccount));
      },
    };
  },
};
