/** What of a history is about one census, which is one kind in one account: each has runs of its own, and is judged by itself. */
import { ownerOf } from '../../src/census/census-id.ts';
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import type { History, Item } from './history.ts';

type Said = { kind?: string | undefined; account?: string | undefined };

/**
 * What whoever serves all of them did, a sweep for instance, is in each.
 * @param account or `organization`. Absent: there is only one
 */
export function historyOf(history: History, kind: Kind, account?: string): History {
  const isThere = (one: Said) => account === undefined || (one.account ?? account) === account;
  const isOf = (one: Said) => (one.kind ?? STREAMS) === kind && isThere(one);
  const isOfOrOfNone = (one: Said) => (one.kind ?? kind) === kind && isThere(one);
  return {
    ...history,
    writes: history.writes.filter(({ after }) => isOfOrOfNone(censusOfItem(after))),
    announcements: history.announcements.filter(({ body }) => isOf(censusOfBody(body))),
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
    logLines: history.logLines.filter((line) => isOfOrOfNone(censusOfLine(line))),
    comparisons: history.comparisons.filter(isOf),
  };
}

/** As its place in the table says. Where a sweep stopped is of none. */
export function censusOfItem({ pk }: Item): Said {
  return censusIn(pk?.S?.split('#')[1]);
}

function censusIn(censusId: string | undefined): Said {
  return censusId ? { kind: censusId.split('/')[1] ?? STREAMS, account: ownerOf(censusId) } : {};
}

function censusOfBody(body: string): Said {
  const { kind, accountId: account } = JSON.parse(body);
  return { kind, account };
}

const CENSUS_ID = /"censusId":"([^"]*)"/;

function censusOfLine(line: string): Said {
  return censusIn(CENSUS_ID.exec(line)?.[1]);
}
