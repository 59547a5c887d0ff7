import { isCounted, type Story } from '../story.ts';

/** Everything secret in the simulation says so, if it has room; ARNs of streams have no other; only the body of a task holds its deadline. */
const SECRETS = ['secret', ':stream/', ':channel/', 'deadlineAt'];

/**
 * No log line carries a token, a credential, a stream name, how one begins, an ARN of a stream or a message body. No
 * announcement carries a name, or how one begins.
 */
export function* Private({ runs, history }: Pick<Story, 'runs' | 'history'>) {
  const kept = runs.flatMap(({ records }) => [...records.values()].flat().filter(isCounted));
  const prefixes = new Set(kept.flatMap(({ value }) => value.prefixes?.counts.map(({ prefix }) => prefix) ?? []));
  prefixes.delete('');
  const tellsNames = (text: string) => [...text.matchAll(QUOTED)].some(([, quoted = '']) => prefixes.has(quoted));

  for (const line of history.logLines) {
    if (SECRETS.some((secret) => line.includes(secret)) || tellsNames(line)) yield `The log says: ${line}`;
  }
  for (const { body } of history.announcements) {
    if (body.includes('secret') || tellsNames(body)) yield `An announcement says: ${body}`;
  }
  for (const { text } of history.mails) {
    if (text.includes('secret') || text.includes(':stream/')) yield `A mail says: ${text}`;
  }
}

/** A prefix may be a letter, which any text holds; whoever tells it says it by itself. */
const QUOTED = /"([^"]*)"/g;
