/**
 * The expressions of EventBridge Scheduler, as far as one can be sure of them offline: `rate(value unit)` and
 * `cron(minutes hours day-of-month month day-of-week year)`. `at(...)`, which comes once, is not known here.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
import { Cron } from 'croner';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

type Field = { name: string; from: number; to: number; names?: readonly string[]; extra?: RegExp };
const FIELDS: readonly Field[] = [
  { name: 'minutes', from: 0, to: 59 },
  { name: 'hours', from: 0, to: 23 },
  { name: 'day-of-month', from: 1, to: 31, extra: /^(\?|L|(?:[1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  { name: 'day-of-week', from: 1, to: 7, names: WEEKDAYS, extra: /^(\?|[1-7]L|[1-7]#[1-5])$/ },
  { name: 'year', from: 1970, to: 2199 },
];

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const DAY_MS = UNIT_MS.day;

/** What is wrong with the expression, as a sentence without its end, or nothing. */
export function faultOf(expression: string): string | undefined {
  if (expression.startsWith('rate(')) return rateFault(expression);
  const inner = /^cron\((.*)\)$/.exec(expression)?.[1];
  if (inner === undefined) return `${expression} is neither rate(...) nor cron(...)`;
  const parts = inner.split(' ');
  if (parts.length !== FIELDS.length) {
    return `${expression} has ${parts.length} fields instead of ${FIELDS.length}: minutes, hours, day-of-month, month, day-of-week, year`;
  }
  if ((parts[2] === '?') === (parts[4] === '?')) return `${expression} must have ? in one of its two day fields`;
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index] ?? '';
    if (!part.split(',').every((item) => isItem(item, field))) return `${part} is not a value of ${field.name}`;
  }
  return undefined;
}

function rateFault(expression: string): string | undefined {
  const [, value, unit] = /^rate\((\d+) (\w+)\)$/.exec(expression) ?? [];
  if (value === undefined || unit === undefined) return `${expression} is not rate(value unit)`;
  const units = value === '1' ? ['minute', 'hour', 'day'] : ['minutes', 'hours', 'days'];
  if (Number(value) === 0 || !units.includes(unit))
    return `${expression} must be a positive number of ${units.join(' or ')}`;
  return undefined;
}

function isItem(item: string, field: Field): boolean {
  if (field.extra?.test(item)) return true;
  const [range = '', step, ...rest] = item.split('/');
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  const ends = range.split('-');
  return ends.length <= 2 && ends.every((end) => isValue(end, field));
}

function isValue(text: string, { from, to, names }: Field): boolean {
  if (names?.includes(text)) return true;
  return /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to;
}

/**
 * Gives the first instant after a given one at which the expression ticks; null: never again.
 * @param timeScale divides a rate; a cron expression follows the clock
 * @throws where it is no expression
 */
export function makeNext(expression: string, timezone: string, timeScale: number): (after: Date) => Date | null {
  const rateMs = rateOf(expression);
  if (rateMs !== undefined) return (after) => new Date(after.getTime() + rateMs / timeScale);
  const [, fields] = /^cron\((.+)\)$/.exec(expression) ?? [];
  const cron = parseCron(fields?.trim().split(/\s+/) ?? [], timezone);
  return (after) => cron.nextRun(after);
}

function rateOf(expression: string): number | undefined {
  const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return value && Number(value) > 0 ? Number(value) * UNIT_MS[unit as keyof typeof UNIT_MS] : undefined;
}

/** AWS writes minutes first, a year last, `?` for "any" and 1 for Sunday. */
function parseCron(fields: string[], timezone: string): Cron {
  const [, , dayOfMonth, , dayOfWeek] = fields;
  if (fields.length !== 6 || (dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new Error('not a cron expression of AWS');
  const pattern = ['0', ...fields.map((field) => (field === '?' ? '*' : field))].join(' ');
  return new Cron(pattern, { mode: '7-part', alternativeWeekdays: true, sloppyRanges: true, timezone, paused: true });
}

/** A year and a leap day: every rhythm of a calendar is seen once. */
const HORIZON_MS = 367 * DAY_MS;

/**
 * The shortest and the longest time between two ticks within a year from that instant, in UTC; nothing where it ends
 * within that year. The expression has no fault.
 */
export function gapsOf(expression: string, fromMs: number): { shortestMs: number; longestMs: number } | undefined {
  const rateMs = rateOf(expression);
  if (rateMs !== undefined) return { shortestMs: rateMs, longestMs: rateMs };
  const [minutes, hours, ...days] = expression.slice('cron('.length, -1).split(' ');
  // Every day that it ticks on has the same times, so days and times are looked at apart: hundreds of ticks, not thousands.
  const times = ticks(`cron(${minutes} ${hours} * * ? *)`, 0, DAY_MS).slice(0, -1);
  const midnights = ticks(`cron(0 0 ${days.join(' ')})`, fromMs, fromMs + HORIZON_MS);
  if ((midnights.at(-1) ?? 0) < fromMs + HORIZON_MS) return undefined;
  const overnightMs = (times[0] ?? 0) - (times.at(-1) ?? 0);
  const nights = differences(midnights).map((dayMs) => dayMs + overnightMs);
  // A leap day may be the only tick, and lie beyond the horizon.
  const gaps = [...differences(times), ...(nights.length > 0 ? nights : [HORIZON_MS])];
  return { shortestMs: Math.min(...gaps), longestMs: Math.max(...gaps) };
}

/** The instants from `fromMs` on, up to the first at `toMs` or later; fewer where it ends. */
function ticks(expression: string, fromMs: number, toMs: number): number[] {
  const next = makeNext(expression, 'UTC', 1);
  const found: number[] = [];
  let at = next(new Date(fromMs - 1));
  while (at !== null) {
    found.push(at.getTime());
    at = at.getTime() < toMs ? next(at) : null;
  }
  return found;
}

function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? value));
}
