/** Fields of an answer. A service may write any of them in any way; what cannot be read is absent. */

export function fieldsOf(entry: unknown): Readonly<Record<string, unknown>> {
  return (entry ?? {}) as Record<string, unknown>;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Milliseconds since 1970, of what the SDK has read or of seconds since 1970 as they came. */
export function instant(value: unknown): number | undefined {
  const ms = value instanceof Date ? value.getTime() : typeof value === 'number' ? value * 1000 : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}
