/** Which kinds a stack counts: what the dispatcher was told. */
import { KINDS, type Kind, STREAMS } from '../../census/kinds.ts';
import { list } from '../words.ts';
import type { StatusFacts } from './facts.ts';
import { type Finding, factsOf, judged, ok, warning } from './finding.ts';
import type { Shell } from './shell.ts';

type Functions = Pick<StatusFacts, 'functions'>;

/** Those beside streams that are known here; none where nobody knows what the dispatcher was told. */
export function otherKindsOf({ functions }: Functions): Kind[] {
  const told = factsOf(functions.dispatcher)?.kinds ?? [];
  return KINDS.filter((kind) => kind !== STREAMS && told.includes(kind));
}

export function judgeKinds({ functions }: Functions, shell: Shell): Finding {
  const check = 'kinds';
  return judged(check, functions.dispatcher, 'what is counted', shell, (dispatcher) => {
    const strange = (dispatcher?.kinds ?? []).filter((name) => !KINDS.some((kind) => kind === name));
    if (strange.length === 0) return ok(check, `Counted: ${list([STREAMS, ...otherKindsOf({ functions })])}.`);
    const what = `The stack counts ${list(strange)}, which this kvs-census does not know.`;
    return warning(check, what, 'Nothing is said here of their runs, alarms and permissions.', {
      todo: 'Ask with the release that was deployed, or deploy this one.',
      commands: [shell.deploy()],
    });
  });
}
