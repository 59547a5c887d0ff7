/** The hosted page, which the API serves itself: so nothing of any other origin is let in. */
import { newestOfAny } from '../../answers/any-runs.ts';
import { askWhatIsCounted } from '../../answers/asking/owner.ts';
import { NoAnswer, noRuns } from '../../answers/no-answer.ts';
import type { Source } from '../../answers/reader.ts';
import type { CensusId } from '../../census/census-id.ts';
import type { makeHostedPage } from '../../page/hosted.ts';
import type { Refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

export type HostedPage = ReturnType<typeof makeHostedPage>;
type PageAnswer = Awaited<ReturnType<HostedPage['shell']>>;

/** What the page asks for lies there. */
export const isOfPage = (path: string) => path.startsWith('/data/');

/** It holds nothing of the ledger, so anybody may have it. What the issuer wrote behind the address is between it and the page. */
export async function shellReply(page: HostedPage): Promise<Reply> {
  return replyOf(await page.shell());
}

/** @param refusalOf what is said of what was thrown */
export async function dataReply(
  page: HostedPage,
  { method, path, query }: ApiRequest,
  source: Source,
  nowMs: () => number,
  refusalOf: (error: unknown) => Refusal,
): Promise<Reply> {
  let refused: Refusal | undefined;
  const answer = await page.data(
    { method, path, query },
    {
      withLedger: async (use) => await use(source),
      censusId: query.has('account') ? source.censusId : await whatIsCounted(source),
      sentenceOf(error) {
        refused = refusalOf(error);
        return refused.message;
      },
      nowMs,
    },
  );
  // Only here it is known that it was the ledger that did not answer.
  return replyOf(refused?.status === 503 ? { ...answer, status: refused.status } : answer);
}

/** One request of one run, and two more where the account has none. Where nothing was counted, it is the account's that is not there. */
async function whatIsCounted(source: Source): Promise<CensusId> {
  try {
    return await askWhatIsCounted(source, async (asked) => {
      let isThere = false;
      // One that cannot be read was counted, too.
      const onDamaged = () => {
        isThere = true;
      };
      const [newest] = await newestOfAny(asked, { runs: 1, onDamaged });
      if (newest === undefined && !isThere) throw noRuns(asked, []);
      return asked.censusId;
    });
  } catch (error) {
    if (error instanceof NoAnswer) return source.censusId;
    throw error;
  }
}

function replyOf({ type, ...answer }: PageAnswer): Reply {
  return { ...answer, type: `${type}; charset=utf-8` };
}
