/** What an entry of an answer tells of a stream. A service may write any field in any way: only facets may suffer from it. */
import type { StreamFacts } from '../census/tally.ts';

/**
 * `undefined` if the entry does not say which stream it is. That takes an ARN. A name that is missing costs the branches
 * of the region, and every other field that cannot be read costs its facet: the stream is counted as `unknown` there.
 */
export function factsOf(entry: unknown): StreamFacts | undefined {
  const fields = (entry ?? {}) as Record<string, unknown>;
  const arn = text(fields.StreamARN);
  if (arn === undefined) return undefined;
  const status = text(fields.Status);
  const mediaType = text(fields.MediaType);
  const kmsKeyId = text(fields.KmsKeyId);
  const createdAtMs = instant(fields.CreationTime);
  const retentionHours = fields.DataRetentionInHours;
  return {
    name: text(fields.StreamName) ?? '',
    arn,
    ...(status !== undefined && { status }),
    ...(typeof retentionHours === 'number' && { retentionHours }),
    ...(mediaType !== undefined && { mediaType }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    ...(createdAtMs !== undefined && { createdAtMs }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Milliseconds since 1970, of what the SDK has read or of seconds since 1970 as they came. */
function instant(value: unknown): number | undefined {
  const ms = value instanceof Date ? value.getTime() : typeof value === 'number' ? value * 1000 : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}
