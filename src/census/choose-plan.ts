import {
  countsToLookUp,
  knowledgeOf,
  memoryAfter,
  type Plan,
  type PlanSituation,
  planOf,
  questions,
  type RegionAnswers,
  type RegionKnowledge,
} from './plan.ts';
import type { Clock, OpeningLedger, ReadLiveRegions, ReadOptInStates } from './ports.ts';
import type { LastKnown, RunKey } from './run.ts';
import { within } from './within.ts';

export type ChoosingPorts = {
  ledger: Pick<OpeningLedger, 'lastCount' | 'writeMemory'>;
  readLiveRegions: ReadLiveRegions;
  readOptInStates: ReadOptInStates;
  clock: Pick<Clock, 'sleep'>;
};

type Options = {
  /** How long the services may take together, then the looking up, then the remembering. */
  timeoutMs: number;
  /** Not where the memory could not be read: less would be written than is there. */
  mayRemember: boolean;
  /** Hears of everything that went wrong, none of which keeps a run from opening. */
  onTrouble: (trouble: Trouble) => void;
};

type Trouble = { what: 'live' | 'off' | 'lastCount' | 'memory'; because?: string; region?: string; cause?: unknown };

/**
 * Chooses the regions that a run must hear from: asks who knows, each but once and for a short while, and goes on with
 * what there is. What is to be remembered is written before the run is opened, so that no run lies between the two.
 */
export async function choosePlan(
  ports: ChoosingPorts,
  key: RunKey,
  situation: PlanSituation,
  options: Options,
): Promise<Plan> {
  const answers = await ask(ports, situation, options);
  const knowledge = knowledgeOf(situation, answers);
  tellWhatFailed(answers, knowledge, options);
  const lookedUp = await lookUp(ports, key, countsToLookUp(situation, knowledge), options);
  const plan = planOf(situation, knowledge, lookedUp);
  const memory = memoryAfter(situation, knowledge, plan);
  if (memory !== undefined && options.mayRemember) {
    const written = ports.ledger.writeMemory(key.censusId, memory);
    await unlessTrouble(ports, written, { what: 'memory' }, options);
  }
  return plan;
}

async function ask({ clock, ...ports }: ChoosingPorts, situation: PlanSituation, options: Options) {
  const wanted = questions(situation);
  const one = async (what: 'live' | 'off', read: ReadLiveRegions | ReadOptInStates) => {
    if (!wanted[what]) return {};
    const answer = await within(clock, options.timeoutMs, read, { because: 'timed-out' } as const);
    return { [what]: answer };
  };
  const answers = await Promise.all([one('live', ports.readLiveRegions), one('off', ports.readOptInStates)]);
  return { ...answers[0], ...answers[1] };
}

/** Who gave no answer, and whose list is not believed. */
function tellWhatFailed(answers: RegionAnswers, { sources }: RegionKnowledge, { onTrouble }: Options): void {
  for (const [what, { because }] of [['live', sources.regions] as const, ['off', sources.optIn] as const]) {
    const answer = answers[what];
    if (because !== undefined) onTrouble({ what, because, ...(answer && 'because' in answer && answer) });
  }
}

/** Without those that could not be looked up. */
async function lookUp(ports: ChoosingPorts, key: RunKey, regions: readonly string[], options: Options) {
  const found = new Map<string, LastKnown | null>();
  await Promise.all(
    regions.map(async (region) => {
      const asked = ports.ledger.lastCount(key.censusId, region, key.runId).then((count) => count ?? null);
      const count = await unlessTrouble(ports, asked, { what: 'lastCount', region }, options);
      if (count !== undefined) found.set(region, count);
    }),
  );
  return found;
}

/** Nothing, if it fails or takes too long. */
async function unlessTrouble<T>(
  { clock }: ChoosingPorts,
  work: Promise<T>,
  trouble: Trouble,
  { timeoutMs, onTrouble }: Options,
): Promise<T | undefined> {
  const caught = work.catch((cause: unknown) => {
    onTrouble({ ...trouble, cause });
    return undefined;
  });
  const late = Symbol('late');
  const result = await within(clock, timeoutMs, () => caught, late);
  if (result !== late) return result as T | undefined;
  onTrouble({ ...trouble, because: 'timed-out' });
  return undefined;
}
