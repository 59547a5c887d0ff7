/** `kvs-census doctor`: whether a stack is well, and what mends it where it is not. */
import type { Command } from 'commander';
import {
  type DoctorAnswer,
  doctorAnswer,
  judgeIdentity,
  judgeLedger,
  judgeStack,
  nothingAsked,
  onlyOf,
} from '../../answers/health/doctor.ts';
import type { Asked, Identity } from '../../answers/health/facts.ts';
import { type Finding, ok, unknown } from '../../answers/health/finding.ts';
import { makeShell, type Shell } from '../../answers/health/shell.ts';
import { ORGANIZATION } from '../../census/census-id.ts';
import { NO_REGION, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { examples, prefixOf, type ReadingOptions, readingCommand } from '../options.ts';
import { print } from '../print.ts';
import { type OpenedStack, withStack } from '../source/source.ts';

export function doctorCommand(io: Io): Command {
  return readingCommand(
    'doctor',
    'Whether a stack is well: what is wrong with it, why that matters, and what mends it.',
  )
    .addHelpText(
      'after',
      examples([
        ['doctor --stage prod --region eu-west-1', 'all that can be asked of a deployed stack'],
        ['doctor --kind channels', 'only what is of that kind, and what serves every kind'],
        ['doctor --local', 'of the stack that `npm start -- --keep` left up'],
        ['doctor --json | jq ".findings[] | select(.level != \\"ok\\")"', 'for a program'],
      ]),
    )
    .action(async (options: ReadingOptions) => {
      const found = await examine(options, io);
      const answer = options.kind === undefined ? found : onlyOf(options.kind, found);
      io.exitCode = answer.level === 'broken' ? 1 : 0;
      await print(io, options, answer, async () => (await import('../render/doctor.ts')).renderDoctor);
    });
}

async function examine(options: ReadingOptions, io: Io): Promise<DoctorAnswer> {
  const nowMs = io.nowMs();
  const unopened = { accountId: null, stack: prefixOf(options), region: null };
  let isOpen = false;
  try {
    return await withStack(options, io, async (stack) => {
      isOpen = true;
      return await examineStack(stack, options, nowMs);
    });
  } catch (error) {
    if (isOpen || !(error instanceof UsageError)) throw error;
    const check = isAboutRegion(error.cause) ? 'region' : 'stack';
    return doctorAnswer(unopened, [nothingAsked(check, error.message)], nowMs);
  }
}

async function examineStack(stack: OpenedStack, options: ReadingOptions, nowMs: number): Promise<DoctorAnswer> {
  const { readDoctorFacts, readIdentity, readLedgerFacts } = await import('../source/health.ts');
  const { place, prefix, region } = stack;
  const shell = makeShell({
    place,
    prefix,
    region,
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  const where = { stack: prefix, region };
  const regionFinding = ok('region', `${region}.`);
  if (stack.ledgerOnly) {
    const account = await stack.account();
    const facts = await readLedgerFacts(stack, { answer: account }, nowMs);
    return doctorAnswer({ accountId: account, ...where }, judgeLedger(facts, stack.description, nowMs, shell), nowMs);
  }
  const identity = await readIdentity(stack);
  if ('refusal' in identity && identity.refusal.why === 'not-accepted') {
    const finding = nothingAsked('credentials', identity.sentence ?? identity.refusal.error);
    return doctorAnswer({ accountId: null, ...where }, [regionFinding, finding], nowMs);
  }
  const credentials = credentialsOf(identity, shell);
  const named = options.account === ORGANIZATION ? undefined : options.account;
  const accountId = 'answer' in identity ? identity.answer.accountId : (named ?? null);
  const account: Asked<string> =
    named === undefined && 'refusal' in identity ? identity : { answer: await stack.account() };
  const facts = await readDoctorFacts(stack, shell, { identity, account }, nowMs);
  return doctorAnswer({ accountId, ...where }, [regionFinding, credentials, ...judgeStack(facts, nowMs, shell)], nowMs);
}

/** How the SDK words it; the sentence says it better. */
function isAboutRegion(cause: unknown): boolean {
  return cause instanceof Error && (cause.message === NO_REGION || cause.message.startsWith('Region not accepted'));
}

function credentialsOf(identity: Asked<Identity>, shell: Shell): Finding {
  if ('answer' in identity) return judgeIdentity(identity.answer);
  return unknown('credentials', identity.refusal, 'whose the credentials are', shell);
}
