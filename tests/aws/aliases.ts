/** What a request's expressions use, and what it says that they do. */
export function aliasesOf(request: object) {
  const {
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
    ...rest
  } = request as { ExpressionAttributeNames?: object; ExpressionAttributeValues?: object };
  const expressions = Object.entries(rest)
    .filter(([name]) => name.endsWith('Expression'))
    .map(([, text]) => String(text))
    .join(' ');
  const used = (pattern: RegExp) => [...new Set(expressions.match(pattern) ?? [])].sort();
  return {
    used: [...used(/#\w+/g), ...used(/:\w+/g)],
    said: [...Object.keys(names).sort(), ...Object.keys(values).sort()],
  };
}
