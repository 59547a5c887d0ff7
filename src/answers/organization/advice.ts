import { type Advice, adviceFor } from '../../census/advice.ts';
import type { Kind } from '../../census/kinds.ts';
import type { AccountReason } from '../../census/organization/total.ts';

/** What a person makes of an account of which there is nothing, and does about it. */
export function adviceForAccount(reason: AccountReason, kind: Kind): Advice {
  if (reason !== 'unanswered') return adviceFor(reason, kind);
  return {
    because: 'nothing was heard of its run before the deadline',
    action:
      "Look into the dispatcher's log, and at its duration and errors: it may have died before it came to the account; then retry.",
    retryMayHelp: true,
    ends: 'retry',
  };
}
