/** Whether the last run knew which regions there are, and which of them the account has switched on. */
import type { Run } from '../../census/run.ts';
import { sourceWords } from '../plan-words.ts';
import { runSummary } from '../run-summary.ts';
import { list } from '../words.ts';
import type { DoctorFacts } from './facts.ts';
import { type Finding, judged, ok, warning } from './finding.ts';
import type { Shell } from './shell.ts';

/** The permission of the dispatcher that each source takes. */
const ASKED_BY = { regions: 'ssm:GetParametersByPath', optIn: 'account:ListRegions' } as const;

export function judgePlan({ runs }: Pick<DoctorFacts, 'runs'>, nowMs: number, shell: Shell): Finding {
  const check = 'plan';
  return judged(check, runs, 'where the last run had its list of regions from', shell, ([last]) => {
    if (last?.sources === undefined) return ok(check, 'No run says yet where it had its list of regions from.');
    const words = sourceWords(runSummary(last, nowMs));
    if (words.length === 0) return ok(check, planOf(last.sources));
    const denied = (['regions', 'optIn'] as const).filter((name) => last.sources?.[name].because === 'denied');
    const what = `Of the run ${last.runId}: ${words.join('; ')}.`;
    const why = 'A region that is new, or was switched on or off since, is planned wrongly until it can be asked.';
    if (denied.length === 0) {
      return warning(check, what, why, {
        todo: 'The next run asks anew. If it goes on, the log of the dispatcher says what was answered.',
        commands: [shell.aws('logs', 'tail', `/aws/lambda/${shell.nameOf('dispatcher')}`, '--since', '1d')],
      });
    }
    const actions = list(denied.map((name) => ASKED_BY[name]));
    return warning(check, what, why, {
      todo: `The dispatcher may not do ${actions}. This gives its role what the template says; what an organisation's policy denies, only that can give back.`,
      commands: shell.restore(),
    });
  });
}

function planOf({ regions }: NonNullable<Run['sources']>): string {
  return regions.from === 'parameter' ? 'The parameter regions names them.' : 'The last run knew its regions.';
}
