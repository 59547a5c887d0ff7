/** The stack of `npm start`: it lends its ledger and its page, and says in its folder where it can be reached. */
import { join } from 'node:path';
import { type Place, placed } from '../../answers/place.ts';
import type { LedgerReader } from '../../answers/reader.ts';
import { makeDynamoDB } from '../../aws/clients.ts';
import { makeEndingLedger, makeOpeningLedger } from '../../aws/ledger.ts';
import { makeReader } from '../../aws/reader.ts';
import { ORGANIZATION } from '../../census/census-id.ts';
import type { EndingLedger, OpeningLedger } from '../../census/ports.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts';
import { patience } from '../../local/time-scale.ts';
import { makePageHandler } from '../../page/handler.ts';
import { sentenceOf, UsageError } from '../errors.ts';
import { LOCAL_REGION, noteAccount } from '../source/account.ts';
import { findRunningStack, makeStackNote } from '../source/stack-note.ts';
import { type ApiChoice, type LocalApi, openApi } from './api.ts';
import { parametersFor } from './counted.ts';
import { SWEEP_SCHEDULE } from './schedules.ts';
import type { Video } from './video.ts';

type LocalLedger = OpeningLedger & EndingLedger & LedgerReader;

export type LocalStack = {
  stack: Stack;
  ledger: LocalLedger;
  /** Aborts when the dispatcher was given up: the run will never be open. */
  givenUp: AbortSignal;
  api: LocalApi;
};

type Options = Pick<StackOptions, 'packageDir' | 'timeScale' | 'port' | 'fresh' | 'onLog'> & {
  /** In which its ledger is, and commands look for it. */
  folder: string;
  /** Of commands that ask it. */
  place: Place;
  video: Video;
  /** Whether its answers are offered over HTTP, and to whom. */
  api: ApiChoice;
};

const homeIn = (folder: string) => join(folder, '.kvs-census');

/** Packaging and starting take seconds, after which the ledger's lock would say less well what is wrong. */
export async function refuseBesideAnother(folder: string): Promise<void> {
  const other = await findRunningStack(homeIn(folder));
  if (other === undefined) return;
  throw new UsageError(
    `A stack runs in this folder already, at ${other.url} (process ${other.pid}): stop that one first, or start in another folder.`,
  );
}

/** Starts the stack and its sweep, and stops all of it again. */
export async function withLocalStack<T>(options: Options, use: (local: LocalStack) => Promise<T>): Promise<T> {
  const api = await openApi(options.api);
  try {
    return await withStack({ ...options, api }, use);
  } finally {
    await api.close();
  }
}

async function withStack<T>(
  { folder, place, video, api, ...options }: Omit<Options, 'api'> & { api: LocalApi },
  use: (local: LocalStack) => Promise<T>,
): Promise<T> {
  const { accountId, owner, kinds } = video;
  const parameters = { ...parametersFor(kinds, owner), ...api.parameters };
  const note = makeStackNote(homeIn(folder), process.pid);
  // The ledger can only be opened after the stack, and with it the page, has started.
  const opened = Promise.withResolvers<LocalLedger>();
  const page = makePageHandler({
    withLedger: async (read) =>
      read({ reader: await opened.promise, censusId: owner, description: 'the local stack', place }),
    censusId: owner,
    // A page that has read nothing yet does not know where it asks.
    sentenceOf: (error) => placed(sentenceOf(error), place),
    nowMs: Date.now,
  });
  const givenUp = new AbortController();
  const stack = await startStack({
    ...options,
    accountId,
    region: LOCAL_REGION,
    ledgerDir: join(homeIn(folder), 'ledger'),
    ...(video.service && { video: video.service }),
    environment: {
      ...patience(options.packageDir, options.timeScale, {
        kinds: kinds.length,
        parameters,
        isOrganization: owner === ORGANIZATION,
      }),
      ...video.environment,
      ...(video.plan && { REGIONS: video.plan.join(',') }),
      KINDS: kinds.join(','),
    },
    parameters,
    onEvent: whenDispatcherFails((error) => givenUp.abort(error)),
    // The API serves the page itself where people sign in to it.
    onPage: (request, response) => note.answer(request, response) || (api.choice !== 'jwt' && page(request, response)),
  }).catch((cause: NodeJS.ErrnoException) => {
    // What the system refuses is said by its code; the stack's own complaints are sentences.
    throw cause.code === undefined ? new UsageError(cause.message, { cause }) : cause;
  });
  try {
    // Whoever holds the ledger's folder says where to ask, so that other commands can read it meanwhile.
    note.leave(stack.url, options.timeScale);
    noteAccount(folder, accountId);
    api.welcome(stack.url);
    const ledger = openLedger(stack);
    opened.resolve(ledger);
    stack.startSchedules({ only: [SWEEP_SCHEDULE] });
    return await use({ stack, ledger, givenUp: givenUp.signal, api });
  } finally {
    note.remove();
    await stack.stop();
    video.service?.close();
  }
}

/** A dispatcher that was given up will never open the run: waiting is over. */
function whenDispatcherFails(give: (error: Error) => void): NonNullable<StackOptions['onEvent']> {
  let lastError = '';
  return (event) => {
    if (event.type === 'invocation-ended' && event.error !== undefined) lastError = event.error.errorMessage;
    if (event.type === 'destination' && event.function === 'DispatcherLambdaFunction') {
      give(new Error(`The dispatcher could not open the run: ${lastError}`));
    }
  };
}

/** Only for a local table, which answers any credentials. */
function openLedger(stack: Stack): LocalLedger {
  const client = makeDynamoDB(
    { connectTimeoutMs: 3000, requestTimeoutMs: 10_000 },
    { endpoint: stack.url, region: LOCAL_REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
  );
  const options = { client, tableName: stack.resource('LedgerTable').name, nowMs: Date.now };
  return { ...makeOpeningLedger(options), ...makeEndingLedger(options), ...makeReader(options) };
}
