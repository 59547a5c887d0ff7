/** Whether the functions are there and can run: how they are, what feeds them, and how many may run at once. */
import { descriptorOf, type Kind } from '../../census/kinds.ts';
import type { Run } from '../../census/run.ts';
import { list, number, plural } from '../words.ts';
import {
  type Asked,
  type ConcurrencyFacts,
  type Decision,
  type DoctorFacts,
  FED_BY,
  type FedFunction,
  FUNCTIONS,
  type FunctionName,
  type MappingFacts,
  type Refusal,
} from './facts.ts';
import { answerOf, broken, type Finding, factsOf, judged, ok, together, unknown, warning } from './finding.ts';
import type { Shell } from './shell.ts';

export function judgeFunctions(
  { functions, tableName }: Pick<DoctorFacts, 'functions' | 'tableName'>,
  shell: Shell,
): Finding {
  return judged('functions', together(functions), 'whether the functions are there', shell, (found) => {
    const missing = FUNCTIONS.filter((name) => found[name] === null);
    if (missing.length > 0) {
      return broken(
        'functions',
        `Not there: ${list(missing.map(shell.nameOf))}.`,
        'Without one of them no run comes to a total.',
        {
          commands: shell.restore(),
        },
      );
    }
    const failed = FUNCTIONS.filter((name) => found[name]?.state === 'Failed' || found[name]?.lastUpdate === 'Failed');
    if (failed.length > 0) {
      return broken(
        'functions',
        `The last change of ${list(failed)} failed.`,
        'Lambda runs the code of before, or none.',
        {
          todo: 'Lambda says why; then deploy once more.',
          commands: [
            ...failed.map((name) =>
              shell.aws(
                'lambda',
                'get-function-configuration',
                '--function-name',
                shell.nameOf(name),
                '--query',
                '[StateReason,LastUpdateStatusReason]',
              ),
            ),
            shell.deploy(),
          ],
        },
      );
    }
    const strange = FUNCTIONS.filter((name) => (found[name]?.tableName ?? tableName) !== tableName);
    if (strange.length > 0) {
      const told = strange.map((name) => `${name} (${found[name]?.tableName})`);
      return broken(
        'functions',
        `Not all functions have the ledger ${tableName}: ${list(told)}.`,
        'What one of them records, the others never see.',
        {
          commands: [shell.deploy()],
        },
      );
    }
    const changing = FUNCTIONS.filter(
      (name) => found[name]?.state === 'Pending' || found[name]?.lastUpdate === 'InProgress',
    );
    if (changing.length === 0) return ok('functions', `${list(FUNCTIONS)}: there, and active.`);
    return warning(
      'functions',
      `Being changed at this moment: ${list(changing)}.`,
      'Somebody deploys; what is found now may not be so in a minute.',
      {
        commands: [shell.census('doctor')],
      },
    );
  });
}

const WHY_FED = {
  worker: 'Tasks wait in vain: each region of each run ends as unanswered, 90 minutes after the run opened.',
  undelivered: 'Regions that failed for good are not recorded, so their runs end only by their deadline.',
} as const satisfies Record<FedFunction, string>;

const CALLED = { worker: 'the worker', undelivered: 'the undelivered function' } as const satisfies Record<
  FedFunction,
  string
>;

/** The queue is Lambda's to read, by a mapping that is enabled. */
export function judgeTrigger(
  name: FedFunction,
  { mappings, queues }: Pick<DoctorFacts, 'mappings' | 'queues'>,
  shell: Shell,
): Finding {
  const check = `${name}-trigger` as const;
  const queue = shell.nameOf(FED_BY[name]);
  return judged(check, mappings[name], `whether ${CALLED[name]} takes from its queue`, shell, (found) => {
    const mapping = found?.find(({ queueArn }) => queueArn.endsWith(`:${queue}`));
    if (mapping === undefined) {
      const arn = answerOf(queues[FED_BY[name]])?.arn;
      return broken(
        check,
        `There is no trigger of ${CALLED[name]}: nothing brings it what is in ${queue}.`,
        WHY_FED[name],
        {
          commands: arn === undefined ? shell.restore() : [createMapping(name, arn, shell)],
        },
      );
    }
    return judgeMapping(name, mapping, shell);
  });
}

function judgeMapping(
  name: FedFunction,
  { id, state, maximumConcurrency, reportsFailures }: MappingFacts,
  shell: Shell,
): Finding {
  const check = `${name}-trigger` as const;
  const update = (...words: string[]) => [shell.aws('lambda', 'update-event-source-mapping', '--uuid', id, ...words)];
  if (/^Disabl|^Delet/.test(state)) {
    const what = `The trigger of ${CALLED[name]} is ${state.toLowerCase()}: it takes nothing from ${shell.nameOf(FED_BY[name])}.`;
    return broken(check, what, WHY_FED[name], { commands: update('--enabled') });
  }
  if (!reportsFailures) {
    const what = `The trigger of ${CALLED[name]} does not listen to which messages failed.`;
    return broken(check, what, 'A task that failed is deleted as if it were done, and its region ends as unanswered.', {
      commands: update('--function-response-types', 'ReportBatchItemFailures'),
    });
  }
  if (state !== 'Enabled') {
    return warning(check, `The trigger of ${CALLED[name]} is being changed: ${state}.`, WHY_FED[name], {
      todo: 'It is enabled within a minute or two, if that is what was asked for.',
      commands: [shell.census('doctor')],
    });
  }
  const most = maximumConcurrency === null ? '' : `, at most ${number(maximumConcurrency)} at the same time`;
  return ok(check, `Enabled${most}.`);
}

/** As serverless.yml has it. */
function createMapping(name: FedFunction, queueArn: string, shell: Shell): string {
  return shell.aws(
    ...['lambda', 'create-event-source-mapping', '--function-name', shell.nameOf(name), '--event-source-arn', queueArn],
    ...['--batch-size', '1', '--function-response-types', 'ReportBatchItemFailures'],
    ...['--scaling-config', `MaximumConcurrency=${name === 'worker' ? 5 : 2}`],
  );
}

/** Invocations that are wanted at the same time beside the worker's: dispatcher, aggregator, and two of undelivered. */
const OTHERS = 4;

const WHY_CONCURRENCY =
  'Lambda throttles what it may not run: tasks are late, and one whose visibility runs out meanwhile has lost one of its receives.';

type Concurrency = Pick<DoctorFacts, 'concurrency' | 'mappings' | 'functions'>;

export function judgeConcurrency({ concurrency, mappings, functions }: Concurrency, shell: Shell): Finding {
  const check = 'concurrency';
  const whether = 'whether Lambda may run as many workers as are wanted';
  const reserved = together(reservations(functions));
  const stopped = FUNCTIONS.filter((name) => answerOf(reserved)?.[name] === 0);
  if (stopped.length > 0) {
    const commands = stopped.map((name) =>
      shell.aws('lambda', 'delete-function-concurrency', '--function-name', shell.nameOf(name)),
    );
    const what = `Stopped, by a reserved concurrency of 0: ${list(stopped)}.`;
    const todo = 'Somebody has stopped them by hand; this lets them run again.';
    return broken(check, what, 'Lambda refuses each of their invocations.', { todo, commands });
  }
  const asked = together<'limits' | 'mappings' | 'reserved', unknown>({
    limits: concurrency,
    mappings: mappings.worker,
    reserved,
  });
  if ('refusal' in asked) return unknown(check, asked.refusal, whether, shell);
  // Without a bound, or without a trigger, as many are wanted as there is room for.
  const wanted = Math.max(
    0,
    ...(answerOf(mappings.worker) ?? []).map(({ maximumConcurrency }) => maximumConcurrency ?? 0),
  );
  return judged(check, concurrency, whether, shell, (limits) =>
    judgeRoom(limits, answerOf(reserved)?.worker ?? null, wanted, shell),
  );
}

function judgeRoom(
  { quota, unreserved }: ConcurrencyFacts,
  reserved: number | null,
  wanted: number,
  shell: Shell,
): Finding {
  const room = reserved ?? unreserved - OTHERS;
  const own = reserved === null ? '' : `, ${number(reserved)} of them reserved for the worker`;
  const has = `The account may run ${number(quota)} at the same time, ${number(unreserved)} of them unreserved${own}`;
  if (wanted === 0) return ok('concurrency', `${has}.`);
  const free =
    reserved === null ? `the account has ${number(unreserved)} unreserved` : `${number(reserved)} are reserved for it`;
  if (room >= wanted)
    return ok('concurrency', `The worker wants up to ${number(wanted)} at the same time, and ${free}.`);
  const what = `${has}, but the worker wants up to ${number(wanted)} and the other functions ${OTHERS}.`;
  const quotaOf = ['--service-code', 'lambda', '--quota-code', 'L-B99A9384', '--desired-value', '1000'];
  return warning('concurrency', what, WHY_CONCURRENCY, {
    todo: 'Ask AWS for more, which takes some days at worst; until then let fewer regions be listed at a time.',
    commands: [
      shell.aws('service-quotas', 'request-service-quota-increase', ...quotaOf),
      shell.deploy(`--param=workerConcurrency=${Math.max(2, room)}`),
    ],
  });
}

/** What is reserved for each function that is there. */
function reservations(functions: DoctorFacts['functions']): Record<FunctionName, Asked<number | null>> {
  const of = (name: FunctionName): Asked<number | null> => {
    const asked = functions[name];
    return 'refusal' in asked ? asked : (asked.answer?.reserved ?? { answer: null });
  };
  return {
    dispatcher: of('dispatcher'),
    worker: of('worker'),
    undelivered: of('undelivered'),
    aggregator: of('aggregator'),
  };
}

/** Whether the worker's role lets it list what is of that kind; and whether it was let, where a run has tried. */
export function judgeMayList(
  kind: Kind,
  facts: Pick<DoctorFacts, 'mayList' | 'runs' | 'functions'>,
  shell: Shell,
): Finding {
  const check = 'may-list';
  const {
    actions: [listAction],
    words,
  } = descriptorOf(kind);
  const { runs, functions } = facts;
  const mayList = facts.mayList[kind] ?? { refusal: NOT_ASKED };
  return judged(check, mayList, `whether the worker's role may list ${words.many}`, shell, (decided) => {
    const roleArn = factsOf(functions.worker)?.roleArn ?? '';
    const last = answerOf(runs)?.find(({ total }) => total !== undefined);
    if (decided.decision !== 'allowed') return mayNot(kind, decided, roleArn, last, shell);
    const denied = (last?.total?.missing ?? []).filter(({ reason }) => reason === 'denied').map(({ region }) => region);
    if (last === undefined || denied.length === 0) return ok(check, `The worker may do ${listAction}.`);
    const what = `The worker's role may list ${words.many}, but the run ${last.runId} was refused in ${list(denied)}.`;
    const why = "What lies there is unknown. Often an organisation's policy shuts the region out.";
    return warning(check, what, why, { commands: [shell.census(`explain ${last.runId}`)] });
  });
}

const NOT_ASKED: Refusal = { action: 'iam:SimulatePrincipalPolicy', why: 'failed', error: 'nobody asked' };

const ALL_DENIED = 'Each region ends as denied, so every total is partial and counts nothing.';

function mayNot(
  kind: Kind,
  { decision, byOrganization, byBoundary }: Decision,
  roleArn: string,
  last: Run | undefined,
  shell: Shell,
): Finding {
  const check = 'may-list';
  const [listAction] = descriptorOf(kind).actions;
  const may = `The worker may not do ${listAction}`;
  const isDenied = decision === 'explicitDeny' || byOrganization || byBoundary;
  if (!isDenied) {
    const commands = [allowListing(roleArn.split('/').at(-1) ?? '', kind, shell)];
    return broken(check, `${may}: no policy allows it.`, ALL_DENIED, { commands });
  }
  const who = byOrganization ? "an organisation's policy" : byBoundary ? "the role's permissions boundary" : 'a policy';
  const simulate = ['--policy-source-arn', roleArn, '--action-names', listAction];
  const commands = [shell.aws('iam', 'simulate-principal-policy', ...simulate)];
  const counted = last?.total?.counted ?? 0;
  if (last !== undefined && counted > 0) {
    const what = `IAM believes that ${who} denies ${listAction} to the worker, but the run ${last.runId} counted ${plural(counted, 'region')}.`;
    const why =
      'Either the policy is newer than that run, and the next one counts nothing; or it has conditions of which IAM knew too little.';
    return warning(check, what, why, { todo: 'This shows which statement it is.', commands });
  }
  const todo = 'Have that policy changed: to allow it as well would not help. This shows which statement it is.';
  return broken(check, `${may}: ${who} denies it.`, ALL_DENIED, { todo, commands });
}

function allowListing(role: string, kind: Kind, shell: Shell): string {
  const Statement = [{ Effect: 'Allow', Action: descriptorOf(kind).actions[0], Resource: '*' }];
  const document = JSON.stringify({ Version: '2012-10-17', Statement });
  const put = ['put-role-policy', '--role-name', role, '--policy-name', `list-${kind}`, '--policy-document', document];
  return shell.aws('iam', ...put);
}
