/** Does the work for each, at most so many at a time. One that fails stops no other; gives the errors. */
export async function forEachOf<T>(
  all: readonly T[],
  atATime: number,
  work: (one: T) => Promise<unknown>,
): Promise<unknown[]> {
  const errors: unknown[] = [];
  const waiting = all.values();
  const worker = async () => {
    for (const one of waiting) {
      try {
        await work(one);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, all.length) }, worker));
  return errors;
}
