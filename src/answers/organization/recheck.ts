import { kindOf } from '../../census/census-id.ts';
import { InvalidInputError } from '../../census/errors.ts';
import { sameOrganizationTotal, settleOrganization } from '../../census/organization/settle.ts';
import { amount } from '../kind-words.ts';
import type { WholeOrganization } from '../reader.ts';
import { plural } from '../words.ts';

/**
 * Adds an organisation's account records up once more and holds them against its stored total, as `recheck` does for regions. Gives
 * in words what has come since the total was stored; it reaches it with the next settling. A record is only replaced by a later
 * look at the account's run, whose number only grows: so a total never holds more than the records do.
 * @throws InvalidInputError if they contradict each other
 */
export function recheckOrganization({ run, records }: WholeOrganization): string[] {
  const { total } = run;
  if (total === undefined) return [];
  const settlement = settleOrganization(run, records, Number.POSITIVE_INFINITY);
  if (settlement.state === 'open' || sameOrganizationTotal(settlement.total, total)) return [];
  const { streams, counted } = settlement.total;
  if (total.verdict === 'complete' || streams < total.streams || counted < total.counted) {
    throw new InvalidInputError(
      `The total of the run ${run.runId} of the organisation cannot be trusted, because it says ${total.streams} in ${total.counted} complete accounts, and its account records add up to ${streams} in ${counted}; the ledger was changed by hand or damaged.`,
    );
  }
  return [
    ...(streams > total.streams ? [amount(streams - total.streams, kindOf(run.censusId))] : []),
    ...(counted > total.counted ? [plural(counted - total.counted, 'account')] : []),
  ];
}
