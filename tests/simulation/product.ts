/** Everything of the product that the simulation runs. Planted bugs replace it whole (planted/plant.ts). */
export { comparisonWith } from '../../src/answers/compared-run.ts';
export { makeReadAccounts } from '../../src/aws/accounts.ts';
export { channelsLister } from '../../src/aws/kinds/channels.ts';
export { dataStreamsLister } from '../../src/aws/kinds/data-streams.ts';
export { streamsLister } from '../../src/aws/kinds/streams.ts';
export { makeLedger } from '../../src/aws/ledger.ts';
export { makeListPage } from '../../src/aws/list-page.ts';
export { makeReadLiveRegions } from '../../src/aws/live-regions.ts';
export { makeReadOptInStates } from '../../src/aws/opt-in-states.ts';
export { makeOrganizationLedger } from '../../src/aws/organization-ledger.ts';
export { makeDelayMessage, makeParkMessage } from '../../src/aws/queue.ts';
export { makeAskQuota } from '../../src/aws/service-quotas.ts';
export { makeSessions } from '../../src/aws/sessions.ts';
export { makeAnnounceOrganization, makeAnnounceTotal, makePublishTasks, makeSendNudge } from '../../src/aws/topic.ts';
export { planRetry } from '../../src/census/retry.ts';
export { retry } from '../../src/cli/retry-run.ts';
export { aggregator } from '../../src/functions/aggregator.ts';
export { dispatcher } from '../../src/functions/dispatcher.ts';
export { undelivered } from '../../src/functions/undelivered.ts';
export { worker } from '../../src/functions/worker.ts';
export { makeLog, printable } from '../../src/log.ts';

import type * as product from './product.ts';

export type Product = typeof product;
