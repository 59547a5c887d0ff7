/** Somebody who signs people in, and can be made to do it wrongly: the page is to say what is wrong. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const CLIENT = 'census-page';
export const AUDIENCE = 'census';

/** Values by name; `null`: it is not there. "+30" is the moment in 30 s, as tokens write it. */
export type Fields = Record<string, string | null>;

/** What it says otherwise than it should. */
export type Behaviour = {
  discoveryStatus?: number;
  discovery?: Fields;
  /** Of the way back to the page. */
  redirect?: Fields;
  accessToken?: Fields;
  idToken?: Fields;
  /** Of the answer to whoever brings a code. */
  token?: Fields;
  /** What such a one is refused for. */
  refusal?: string;
};

export type TestIssuer = Awaited<ReturnType<typeof startTestIssuer>>;

export async function startTestIssuer() {
  const issuer = fork(join(import.meta.dirname, 'issuer-main.ts'), [CLIENT, AUDIENCE]);
  const [{ url }] = (await once(issuer, 'message')) as [{ url: string }];
  return {
    url,
    /** From now on; gives what codes were brought with until then. */
    behave: async (how: Behaviour): Promise<{ brought: Record<string, string>[] }> => {
      issuer.send(how);
      const [told] = await once(issuer, 'message');
      return told;
    },
    stop: async () => {
      issuer.disconnect();
      await once(issuer, 'exit');
    },
  };
}
