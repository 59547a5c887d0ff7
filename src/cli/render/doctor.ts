/** What is well in a line each, then what is not, the worst last, where a terminal shows it. */
import type { DoctorAnswer } from '../../answers/health/doctor.ts';
import { type Finding, LEVELS, type Level } from '../../answers/health/finding.ts';
import { placed } from '../../answers/place.ts';
import { list, plural } from '../../answers/words.ts';
import { STREAMS } from '../../census/kinds.ts';
import { type Colours, plain, type View, wrap } from './text.ts';

export function renderDoctor({ stack, region, accountId, findings, level }: DoctorAnswer, view: View): string {
  const where = [region === null ? '' : ` in ${region}`, accountId === null ? '' : `, account ${accountId}`].join('');
  const good = findings.filter((one) => one.level === 'ok');
  const unknown = findings.filter((one) => one.level === 'unknown');
  const bad = LEVELS.slice(2).flatMap((one) => findings.filter((finding) => finding.level === one));
  const parts = [
    view.colours.bold(wrap(plain(`${stack}${where}`), view.width)),
    good.map((one) => line(one, Math.max(NAME_WIDTH, ...good.map((each) => nameOf(each).length + 2)), view)).join('\n'),
    unknown.length === 0 ? '' : unasked(unknown, view),
    ...bad.map((one) => paragraph(one, view)),
    view.colours.bold(wrap(verdict(findings, level), view.width)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const nameOf = ({ check, kind }: Finding) =>
  [check.replaceAll('-', ' '), ...(kind === null || kind === STREAMS ? [] : [kind])].join(', ');
/** Of the longest name where streams alone are counted, and a gap. */
const NAME_WIDTH = 21;
const INDENT = '  ';

/** In fewer cells than the longest name of a part takes, what is told stands beneath. */
const LEAST_ROOM = 40;

function line(finding: Finding, nameWidth: number, view: View): string {
  const head = `ok  ${nameOf(finding)}`.padEnd(nameWidth + 4);
  const painted = `${view.colours.green('ok')}${head.slice(2)}`;
  const what = plain(finding.what);
  if (view.width - head.length < LEAST_ROOM) return `${painted.trimEnd()}\n${wrap(what, view.width, INDENT + INDENT)}`;
  return `${painted}${wrap(what, view.width, ' '.repeat(head.length)).trimStart()}`;
}

const WORDS = { ok: 'ok', unknown: 'UNKNOWN', warning: 'WARNING', broken: 'BROKEN' } as const satisfies Record<
  Level,
  string
>;

/** One missing permission leaves much unknown, and what to do about it is told once. */
function unasked(findings: readonly Finding[], view: View): string {
  const { colours, width, place } = view;
  const todos = [...new Set(findings.flatMap(({ todo }) => todo ?? []))];
  const commands = [...new Set(findings.flatMap((one) => one.commands))];
  return [
    paintOf('unknown', colours)(WORDS.unknown),
    ...findings.map((one) => wrap(`${nameOf(one)}: ${plain(placed(one.what, place))}`, width, INDENT)),
    ...todos.map((todo) => wrap(plain(placed(todo, place)), width, INDENT)),
    ...commands.map((command) => `${INDENT}${INDENT}${plain(command)}`),
  ].join('\n');
}

/** A command that is to be pasted is left whole: the terminal breaks it without a line break in it. */
function paragraph(finding: Finding, view: View): string {
  const { level, what, why, todo, commands } = finding;
  const sentences = [what, why, todo]
    .filter((sentence) => sentence !== null)
    .map((one) => plain(placed(one, view.place)));
  const [head, ...rest] = [
    `${paintOf(level, view.colours)(WORDS[level])}  ${view.colours.bold(nameOf(finding))}`,
    ...sentences.map((sentence) => wrap(sentence, view.width, INDENT)),
    ...commands.map((command) => `${INDENT}${INDENT}${plain(command)}`),
  ];
  return [head, ...rest].join('\n');
}

function paintOf(level: Level, colours: Colours): (text: string) => string {
  switch (level) {
    case 'ok':
      return colours.green;
    case 'unknown':
      return colours.cyan;
    case 'warning':
      return colours.yellow;
    case 'broken':
      return colours.red;
    default:
      return level satisfies never;
  }
}

function verdict(findings: readonly Finding[], level: Level): string {
  const count = (one: Level) => findings.filter((finding) => finding.level === one).length;
  if (level === 'ok') return `All is well: ${plural(count('ok'), 'check')}.`;
  const [broken, warnings, unknown] = [count('broken'), count('warning'), count('unknown')];
  const parts = [
    ...(broken === 0 ? [] : [`${broken} broken`]),
    ...(warnings === 0 ? [] : [plural(warnings, 'warning')]),
    ...(unknown === 0 ? [] : [`${unknown} unknown`]),
    `${count('ok')} ok`,
  ];
  return `${broken === 0 ? 'Nothing is known to be broken' : 'Not well'}: ${list(parts)}.`;
}
