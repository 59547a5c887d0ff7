/**
 * Answers who asks over HTTP, and reads nothing but the ledger. Invoked by API Gateway alone, which has found out who asks: every
 * route of it is closed but for the page's shell (infra/api.yml), and what it should not have let through is refused here as well.
 */
import { makeDynamoDB } from '../aws/clients.ts';
import { makeReader } from '../aws/reader.ts';
import { apiConfig } from '../config.ts';
import type { Log } from '../log.ts';
import { makeHostedPage } from '../page/hosted.ts';
import { type ApiDeps, answering } from './answering/answer.ts';
import { bind, realClock } from './bind.ts';

function realDeps(log: Log): ApiDeps {
  const config = apiConfig();
  const reader = makeReader({ client: makeDynamoDB(config.http), ...config.ledger, nowMs: realClock.nowMs });
  const page = config.signIn && makeHostedPage(config.signIn);
  return { reader, config, ...(page && { page }), clock: realClock, log };
}

export const handler = bind((log) => answering(realDeps(log)));
