/** From a history to a report. */
import type { Source } from '../answers/reader.ts';
import { readReport as readAnswer } from '../answers/report.ts';
import type { Range } from '../answers/runs.ts';
import { pageRegion } from './data.ts';
import type { Report } from './model.ts';

/** @throws NoAnswer if there are no runs */
export async function readReport(source: Source, range: Range, nowMs: number): Promise<Report> {
  const { newest, ...answer } = await readAnswer(source, range, nowMs);
  return {
    readAt: new Date(nowMs).toISOString(),
    accountId: source.accountId,
    place: source.description,
    ...answer,
    newest: { ...newest, regions: newest.regions.map(pageRegion) },
  };
}
