/** What of a history is about one kind: each has runs of its own, and every invariant judges one kind at a time. */
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import type { History, Item } from './history.ts';

/** What whoever serves all of them did, a sweep for instance, is in each. */
export function historyOf(history: History, kind: Kind): History {
  const isOf = (one: { kind?: string | undefined }) => (one.kind ?? STREAMS) === kind;
  const isOfOrOfNone = (one: { kind?: string | undefined }) => (one.kind ?? kind) === kind;
  return {
    ...history,
    writes: history.writes.filter(({ after }) => isOfOrOfNone({ kind: kindOfItem(after) })),
    announcements: history.announcements.filter(({ body }) => isOf(JSON.parse(body))),
    mails: kind === STREAMS ? history.mails : [],
    invocations: history.invocations.filter(isOfOrOfNone),
    videoCalls: history.videoCalls.filter(isOf),
    heard: history.heard.filter(isOf),
    cutOff: history.cutOff.filter(isOf),
    quotas: history.quotas.filter(isOf),
    tasks: history.tasks.filter(isOf),
    answers: history.answers.filter(isOf),
    evidence: history.evidence.filter(isOf),
    requests: history.requests.filter(isOfOrOfNone),
    logLines: history.logLines.filter((line) => isOfOrOfNone({ kind: kindOfLine(line) })),
    comparisons: history.comparisons.filter(isOf),
  };
}

/** As its place in the table says. Where a sweep stopped is of no kind. */
export function kindOfItem({ pk }: Item): string | undefined {
  const [, censusId] = pk?.S?.split('#') ?? [];
  return censusId && kindIn(censusId);
}

const kindIn = (censusId: string) => censusId.split('/')[1] ?? STREAMS;

const CENSUS_ID = /"censusId":"([^"]*)"/;

function kindOfLine(line: string): string | undefined {
  const [, censusId] = CENSUS_ID.exec(line) ?? [];
  return censusId && kindIn(censusId);
}
