/**
 * What the work gives, or an error as soon as the signal is aborted; nothing is begun after that. The SDK ends a request that knows
 * of the signal by itself; but credentials that are being fetched for it know nothing of that.
 */
export async function endedBy<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const end = Promise.withResolvers<never>();
  const abort = () => end.reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work(), end.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
