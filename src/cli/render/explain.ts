import type { ExplainAnswer, FullRegion, ReasonAdvice } from '../../answers/explain.ts';
import { amount, manyOf } from '../../answers/kind-words.ts';
import { commandLine, placed } from '../../answers/place.ts';
import { onlyNamed, sourceWords } from '../../answers/plan-words.ts';
import { percentWords, unknownSentence, unseenSentences } from '../../answers/quota-words.ts';
import { ago, capital, list, number, plural, seconds, toSecond } from '../../answers/words.ts';
import { type Kind, STREAMS } from '../../census/kinds.ts';
import { RETRY_AGE_MS } from '../../census/retry.ts';
import { comparisonParts, partLines, whyLine } from './comparison.ts';
import { plain, type View, wrap } from './text.ts';

/** Longer lines are hard to read. */
const WIDEST = 100;

export function renderExplain(answer: ExplainAnswer, view: View): string {
  const width = Math.min(view.width, WIDEST);
  const text = (paragraph: string) => wrap(paragraph, width);
  return [
    ...changed(answer, { ...view, width }),
    ...[
      origin(answer),
      ...plan(answer),
      ...effort(answer),
      ...churn(answer),
      ...mixture(answer),
      ...repeats(answer),
    ].map(text),
    ...answer.advice.map((one) =>
      [text(placed(gap(one, answer), view.place)), ...commandLines(one.commands)].join('\n\n'),
    ),
    ...retries(answer).flatMap(({ lead, command }) => [...lead.map(text), ...commandLines([command])]),
    ...[...ending(answer, view), ...quotas(answer, view)].map(({ sentence, commands }) =>
      [text(sentence), ...commandLines(commands)].join('\n\n'),
    ),
  ].join('\n\n');
}

/** What a person looks for first. */
function changed({ kind, run, comparison }: ExplainAnswer, view: View): string[] {
  if (comparison === null) return [];
  const parts = comparisonParts(comparison);
  return [[wrap(whyLine(run, comparison, kind), view.width), ...partLines(parts, view)].join('\n')];
}

/** Each on a line of its own, so that it can be copied. */
function commandLines(commands: readonly string[]): string[] {
  return commands.length === 0 ? [] : [commands.map((command) => `  ${plain(command)}`).join('\n')];
}

/** One command asks again for all that may answer now, another for what somebody must do something about before. */
function retries({ advice, retry, retryLater }: ExplainAnswer): { lead: string[]; command: string }[] {
  const isOne = advice.length === 1;
  const now = isOne ? [] : ['To ask again for all that may answer now, and only for that:'];
  const helpless = advice.filter(({ retryMayHelp, commands }) => !retryMayHelp && commands.length === 0);
  const regions = names(helpless.flatMap((one) => one.regions.map(({ region }) => region)));
  const later = `Once that is done${isOne ? '' : ` for ${regions}`}, and not before:`;
  return [
    ...(retry === null ? [] : [{ lead: now, command: retry }]),
    ...(retryLater === null ? [] : [{ lead: [later], command: retryLater }]),
  ];
}

function origin({ kind, run, readAt }: ExplainAnswer): string {
  const opened = `The run ${run.runId} was opened ${ago(run.runId, readAt)} to count ${plural(run.expected, 'region')}.`;
  if (run.streams === null) {
    const wait =
      run.waitingFor.length === 0
        ? 'has not been settled'
        : `waits for ${names(run.waitingFor)} until ${toSecond(run.deadlineAt)}`;
    return `${opened} It has no total yet: it ${wait}.`;
  }
  if (run.verdict === 'complete') {
    return `${opened} All of them answered: ${amount(run.streams, kind)}. The number is complete.`;
  }
  return `${opened} ${number(run.counted ?? 0)} of them answered: ${amount(run.streams, kind)}. The number is true of these and says nothing of the ${plural(run.missing.length, 'region that is', 'regions that are')} missing; it is partial.`;
}

/** What is not counted on purpose, and what was not learned of the regions. */
function plan({ run }: ExplainAnswer): string[] {
  const [off, excluded] = [onlyNamed(run), run.excluded];
  const sentences = [
    ...(off.length === 0
      ? []
      : [
          `${names(off)} ${off.length === 1 ? 'is' : 'are'} off: the account has not switched ${off.length === 1 ? 'it' : 'them'} on, and no earlier run counted anything there, so nothing is missing.`,
        ]),
    ...(excluded.length === 0
      ? []
      : [`${names(excluded)} ${excluded.length === 1 ? 'is' : 'are'} excluded by a parameter (excludeRegions).`]),
    ...(run.sources?.regions.from === 'parameter' ? ['A parameter (regions) names the regions to count.'] : []),
    ...sourceWords(run).map((words) => `${capital(words)}.`),
  ];
  return sentences.length === 0 ? [] : [sentences.join(' ')];
}

function effort({ kind, run, effort: { pages, calls, ms }, hard }: ExplainAnswer): string[] {
  if (run.firstCountedAt === null) return [];
  const sentences = [
    `The ${manyOf(kind)} were listed between ${toSecond(run.firstCountedAt)} and ${toSecond(run.lastCountedAt ?? run.firstCountedAt)}: ${plural(pages, 'page')} in ${plural(calls, 'call')}, ${seconds(ms)} over all regions.`,
  ];
  const extra = hard.filter(isUnusual).map(({ region }) => region);
  if (extra.length > 0)
    sentences.push(
      `Many calls more than pages were made in ${names(extra)}: they failed, or were not needed any more. What was counted is not affected.`,
    );
  return [sentences.join(' ')];
}

/** A few calls that were not needed any more belong to every region that is counted by its parts. */
const FEW_CALLS = 3;

function isUnusual({ calls, pages }: ExplainAnswer['hard'][number]): boolean {
  return calls - pages >= FEW_CALLS && calls - pages > pages / 2;
}

function churn({ run: { churn, expected } }: ExplainAnswer): string[] {
  if (churn === null) return [];
  const { against, created, gone, unknown } = churn;
  const where =
    unknown.length === 0 ? `all ${plural(expected, 'region')}` : plural(expected - unknown.length, 'region');
  const many = (count: number, one: string, more: string) =>
    count === 0 ? `nothing ${one}` : `${number(count)} ${count === 1 ? one : more}`;
  const sentences = [
    `Since the run before, ${against}, ${many(created, 'was', 'were')} created and ${many(gone, 'is', 'are')} gone, in ${where}.`,
    ...(unknown.length === 0 ? [] : [`What came and went in ${names(unknown)} is not known.`]),
  ];
  return [sentences.join(' ')];
}

function mixture({ hard }: ExplainAnswer): string[] {
  const late = hard.filter(({ round }) => round > 0).map(({ region }) => region);
  if (late.length === 0) return [];
  return [
    `${names(late)} ${late.length === 1 ? 'was' : 'were'} counted in a retry, later than the other regions; the number mixes these instants.`,
  ];
}

function repeats({ kind, repeats }: ExplainAnswer): string[] {
  if (repeats.length === 0) return [];
  const each = repeats.map(({ region, repeated }) => `${plural(repeated, 'time')} in ${plain(region)}`);
  return [
    `The service listed ${manyOf(kind)} that it had listed before ${each.join(', ')}. Each was counted once; the number is not affected.`,
  ];
}

/** How full the fullest region is, and what to do where that is too full. Of a partial run there may be a fuller one. */
function quotas(answer: ExplainAnswer, { place }: View): Ending[] {
  const { kind, run, readAt, quota } = answer;
  if (quota === null) return [];
  const { alarmPercent, fullest, above, unknown } = quota;
  const isAll = run.missing.length === 0 && unknown.length === 0;
  // Of an old run the numbers are not those of today.
  const isOld = Date.parse(readAt) - Date.parse(run.runId) > RETRY_AGE_MS;
  const commands = isOld ? [] : above.flatMap(({ increase }) => increase ?? []);
  const sentences = [
    ...(fullest === null ? [] : [fullestWords(fullest, manyOf(kind), isAll)]),
    ...(alarmPercent === 0 || fullest === null ? [] : [aboveWords(above, alarmPercent, isAll)]),
    ...(commands.length === 0 ? [] : ['To ask AWS for more there:']),
  ];
  const unseen = unseenSentences((run.quota?.unseenAbove ?? []).map(plain));
  const rest = [...unseen, ...unknownQuotas(unknown), 'When each region will be full:'];
  return [
    ...(sentences.length === 0 ? [] : [{ sentence: sentences.join(' '), commands }]),
    { sentence: rest.join(' '), commands: [commandLine(place, 'headroom')] },
  ];
}

function aboveWords(above: readonly FullRegion[], alarmPercent: number, isAll: boolean): string {
  if (above.length === 0) return `No region ${isAll ? '' : 'that is known '}has reached ${alarmPercent} %.`;
  const count = capital(`${isAll ? '' : 'at least '}${plural(above.length, 'region')}`);
  const regions = names(above.map(({ region }) => region));
  return `${count} ${above.length === 1 ? 'has' : 'have'} reached ${alarmPercent} %: ${regions}.`;
}

function unknownQuotas(unknown: NonNullable<ExplainAnswer['quota']>['unknown']): string[] {
  return [...Map.groupBy(unknown, ({ because }) => because)].map(([because, regions]) =>
    unknownSentence(names(regions.map(({ region }) => region)), because),
  );
}

function fullestWords({ region, from, limit, used, percent }: FullRegion, things: string, isAll: boolean): string {
  const of = isAll ? '' : ' of those that are known';
  const what = {
    applied: 'the quota applied there',
    default: 'the default quota',
    documented: 'the documented default',
  };
  return `The fullest region${of} is ${plain(region)}: ${number(used)} of ${number(limit)} ${things}, ${percentWords(percent, used)} of ${what[from]}.`;
}

function gap({ reason, because, action, regions }: ReasonAdvice, { kind, readAt }: ExplainAnswer): string {
  const known = regions.map(({ region, lastKnown, since, runs }) => {
    const held =
      lastKnown === null
        ? `no earlier run that is known counted ${plain(region)}`
        : `${plain(region)} last held ${amount(lastKnown.streams, kind)} (${ago(lastKnown.countedAt, readAt)}, run ${lastKnown.runId})`;
    return since === null || runs === null || runs === 1
      ? held
      : `${held}, ${lastKnown === null ? 'which' : 'and'} is missing since ${since}, for ${runs} runs in a row`;
  });
  const subject = `${names(regions.map(({ region }) => region))} ${regions.length === 1 ? 'is' : 'are'} missing`;
  return `${subject} (${reason}) because ${because}: ${known.join('; ')}. ${action}`;
}

type Ending = { sentence: string; commands: readonly string[] };

function ending(answer: ExplainAnswer, view: View): Ending[] {
  const { run } = answer;
  if (run.missing.length === 0) return [];
  if (run.waitingFor.length === 0) return anew(answer, view);
  const sentence = `It is being asked again for ${names(run.waitingFor)}, until ${toSecond(run.deadlineAt)}.`;
  return [{ sentence, commands: [] }];
}

/** Where a retry would be refused, what is done instead. */
function anew({ kind, run, readAt, retry, advice }: ExplainAnswer, { place }: View): Ending[] {
  const isLocal = place.options.includes('--local');
  const instead = [isLocal ? localCount(kind) : commandLine(place, 'run --now --wait')];
  if (Date.parse(readAt) - Date.parse(run.runId) > RETRY_AGE_MS) {
    const sentence = 'A retry of this run would be refused, because it is more than 24 h old. To count anew:';
    return [{ sentence, commands: instead }];
  }
  const isAlone = isLocal && retry === null && advice.some(({ retryMayHelp }) => retryMayHelp);
  const sentence = 'Only the ledger is left here, and no stack that a retry could ask. To count anew:';
  return isAlone ? [{ sentence, commands: instead }] : [];
}

const localCount = (kind: Kind) => (kind === STREAMS ? 'npm start' : `npm start -- --kinds ${STREAMS},${kind}`);

const names = (regions: readonly string[]) => list(regions.map(plain));
