import type { RunId } from '../../census/run.ts';
import type { Head } from '../head.ts';

/** What the dispatcher was asked to ask again; it opens the round within moments. */
export type OrganizationRetryAnswer = Head<'organization-retry'> & {
  runId: RunId;
  round: number;
  /** The round was open already, and its accounts only half asked. */
  resumed: boolean;
  /** That were asked for. */
  accounts: { accountId: string; name: string | null }[];
};
