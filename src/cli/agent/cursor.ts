/** Cursors that go on in the ledger. They hold all that is needed, so that they also work after the server was started again. */
import { InvalidInputError } from '../../census/errors.ts';

/** `given`: the inputs of the question that this goes on with; `inputs`: those that ask for what comes next. */
type Continuation = { tool: string; given: object; inputs: object };

const START = 'next-';
/** Letters: what was given takes some hundred. Whatever is longer is not even read, and so neither too deep nor too long to be said. */
const LONGEST = 4000;

export const cursorOf = (continuation: Continuation): string =>
  START + Buffer.from(JSON.stringify(continuation)).toString('base64url');

/** @throws InvalidInputError for what is no such cursor */
export function continuationOf(cursor: string): Continuation {
  try {
    if (!cursor.startsWith(START) || cursor.length > LONGEST) throw new SyntaxError('of another kind');
    const text = Buffer.from(cursor.slice(START.length), 'base64url').toString();
    const { tool, given, inputs } = JSON.parse(text) as Partial<Continuation>;
    if (typeof tool === 'string' && isObject(given) && isObject(inputs)) return { tool, given, inputs };
    throw new SyntaxError('of another form');
  } catch (cause) {
    throw new InvalidInputError(
      `${JSON.stringify(cursor.slice(0, 60))} is no cursor: give one as it stands in \`leftOut\`, or leave it out.`,
      { cause },
    );
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What stands beside a cursor says nothing new.
 * @throws InvalidInputError where it is another question
 */
export function refuseOther(tool: string, inputs: object, { tool: own, given }: Omit<Continuation, 'inputs'>): void {
  const other = Object.entries(inputs).find(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify((given as Record<string, unknown>)[name]),
  );
  if (tool === own && other === undefined) return;
  throw new InvalidInputError(
    `The cursor was given by ${own} with ${JSON.stringify(given)}: call that with the same inputs, or leave the cursor out.`,
  );
}
