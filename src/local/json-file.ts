/** A JSON file that somebody wrote by hand, or with a tool that has an encoding of its own. */
import { readFileSync } from 'node:fs';

/**
 * UTF-8, with a byte order mark or without; UTF-16 with one, as Windows writes it.
 * @throws Error whose message goes on after "the file": what is wrong with it
 */
export function readJsonFile(file: string): unknown {
  const bytes = attempt('cannot be read', () => readFileSync(file));
  const text = attempt(`is not ${encodingOf(bytes).toUpperCase()} text`, () => decode(bytes));
  const value: unknown = attempt('is not JSON', () => JSON.parse(text));
  const twice = fieldTwice(text);
  if (twice !== undefined) throw new Error(`has the field ${twice} twice, of which one would be lost`);
  return value;
}

function attempt<T>(problem: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${problem} (${(cause as Error).message})`, { cause });
  }
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  // JSON begins with a letter of ASCII, whose other half is 0.
  if (bytes[0] === 0) return 'utf-16be';
  return bytes[1] === 0 ? 'utf-16le' : 'utf-8';
}

/** The decoder leaves the mark out. */
function decode(bytes: Buffer): string {
  return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
}

/** Strings, and what an object or a list is made of; in valid JSON nothing else has to be told apart. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * The path of a field that stands twice in its object; JSON.parse keeps the last of them and says nothing. A library that
 * finds it is a JSON parser of its own, whose errors are not Node's.
 */
function fieldTwice(text: string): string | undefined {
  /** The fields of each object around the place, a list having none, and how the place is named from outside. */
  const around: { fields: Set<string>; field: string }[] = [];
  let string = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const here = around.at(-1);
    if (token === '{' || token === '[') around.push({ fields: new Set(), field: '' });
    else if (token === '}' || token === ']') around.pop();
    else if (token !== ':') string = token;
    else if (here !== undefined) {
      here.field = JSON.parse(string) as string;
      if (here.fields.has(here.field))
        return around
          .map(({ field }) => field)
          .filter((name) => name !== '')
          .join('.');
      here.fields.add(here.field);
    }
  }
  return undefined;
}
