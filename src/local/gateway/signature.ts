/**
 * Whether a request is signed as it says, by Signature Version 4 in its Authorization header
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html): it is signed again with the
 * secret of whose key it names, and the two are compared.
 *
 * Stricter than AWS on purpose: a presigned URL is none, because a link of any web page could be one; a path with `//`, `.` or `..`
 * is refused, since a signature holds for all of its spellings; and `Date` cannot stand in for `X-Amz-Date`.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Asked } from './event.ts';

type Signed = Pick<Asked, 'method' | 'rawPath' | 'rawQuery' | 'headers'> & { readonly body: Buffer };

type Verifier = {
  /** In whose scope a signature must be. */
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** The secret of whose key signed it. */
  readonly secretAccessKey: string;
};

/** A request reaches AWS within five minutes of the instant that it names, either way (the page above). */
const MOST_AWAY_MS = 5 * 60_000;

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^,\s/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, *SignedHeaders=([a-z0-9_;-]+), *Signature=([0-9a-f]{64})$/;
const INSTANT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Why the request is not what was signed, in one sentence; undefined if it is. */
export async function whyNotSigned(request: Signed, verifier: Verifier): Promise<string | undefined> {
  const [authorization = '', ...others] = request.headers.authorization ?? [];
  const parts = AUTHORIZATION.exec(authorization);
  if (parts === null || others.length > 0)
    return 'The request has no signature of version 4 in its Authorization header.';
  const [, accessKeyId = '', day, region, service, list = '', signature = ''] = parts;
  if (region !== verifier.region || service !== verifier.service)
    return `Credential should be scoped to ${verifier.region} and ${verifier.service}.`;
  const names = list.split(';');
  const signingDate = instantOf(request);
  if (signingDate === undefined || !request.headers['x-amz-date']?.[0]?.startsWith(day ?? ''))
    return 'X-Amz-Date is no instant of the day that the credential names.';
  if (Math.abs(signingDate.getTime() - verifier.nowMs) > MOST_AWAY_MS)
    return 'The signature is more than 5 minutes away.';
  const problem = whatIsUnsigned(request, names) ?? whatIsWrong(request);
  if (problem !== undefined) return problem;
  const query = readQuery(request.rawQuery);
  if (query === undefined) return 'The query cannot be signed.';
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey: verifier.secretAccessKey },
    region,
    service,
    sha256: Hash.bind(null, 'sha256'),
    applyChecksum: false,
  });
  const { headers } = await signer.sign(
    {
      ...{ method: request.method, path: request.rawPath, query, body: request.body },
      ...{ protocol: 'http:', hostname: 'localhost' },
      headers: Object.fromEntries(names.map((name) => [name, request.headers[name]!.join(',')])),
    },
    // The signer would leave out headers that proxies change. Where the caller has signed one, it counts.
    { signingDate, signableHeaders: new Set(names) },
  );
  const [, expected = ''] = /Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '') ?? [];
  const isSame = expected !== '' && timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
  return isSame ? undefined : 'The signature is not that of this request.';
}

function instantOf({ headers }: Signed): Date | undefined {
  const [text = '', ...others] = headers['x-amz-date'] ?? [];
  const instant = new Date(text.replace(INSTANT, '$1-$2-$3T$4:$5:$6Z'));
  const isOne = INSTANT.test(text) && others.length === 0 && !Number.isNaN(instant.getTime());
  return isOne ? instant : undefined;
}

/** The host and every header of AWS's own must be signed, and whatever is signed must be there. */
function whatIsUnsigned({ headers }: Signed, names: readonly string[]): string | undefined {
  const own = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  const unsigned = ['host', ...own].find((name) => !names.includes(name));
  if (unsigned !== undefined) return `The header ${unsigned} is not signed.`;
  const missing = names.find((name) => !Object.hasOwn(headers, name));
  return missing === undefined ? undefined : `The header ${missing} is signed, and is not there.`;
}

function whatIsWrong({ headers, rawPath, body }: Signed): string | undefined {
  if (rawPath.includes('//') || rawPath.split('/').some((part) => part === '.' || part === '..'))
    return 'The path has a shorter spelling, which has the same signature.';
  const said = headers['x-amz-content-sha256'];
  const hash = createHash('sha256').update(body).digest('hex');
  if (said !== undefined && said.join(',') !== hash) return 'The body is not the one whose hash was signed.';
  return undefined;
}

/** A `+` stands for itself, as in a signature. Undefined where something is encoded wrongly, or would not be signed. */
function readQuery(rawQuery: string): Record<string, string[]> | undefined {
  const query = new Map<string, string[]>();
  try {
    for (const part of rawQuery.split('&').filter(Boolean)) {
      const [name = '', value = ''] = part.split(/=(.*)/s).map(decodeURIComponent);
      // The signer would leave these out; the former are parts of a presigned URL.
      if (/^x-amz-/i.test(name) || name === '__proto__') return undefined;
      query.set(name, [...(query.get(name) ?? []), value]);
    }
    return Object.fromEntries(query);
  } catch {
    return undefined;
  }
}
