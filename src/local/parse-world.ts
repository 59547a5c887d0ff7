/** From the JSON of a world to a world: checked, and completed with defaults. */
import * as v from 'valibot';
import { completeAccounts } from './complete-accounts.ts';
import { completeKinds, completeSources, type Refuse, SEE_DOCS, saidOfKinds } from './complete-world.ts';
import { readJsonFile } from './json-file.ts';
import { STREAMS } from './kinds.ts';
import type { World } from './world.ts';
import { WORLD_SCHEMA, type WorldJson } from './world-json.ts';
import defaultWorldJson from './worlds/default.json' with { type: 'json' };
import organisationJson from './worlds/organisation.json' with { type: 'json' };

/**
 * Checks a world and completes it with defaults.
 * @param source what the sentence of a failure begins with: the file's name
 * @throws Error with one sentence: source, path of the field, what was found, what was expected
 */
export function parseWorld(json: unknown, source: string): World {
  const parsed = v.safeParse(WORLD_SCHEMA, json, { abortEarly: true });
  if (!parsed.success) throw new Error(`${source}: ${complaint(parsed.issues[0])}`);
  const refuse: Refuse = (path, problem) => {
    throw new Error(`${source}: ${path} ${problem}`);
  };
  const { accounts, organization, memberRole, ...said } = parsed.output;
  const asOf = said.asOf === 'today' ? startOfToday() : Date.parse(said.asOf);
  if (accounts !== undefined) return completeAccounts({ ...parsed.output, accounts }, asOf, refuse);
  for (const [field, value] of Object.entries({ organization, memberRole }))
    if (value !== undefined) refuse(field, 'is there without accounts; it says nothing of a single one.');
  return { ...completeWorld(said, refuse), asOf };
}

function completeWorld({ seed, accountId, sources, ...json }: WorldJson, refuse: Refuse): Omit<World, 'asOf'> {
  const { [STREAMS]: streams, ...others } = saidOfKinds(json, '', refuse);
  const said = { ...(streams?.json.regions && { [STREAMS]: streams }), ...others };
  if (Object.keys(said).length === 0) refuse('regions', `is missing; ${SEE_DOCS}.`);
  const kinds = completeKinds(said, refuse);
  return { seed, accountId, kinds, ...(sources && { sources: completeSources(sources, kinds) }) };
}

/** Reads a world file. @throws Error with one sentence that names the file */
export function readWorld(file: string): World {
  return parseWorld(readJson(file), file);
}

function readJson(file: string): unknown {
  try {
    return readJsonFile(file);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(
      `${file}: the world ${why}; expected a file as in docs/local-video.md, or ${Object.keys(BUILT_IN).join(', ')}.`,
      { cause },
    );
  }
}

/** The worlds that come with the command, by name. */
const BUILT_IN: Readonly<Record<string, unknown>> = { organisation: organisationJson };

/** Undefined where none of this name comes with the command. */
export function builtInWorld(name: string): World | undefined {
  return Object.hasOwn(BUILT_IN, name) ? parseWorld(BUILT_IN[name], `the world ${name}`) : undefined;
}

/** 19 regions, about 60,000 streams, no faults. */
export function defaultWorld(): World {
  return parseWorld(defaultWorldJson, 'the default world');
}

function complaint(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String(item.key)).join('.') || 'the world';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${path} is not a field here; ${SEE_DOCS}.`;
  if (issue.type === 'strict_object' && issue.input === undefined) return `${path} is missing; ${SEE_DOCS}.`;
  return `${path} is ${found(issue.input)}; expected ${issue.message}.`;
}

function found(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return `an object of ${Object.keys(value).length} fields`;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function startOfToday(): number {
  return new Date().setUTCHours(0, 0, 0, 0);
}
