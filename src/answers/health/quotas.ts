/** Whether the last total says how full its regions are: of a region whose quota is not known no alarm rings. */
import { list, plural } from '../words.ts';
import type { DoctorFacts } from './facts.ts';
import { type Finding, judged, ok, warning } from './finding.ts';
import type { Shell } from './shell.ts';

/** Of a kind that AWS bounds by a number. */
export function judgeQuotas({ runs }: Pick<DoctorFacts, 'runs'>, shell: Shell): Finding {
  const check = 'quotas';
  return judged(check, runs, 'whether the last total says how full its regions are', shell, (newestFirst) => {
    const last = newestFirst.find(({ total }) => total !== undefined);
    const quota = last?.total?.quota;
    if (last?.total === undefined || quota === undefined)
      return ok(check, 'No total says yet how full its regions are.');
    const { unknown } = quota;
    if (unknown.length === 0) return ok(check, 'The last total knows the quota of each region that it counted.');
    const isAll = unknown.length > 1 && unknown.length === last.total.counted;
    const regions = isAll ? `any of the ${plural(unknown.length, 'region')} that it counted` : list(unknown);
    const what = `The run ${last.runId} does not know the quota of ${regions}.`;
    const why = 'Nobody is told when a region of which that is not known is nearly full.';
    return warning(check, what, why, {
      todo: 'This says why, and what to do.',
      commands: [shell.census(`explain ${last.runId}`)],
    });
  });
}
