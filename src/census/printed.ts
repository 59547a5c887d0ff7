/** What was given, in a sentence that says what is wrong with it. Cut, since it may be anything. */
export function print(value: unknown): string {
  const text = value === undefined ? '(none)' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
