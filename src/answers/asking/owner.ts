/**
 * Whose runs are asked for where nobody says it: those of what the stack counts. An account whose runs are part of the organisation's is
 * not asked by itself. That shows in the first run that is read of it, so that it costs nothing to ask of an account alone.
 */
import { censusIdOf, isOfOrganization, kindOf, ORGANIZATION } from '../../census/census-id.ts';
import type { Run } from '../../census/run.ts';
import { hasRuns } from '../any-runs.ts';
import { neverCounted } from '../counted-kinds.ts';
import { NoAnswer } from '../no-answer.ts';
import { noSuchOwner } from '../organization/no-such-owner.ts';
import type { LedgerReader, Source } from '../reader.ts';

/** What was read is part of a run of the organisation, and that is what is asked. */
class CountedTogether extends Error {
  constructor() {
    super(
      "The runs of this account are part of the organisation's: ask for these with --account organization, or start the command again.",
    );
  }
}

/**
 * Asks of the account of the source, and of the organisation instead if the stack counts that: then `use` begins anew. It must have
 * done nothing before it has read a run.
 */
export async function askWhatIsCounted<Of extends Source, T>(source: Of, use: (source: Of) => Promise<T>): Promise<T> {
  const together = togetherOf(source);
  const { reader, hasRead } = stoppedByMembers(source.reader, source.censusId);
  try {
    return await use({ ...source, reader });
  } catch (error) {
    if (error instanceof CountedTogether) return await askOf(together, use);
    if (!(error instanceof NoAnswer)) throw error;
    if (!hasRead() && (await isCountedTogether(source, together).catch(() => false))) return await askOf(together, use);
    throw (await neverCounted(source).catch(() => undefined)) ?? error;
  }
}

/** Asks of exactly these runs. Where there are none, it is said why. */
export async function askOf<Of extends Source, T>(source: Of, use: (source: Of) => Promise<T>): Promise<T> {
  try {
    return await use(source);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const why =
      (await neverCounted(source).catch(() => undefined)) ?? (await noSuchOwner(source).catch(() => undefined));
    throw why ?? error;
  }
}

/** For a command that does something before it reads: one request, and one more where there is no run of the account. */
export async function settleOwner(source: Source): Promise<void> {
  if (isOfOrganization(source.censusId)) return;
  if (await isCountedTogether(source, togetherOf(source))) throw new CountedTogether();
}

/** The organisation's runs of the same kind. */
function togetherOf<Of extends Source>(source: Of): Of {
  return { ...source, censusId: censusIdOf(ORGANIZATION, kindOf(source.censusId)) };
}

/** Until the first run of the account that is read: that decides. `hasRead`: there was one, and it was no member. */
function stoppedByMembers(reader: LedgerReader, censusId: string): { reader: LedgerReader; hasRead: () => boolean } {
  let isDecided = false;
  const decide = (asked: string, run: Run | undefined) => {
    if (isDecided || asked !== censusId || run === undefined) return;
    if (run.parent !== undefined) throw new CountedTogether();
    isDecided = true;
  };
  const stopped: LedgerReader = {
    ...reader,
    async newestRuns(asked, wanted) {
      const runs = await reader.newestRuns(asked, wanted);
      decide(asked, runs[0]);
      return runs;
    },
    async *runs(asked, reading) {
      for await (const run of reader.runs(asked, reading)) {
        decide(asked, run);
        yield run;
      }
    },
    async wholeRun(key) {
      const whole = await reader.wholeRun(key);
      decide(key.censusId, whole?.run);
      return whole;
    },
  };
  return { reader: stopped, hasRead: () => isDecided };
}

/** The newest run tells it, or that there is none but of the organisation. Two requests, where there is no answer anyway. */
async function isCountedTogether({ reader, censusId }: Source, together: Source): Promise<boolean> {
  let isDamaged = false;
  const onDamaged = () => {
    isDamaged = true;
  };
  const [newest] = await reader.newestRuns(censusId, { runs: 1, onDamaged });
  if (newest !== undefined) return newest.parent !== undefined;
  // One that cannot be read was counted, too.
  return !isDamaged && (await hasRuns(together));
}
