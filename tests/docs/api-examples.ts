/** What docs/api.md shows of a request: as it is answered on the ledgers of the fixtures, cut so that a person reads it. */

import { startLedger } from '../cli/world.ts';
import { organizationStory } from '../fixtures/organization.ts';
import { story } from '../fixtures/story.ts';
import { type Api, makeApi } from '../functions/answering/world.ts';

/** Headers that say something about the answer, in this order. */
const SHOWN = ['content-type', 'census-run', 'census-verdict', 'census-missing', 'census-age', 'etag', 'link', 'allow'];
const NAMES: Readonly<Record<number, string>> = { 200: 'OK', 400: 'Bad Request', 404: 'Not Found' };
const WIDTH = 118;

export async function makeExamples(): Promise<(target: string) => Promise<string>> {
  const [ledger, ofAll] = [await startLedger(), await startLedger()];
  await ledger.fill(story());
  await ofAll.fillOrganization(organizationStory());
  const [own, all] = [makeApi(ledger.reader), makeApi(ofAll.reader)];
  return async (target) => await exampleOf(/organization|accounts/.test(target) ? all : own, target);
}

async function exampleOf(api: Api, target: string): Promise<string> {
  const { status, headers, body, json } = await api.get(target);
  const told = SHOWN.filter((name) => headers[name] !== undefined).map((name) => `${name}: ${headers[name]}`);
  const shown = headers['content-type']?.startsWith('text/')
    ? firstLines(body)
    : printed(excerptOf(json, target === '/v1/latest'));
  return [`GET ${target}`, '', `HTTP/1.1 ${status} ${NAMES[status]}`, ...told, '', shown].join('\n');
}

const firstLines = (text: string) => `${text.split('\n').slice(0, 6).join('\n')}\n…`;

/** How many objects deep. */
const DEPTH = 1;
const MORE = '…';

/** What is left of a run where it has been shown whole before. */
const OF_A_RUN = ['runId', 'verdict', 'streams', 'expected', 'counted'];

/** Of each list the first, a level deeper than what is no list; of what lies too deep, that it is there. */
function excerptOf(value: unknown, isFirst: boolean, depth = DEPTH): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const [first, ...others] = value;
    const more = others.length === 0 ? [] : [`… ${others.length} more`];
    return value.length === 0 ? [] : [excerptOf(first, isFirst, depth + 1), ...more];
  }
  if (depth < 0) return { [MORE]: true };
  const isCut = !isFirst && 'deadlineAt' in value;
  const fields = Object.entries(value).filter(([name]) => !isCut || OF_A_RUN.includes(name));
  const shown = fields.map(([name, one]) => [name, excerptOf(one, isFirst, depth - 1)]);
  return Object.fromEntries(isCut ? [...shown, [MORE, true]] : shown);
}

/** JSON in which what fits in a line stands in one. */
function printed(value: unknown, indent = ''): string {
  const whole = inline(value);
  if (typeof value !== 'object' || value === null || indent.length + whole.length <= WIDTH) return whole;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((one) => printed(one, inner))
    : Object.entries(value).map(([name, one]) => (name === MORE ? MORE : `"${name}": ${printed(one, inner)}`));
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, one]) => (name === MORE ? MORE : `"${name}": ${inline(one)}`));
  return `{ ${fields.join(', ')} }`;
}
