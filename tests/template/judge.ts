/**
 * The rules of the template, in rules/: each is a sentence, and an assertion about the template that is judged. rules.test.ts
 * judges the one that is deployed; planted.test.ts judges it with a fault in it, which a rule has to find.
 */
import { format } from 'node:util';
import { somewhere } from './compiled.ts';
import { resolveTemplate, type Template, type World } from './resolve.ts';

type Rule = { name: string; holds: () => void | Promise<void> };
type Arguments<Row> = Row extends readonly [...infer Values] ? [...Values] : [Row];

/** Of all files in rules/ that were imported. */
export const RULES: Rule[] = [];
let groups: string[] = [];

/** What the rules of a file are about. */
export function about(subject: string): void {
  groups = [`${subject}:`];
}

export function group(name: string, define: () => void): void {
  groups.push(name);
  define();
  groups.pop();
}

export function rule(name: string, holds: Rule['holds']): void {
  RULES.push({ name: [...groups, name].join(' '), holds });
}

group.each =
  <const Row>(rows: readonly Row[]) =>
  (name: string, define: (...row: Arguments<Row>) => void) => {
    for (const row of rows) group(named(name, row), () => define(...argumentsOf(row)));
  };

rule.each =
  <const Row>(rows: readonly Row[]) =>
  (name: string, holds: (...row: Arguments<Row>) => void | Promise<void>) => {
    for (const row of rows) rule(named(name, row), () => holds(...argumentsOf(row)));
  };

function argumentsOf<Row>(row: Row): Arguments<Row> {
  return (Array.isArray(row) ? row : [row]) as unknown as Arguments<Row>;
}

/** `%s` and its like stand for the values of the row in their order, `$key` for a value of an object. */
function named(name: string, row: unknown): string {
  const values = argumentsOf(row) as unknown[];
  const [first] = values;
  const filled = format(name, ...values.slice(0, name.match(/%[sdjo]/g)?.length ?? 0));
  return filled.replace(/\$(\w+)/g, (_, key: string) => String((first as Record<string, unknown>)[key]));
}

let compiled: Template;
let resolved = new Map<string, Template>();

export function judge(template: Template): void {
  compiled = template;
  resolved = new Map();
}

export const judged = {
  /** As CloudFormation gets it. */
  get compiled(): Template {
    return compiled;
  },
  /** With every intrinsic function worked out, and its parameters as they are by default. */
  get template(): Template {
    return judged.in(somewhere);
  },
  in(world: World): Template {
    const key = JSON.stringify(world);
    const known = resolved.get(key) ?? resolveTemplate(compiled, world);
    resolved.set(key, known);
    return known;
  },
};
