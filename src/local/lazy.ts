/** Things that are made when somebody asks for them. */

type Lazy<T> = {
  get(name: string): T;
  /** Those that somebody has asked for. */
  made(): Iterable<T>;
};

export function makeLazy<T>(make: (name: string) => T): Lazy<T> {
  const known = new Map<string, T>();
  return {
    get(name) {
      const found = known.get(name);
      if (found !== undefined) return found;
      const made = make(name);
      known.set(name, made);
      return made;
    },
    made: () => known.values(),
  };
}

/** Those that were asked for last; whatever was not is made again when somebody asks for it. */
export type Recent<T> = { get(key: object, make: () => T): T };

/** @param limit how many are kept at most */
export function makeRecent<T>(limit: number): Recent<T> {
  const kept = new Map<object, T>();
  return {
    get(key, make) {
      const thing = kept.get(key) ?? make();
      // A map is in the order in which its keys were set: the first is the one that nobody asked for the longest.
      kept.delete(key);
      kept.set(key, thing);
      const [oldest] = kept.size > limit ? kept.keys() : [];
      if (oldest !== undefined) kept.delete(oldest);
      return thing;
    },
  };
}
