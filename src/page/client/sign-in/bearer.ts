/** Asks the API with the access token of whoever has signed in. The token is in this closure, and nowhere else. */
import type { SignIn } from '../model.ts';
import { type Ask, PATIENCE_MS } from '../source.ts';
import { hostOf } from './problem.ts';

export type Bearer = {
  ask: Ask;
  /** The API does not accept the token any more, or it was forgotten: nothing is asked. */
  isOver(): boolean;
  forget(): void;
};

export function makeBearer(signIn: SignIn, accessToken: string): Bearer {
  let token: string | null = accessToken;
  /** Of a token that never was accepted something else is to be said than of one that was. */
  let wasAccepted = false;
  const whyOver = () =>
    wasAccepted
      ? 'The sign-in has expired.'
      : `The API does not accept the access token that ${hostOf(signIn.issuer)} gave: the parameter apiAudience must name its audience or its client.`;
  return {
    isOver: () => token === null,
    forget: () => {
      token = null;
    },
    async ask<Answer>(what: string): Promise<Answer> {
      if (token === null) throw new Error(whyOver());
      const answer = await fetch(`data/${what}`, {
        headers: { authorization: `Bearer ${token}` },
        // No cookie has a meaning here, and none is sent or taken.
        credentials: 'omit',
        signal: AbortSignal.timeout(PATIENCE_MS),
      }).catch(() => null);
      if (answer === null) throw new Error('The API does not answer: is this device online?');
      if (answer.status === 401) {
        token = null;
        throw new Error(whyOver());
      }
      wasAccepted = true;
      if (answer.ok) return (await answer.json()) as Answer;
      throw new Error(await sentenceIn(answer));
    },
  };
}

/** The page's own answers call it `problem`, those of the API `detail` (RFC 9457); what never came to the function has neither. */
async function sentenceIn(answer: Response): Promise<string> {
  const { problem, detail } = (await answer.json().catch(() => ({}))) as { problem?: string; detail?: string };
  if (problem !== undefined || detail !== undefined) return problem ?? detail ?? '';
  switch (answer.status) {
    case 403:
      return 'The API refuses this user.';
    case 429:
      return 'The API is asked too often just now: the page goes on asking.';
    default:
      return `The API answered with an error (${answer.status}).`;
  }
}
