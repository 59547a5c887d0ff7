/** What is asked of the organisation's runs. Each answer is loaded when it is asked for. */
import type { Asking } from './asking.ts';
import { NotAsked } from './not-asked.ts';

export const askOrganization = {
  async latest(source, filter, nowMs) {
    const [{ readOrganizationLatest }, { wantedAccounts }] = await Promise.all([
      import('../organization/latest.ts'),
      import('../organization/filter.ts'),
    ]);
    const { answer, news } = await readOrganizationLatest(source, nowMs);
    return { answer: { ...answer, accounts: wantedAccounts(answer.accounts, filter) }, news };
  },
  async runs(source, range, filter, nowMs) {
    const { readWantedOrganizationRuns } = await import('../organization/filter.ts');
    return { answer: await readWantedOrganizationRuns(source, range, filter, nowMs), news: [] };
  },
  async run(source, name, filter, nowMs) {
    const [{ readOrganizationRun }, { wantedAccounts }] = await Promise.all([
      import('../organization/run.ts'),
      import('../organization/filter.ts'),
    ]);
    const { answer, news } = await readOrganizationRun(source, name, nowMs);
    return { answer: { ...answer, accounts: wantedAccounts(answer.accounts, filter) }, news };
  },
  async explain(source, name, nowMs) {
    return await (await import('../organization/explain.ts')).readOrganizationExplain(source, name, nowMs);
  },
  async diff(source, names, nowMs) {
    const { readComparedDiff, readOrganizationDiff } = await import('../organization/diff.ts');
    return names === undefined
      ? await readComparedDiff(source, 'latest', nowMs)
      : await readOrganizationDiff(source, ...names, nowMs);
  },
  async why(source, name, than, nowMs) {
    const { readComparedDiff, readOrganizationDiff } = await import('../organization/diff.ts');
    return than === undefined
      ? await readComparedDiff(source, name, nowMs)
      : await readOrganizationDiff(source, than, name, nowMs);
  },
  async region(_source, region) {
    throw new NotAsked(
      `Regions are those of an account: name one with --account, as in \`kvs-census region ${region} --account ID\`; \`kvs-census latest\` lists the accounts.`,
    );
  },
  async headroom(source, { alarmPercent }, nowMs) {
    if (alarmPercent !== undefined) {
      throw new NotAsked(
        "An organisation's run knows which regions have reached the percentage of its own deployment, and no other: leave --above out, or name an account with --account.",
      );
    }
    return await (await import('../organization/headroom.ts')).readOrganizationHeadroom(source, nowMs);
  },
  async metrics(source, { isByAccount }, nowMs) {
    const [{ readOrganizationLatest }, { renderOrganizationPrometheus }] = await Promise.all([
      import('../organization/latest.ts'),
      import('../organization/prometheus.ts'),
    ]);
    const { answer } = await readOrganizationLatest(source, nowMs);
    return { text: renderOrganizationPrometheus(answer, isByAccount), answer };
  },
} satisfies Asking;
