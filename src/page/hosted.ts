/**
 * The page where the API is. Its shell holds nothing of the ledger and knows where to sign in: anybody may open it. What it then asks
 * for is only for those who have signed in, and whoever calls `data` has seen to that.
 */
import { createHash } from 'node:crypto';
import { answerData, type PageAnswer, type PageReading, type PageRequest } from './answer.ts';
import type { SignIn } from './client/model.ts';
import { nothingKnown } from './data.ts';
import { pageHtml } from './html.ts';
import { type Assets, contentSecurityPolicy, EVERY_ANSWER, NEVER_FRAMED, SELF } from './policy.ts';
import { loadHostedAssets } from './shell-assets.ts';

type HostedPage = {
  /** The same for everybody, whatever the request says. */
  shell(): Promise<PageAnswer>;
  /** Throws nothing. */
  data(request: PageRequest, reading: Omit<PageReading, 'known'>): Promise<PageAnswer>;
};

/** It keeps what was read before, so one is enough for as long as a process lives. */
export function makeHostedPage(signIn: SignIn): HostedPage {
  const known = nothingKnown();
  let shell: Promise<PageAnswer> | undefined;
  return {
    shell: () => {
      shell ??= loadHostedAssets().then((assets) => shellOf(signIn, assets));
      return shell;
    },
    data: (request, reading) => answerData(request, { ...reading, known }),
  };
}

function shellOf(signIn: SignIn, assets: Assets): PageAnswer {
  const body = pageHtml({ form: 'hosted', signIn }, assets);
  const asked = [SELF, ...new Set([new URL(signIn.issuer).origin, ...signIn.origins])];
  return {
    status: 200,
    type: 'text/html',
    body,
    headers: {
      ...EVERY_ANSWER,
      // As little a secret as its address: a browser may keep it, and asks whether it is still the same.
      'cache-control': 'no-cache',
      // Weak: whoever sends it may pack it.
      etag: `W/"${createHash('sha256').update(body).digest('base64url')}"`,
      'content-security-policy': contentSecurityPolicy(assets, asked) + NEVER_FRAMED,
    },
  };
}
