/** Pure: why somebody could not sign in, in one sentence for them, or for whoever set the issuer up. */
import {
  AUTHORIZATION_RESPONSE_ERROR,
  JSON_ATTRIBUTE_COMPARISON,
  JWT_CLAIM_COMPARISON,
  JWT_TIMESTAMP_CHECK,
  RESPONSE_BODY_ERROR,
  WWW_AUTHENTICATE_CHALLENGE,
} from 'oauth4webapi';
import type { SignIn } from '../model.ts';

/** Its message is one sentence. */
export class SignInProblem extends Error {
  override readonly name = 'SignInProblem';
}

/** What was being done. */
export type Step = 'discovery' | 'return' | 'token';

/** What oauth4webapi throws: `code` says what it is, `error` what the issuer calls it. */
type Thrown = { code?: unknown; error?: unknown; name?: unknown };

/** @param error whatever was thrown; what an issuer says in words is not repeated, because it may say anything */
export function problemOf(error: unknown, step: Step, signIn: SignIn): SignInProblem {
  if (error instanceof SignInProblem) return error;
  return new SignInProblem(sentenceOf(error, step, signIn), { cause: error });
}

function sentenceOf(error: unknown, step: Step, signIn: SignIn): string {
  const { code, error: said, name } = (error ?? {}) as Thrown;
  const who = hostOf(signIn.issuer);
  if (name === 'TimeoutError') return `${who} has not answered in time: try again.`;
  if (code === undefined && name === 'TypeError') return unreachable(step, who);
  if (step === 'discovery') return discovered(code, signIn);
  switch (code) {
    case AUTHORIZATION_RESPONSE_ERROR:
    case RESPONSE_BODY_ERROR:
      return refused(wordIn(said), who, signIn);
    case WWW_AUTHENTICATE_CHALLENGE:
      return refused('invalid_client', who, signIn);
    case JWT_TIMESTAMP_CHECK:
      return `By the clock of this device what ${who} said is not valid now: set the clock right, and sign in again.`;
    case JWT_CLAIM_COMPARISON:
      return `The answer of ${who} was meant for another sign-in: sign in again.`;
    default:
      return step === 'return'
        ? 'This answer belongs to no sign-in that was begun here: sign in again.'
        : `The answer of ${who} cannot be used (${typeof code === 'string' ? code : 'unexpected'}): it must give an access token and an ID token for the scope openid.`;
  }
}

/** A browser does not say whether nobody answers, or whether the answer is not for this page. */
function unreachable(step: Step, who: string): string {
  return step === 'discovery'
    ? `${who} cannot be reached, or does not let this page read how to sign in: is this device online?`
    : `${who} gave no token to this page: is this device online, and does the issuer know this page’s address?`;
}

function discovered(code: unknown, { issuer }: SignIn): string {
  return code === JSON_ATTRIBUTE_COMPARISON
    ? `${hostOf(issuer)} calls itself by another address than ${issuer}: the parameter apiIssuer must be exactly what the issuer says.`
    : `${hostOf(issuer)} does not say how to sign in: the parameter apiIssuer (${issuer}) must be the address of an OpenID Connect issuer.`;
}

function refused(word: string, who: string, { clientId }: SignIn): string {
  switch (word) {
    case 'access_denied':
      return `${who} has refused: the sign-in was broken off, or this user may not use this page.`;
    case 'invalid_client':
    case 'unauthorized_client':
      return `${who} does not accept the client ${clientId}: the parameter pageClientId must name a public client, without a secret, that may use the authorisation code grant.`;
    case 'invalid_grant':
      return 'The sign-in took too long, or was finished already: sign in again.';
    case 'invalid_scope':
      return `${who} refuses the scope openid: the client ${clientId} must be allowed to ask for it.`;
    case 'server_error':
    case 'temporarily_unavailable':
      return `${who} cannot sign anybody in just now: try again in a while.`;
    default:
      return `${who} has refused (${word}): its own log may say why.`;
  }
}

/** A word of the standard, and nothing that somebody wrote into an address. */
function wordIn(said: unknown): string {
  return typeof said === 'string' && /^[a-z_]{1,40}$/.test(said) ? said : 'for a reason of its own';
}

export function hostOf(issuer: string): string {
  return new URL(issuer).host;
}
