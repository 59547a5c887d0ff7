/**
 * The expressions of EventBridge Scheduler, as far as one can be sure of them offline: `rate(value unit)` and
 * `cron(minutes hours day-of-month month day-of-week year)`.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

type Field = { name: string; from: number; to: number; names?: readonly string[]; extra?: RegExp };
const fields: readonly Field[] = [
  { name: 'minutes', from: 0, to: 59 },
  { name: 'hours', from: 0, to: 23 },
  { name: 'day-of-month', from: 1, to: 31, extra: /^(\?|L|(?:[1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', from: 1, to: 12, names: months },
  { name: 'day-of-week', from: 1, to: 7, names: weekdays, extra: /^(\?|[1-7]L|[1-7]#[1-5])$/ },
  { name: 'year', from: 1970, to: 2199 },
];

/** What is wrong with the expression, in one sentence, or nothing. */
export function faultOf(expression: string): string | undefined {
  if (expression.startsWith('rate(')) return rateFault(expression);
  const inner = /^cron\((.*)\)$/.exec(expression)?.[1];
  if (inner === undefined) return `${expression} is neither rate(...) nor cron(...).`;
  const parts = inner.split(' ');
  if (parts.length !== fields.length) return `${expression} has ${parts.length} fields instead of ${fields.length}.`;
  if ((parts[2] === '?') === (parts[4] === '?')) return `${expression} must have ? in one of its two day fields.`;
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? '';
    if (!part.split(',').every((item) => isItem(item, field))) return `${part} is not a value of ${field.name}.`;
  }
  return undefined;
}

function rateFault(expression: string): string | undefined {
  const [, value, unit] = /^rate\((\d+) (\w+)\)$/.exec(expression) ?? [];
  if (value === undefined || unit === undefined) return `${expression} is not rate(value unit).`;
  const units = value === '1' ? ['minute', 'hour', 'day'] : ['minutes', 'hours', 'days'];
  if (Number(value) === 0 || !units.includes(unit)) return `${expression} must be a positive ${units.join(' or ')}.`;
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
