import type { Story } from '../story.ts';

/** Everything secret in the simulation says so, if it has room; ARNs of streams have no other; only the body of a task holds its deadline. */
const SECRETS = ['secret', ':stream/', 'deadlineAt'];

/** No log line carries a token, a credential, a stream name, an ARN of a stream or a message body. */
export function* Private({ history }: Story) {
  for (const line of history.logLines) {
    if (SECRETS.some((secret) => line.includes(secret))) yield `The log says: ${line}`;
  }
}
