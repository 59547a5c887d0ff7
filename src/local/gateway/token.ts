/**
 * Whether a request has a token that a JWT authoriser lets in
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html): signed with a key of the issuer's
 * that it names, by RSA, for one of the audiences, in its time, and with one of the route's scopes.
 *
 * Stricter than what that page says: a token without an end is none.
 */
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { JwtAuthorizer } from './api.ts';
import { type Authorizer, claimTexts } from './event.ts';

type Admitted = Extract<Authorizer, { jwt: unknown }>;
type Refused = {
  readonly status: 401 | 403;
  readonly reason: string;
  /** As in https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html. */
  readonly challenge: string;
};

export type TokenCheck = {
  /**
   * @param authorization the header's value, a token with or without `Bearer`
   * @param scopes of the route; none are needed if there are none
   */
  check(authorization: string | undefined, scopes: readonly string[]): Promise<Admitted | Refused>;
};

const ALGORITHMS = ['RS256', 'RS384', 'RS512'];
/** How long AWS waits for the issuer (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html). */
const ISSUER_TIMEOUT_MS = 1500;
/** "API Gateway can cache the public key for two hours": the page above. */
const KEYS_AGE_MS = 2 * 3_600_000;

/** @param nowMs milliseconds since 1970 */
export function makeTokenCheck({ issuer, audience }: JwtAuthorizer, nowMs: () => number): TokenCheck {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  const findKeys = async () => {
    keys ??= discover(issuer);
    // An issuer that does not answer now may answer the next.
    return await keys.catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
  };
  return {
    async check(authorization, scopes) {
      const token = authorization?.replace(/^bearer +/i, '').trim();
      if (!token) return { status: 401, reason: 'there is no token', challenge: 'Bearer' };
      try {
        const { payload, protectedHeader } = await jwtVerify(token, await findKeys(), {
          algorithms: ALGORITHMS,
          issuer,
          currentDate: new Date(nowMs()),
          requiredClaims: ['exp'],
        });
        if (protectedHeader.kid === undefined) return invalid('the token does not name its key');
        if (!isFor(payload, audience)) return invalid('the token does not have a valid audience');
        if (payload.iat !== undefined && payload.iat * 1000 > nowMs()) return invalid('the token is of the future');
        return admitted(payload, scopes);
      } catch (error) {
        return invalid(reasonOf(error));
      }
    },
  };
}

/** @throws Error when the issuer says nothing that can be used */
async function discover(issuer: string): Promise<ReturnType<typeof createRemoteJWKSet>> {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS),
    redirect: 'error',
  });
  const { jwks_uri: address } = (await answer.json()) as { jwks_uri?: unknown };
  return createRemoteJWKSet(new URL(String(address)), {
    timeoutDuration: ISSUER_TIMEOUT_MS,
    cacheMaxAge: KEYS_AGE_MS,
  });
}

/** "API Gateway validates `client_id` only if `aud` is not present." */
function isFor({ aud, client_id: clientId }: JWTPayload, audience: readonly string[]): boolean {
  return [aud ?? clientId].flat().some((name) => typeof name === 'string' && audience.includes(name));
}

function admitted(payload: JWTPayload, scopes: readonly string[]): Admitted | Refused {
  const own = scopesOf(payload);
  const held = scopes.filter((scope) => own.includes(scope));
  if (scopes.length > 0 && held.length === 0) {
    const reason = 'the token has none of the scopes that are needed';
    return { status: 403, reason, challenge: challenge('insufficient_scope', reason, scopes) };
  }
  return { jwt: { claims: claimTexts(payload), scopes: scopes.length > 0 ? held : null } };
}

function scopesOf({ scope, scp }: JWTPayload): string[] {
  return [scope ?? scp].flat().flatMap((text) => (typeof text === 'string' ? text.split(' ') : []));
}

function invalid(reason: string): Refused {
  return { status: 401, reason, challenge: challenge('invalid_token', reason) };
}

function challenge(error: string, reason: string, scopes: readonly string[] = []): string {
  return `Bearer scope="${scopes.join(' ')}" error="${error}" error_description="${reason}"`;
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `the token has no valid ${error.claim}`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'the token is not signed by RSA';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed)
    return 'the token is not signed by a key of the issuer';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'the token cannot be read';
  return 'OIDC discovery endpoint communication error';
}
