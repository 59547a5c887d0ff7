/** Things by name, each made when somebody first asks for it. */
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
