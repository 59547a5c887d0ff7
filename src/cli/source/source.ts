/** From a command's options to a ledger that can be read, and to the other parts of the same stack. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { askOf, askWhatIsCounted } from '../../answers/asking/owner.ts';
import { type Place, placed } from '../../answers/place.ts';
import type { Source } from '../../answers/reader.ts';
import { type Access, type AccessOptions, type LocalAccess, makeAccess } from '../../aws/access.ts';
import type { Identity } from '../../aws/identity.ts';
import { censusIdOf, ORGANIZATION } from '../../census/census-id.ts';
import { STREAMS } from '../../census/kinds.ts';
import { parseRegion } from '../../census/region.ts';
import { forgetAwsEnvironment } from '../../surroundings.ts';
import { OutputLost, sentenceOf, UsageError, type Where } from '../errors.ts';
import type { Io } from '../io.ts';
import { type PlaceOptions, placeOf, prefixOf, tableOf } from '../options.ts';
import { LOCAL_REGION, notedAccount } from './account.ts';
import { personAccess, whereOf } from './person.ts';
import { findRunningStack } from './stack-note.ts';

/** The ledger of a stack, and how to reach the stack's other parts. */
export type StackSource = Source & {
  place: Place;
  access: Access;
  tableName: string;
  /** Names of a stack begin with it. It is the table's name, too, unless the stack was given a ledger of another name. */
  prefix: string;
  /** Only the ledger is there: nothing to send to or to invoke. */
  ledgerOnly: boolean;
  /** By how much every wait is divided there; 1 on AWS. */
  timeScale: number;
  /** The account that the stack is in: whose the credentials are. @throws what the SDK throws */
  own(): Promise<string>;
};

/** What the options name, before anybody has asked whose it is. */
export type OpenedStack = Omit<StackSource, 'censusId'> & {
  region: string;
  /** Whose the credentials are. `bound` ends the question, once there are any. @throws what the SDK throws */
  identity(bound?: () => AbortSignal): Promise<Identity>;
  /** The account that was named, or, where none was, the one that the stack is in. @throws as `identity` */
  account(): Promise<string>;
  /** Where a sentence about a failure was reading. */
  where: Where;
};

/**
 * Opens what the options name, uses it and closes it. Where they do not say whose runs are asked for, `use` may begin a second time:
 * it does nothing before it has read a run.
 * @throws UsageError with one sentence, whatever happened; the cause is what was thrown
 */
export async function withSource<T>(
  options: PlaceOptions,
  io: Io,
  use: (source: StackSource) => Promise<T>,
): Promise<T> {
  return await withStack(options, io, (stack) => askStack(stack, options, use));
}

/** Of a stack that is open already, as `withSource` does; but what is thrown is thrown as it is. */
export async function askStack<T>(
  stack: OpenedStack,
  { account, kind = STREAMS }: Pick<PlaceOptions, 'account' | 'kind'>,
  use: (source: StackSource) => Promise<T>,
): Promise<T> {
  const source = { ...stack, censusId: censusIdOf(account ?? (await stack.own()), kind) };
  return account === undefined ? await askWhatIsCounted(source, use) : await askOf(source, use);
}

/** As `withSource`, but nobody is asked anything before the command asks. */
export async function withStack<T>(options: PlaceOptions, io: Io, use: (stack: OpenedStack) => Promise<T>): Promise<T> {
  const tableName = tableOf(options);
  const where: Where = {
    tableName,
    local: options.local,
    ...(options.region && { region: options.region }),
  };
  const closers: (() => void | Promise<void>)[] = [];
  try {
    const found = options.local ? await findLocal(options, io, closers) : findAws(options, where);
    const access = makeAccess(found.access);
    closers.push(() => access.close());
    where.region = parseRegion(await access.region());
    const stack = await stackOf(options, io, access, where, found);
    return await use(stack);
  } catch (cause) {
    if (cause instanceof OutputLost) throw cause;
    throw new UsageError(placed(sentenceOf(cause, where), placeOf(io, options)), { cause });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

type Found = { access: AccessOptions | LocalAccess; folder?: string; url?: string; timeScale?: number };

async function stackOf(
  options: PlaceOptions,
  io: Io,
  access: Access,
  where: Where,
  found: Found,
): Promise<OpenedStack> {
  const { makeReader } = await import('../../aws/reader.ts');
  const client = await access.dynamoDB();
  const region = await access.region();
  const tableName = tableOf(options);
  const ledgerOnly = found.folder !== undefined;
  const identity = async (bound?: () => AbortSignal) => {
    const { readIdentity } = await import('../../aws/identity.ts');
    return await readIdentity({ ...found.access, region }, bound);
  };
  const isLocal = 'endpoint' in found.access;
  const own = async () => (isLocal ? notedAccount(io.folder) : (await identity()).accountId);
  return {
    reader: makeReader({ client, tableName, nowMs: io.nowMs }),
    access,
    tableName,
    prefix: prefixOf(options),
    description: found.folder ?? found.url ?? `the table ${tableName} in ${region}`,
    ledgerOnly,
    place: { ...placeOf(io, options), ledgerOnly },
    timeScale: found.timeScale ?? 1,
    region,
    where,
    identity,
    own,
    account: async () =>
      options.account === undefined || options.account === ORGANIZATION ? await own() : options.account,
  };
}

/** What is found out on the way is what a sentence about a failure needs. */
function findAws({ region, profile }: PlaceOptions, where: Where): Found {
  const access = personAccess({ ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) });
  Object.assign(where, whereOf(access));
  return { access };
}

/** The stack that runs here, or else the ledger that the last one left behind. */
async function findLocal(
  { region = LOCAL_REGION }: PlaceOptions,
  io: Io,
  closers: (() => void | Promise<void>)[],
): Promise<Found> {
  forgetAwsEnvironment();
  const home = join(io.folder, '.kvs-census');
  const stack = await findRunningStack(home);
  if (stack !== undefined) {
    const { url, timeScale } = stack;
    return { access: { region, endpoint: url }, url: `the local stack at ${url}`, timeScale };
  }
  const folder = join(home, 'ledger');
  if (!existsSync(folder)) {
    throw new UsageError(
      `There is no local ledger in ${home}: run \`npm start\` first, in the folder in which you ask.`,
    );
  }
  const { openLedgerFolder } = await import('./ledger-folder.ts');
  const { endpoint, close } = await openLedgerFolder(folder);
  closers.push(close);
  return { access: { region, endpoint }, folder: `the local ledger in ${folder}` };
}
