/**
 * The handful of DynamoDB's expressions that the ledger uses, evaluated on items as DynamoDB would. Whatever is not
 * understood is an error: a new kind of expression must be added here, and to the contract in tests/contract.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../judging/history.ts';

type Aliases = { names: Readonly<Record<string, string>>; values: Item };
type Operand = (item: Item, aliases: Aliases) => AttributeValue | undefined;
type Condition = (item: Item, aliases: Aliases) => boolean;
type Update = (item: Item, aliases: Aliases) => Item;

/** Expressions are few and used often: each is read once. */
function once<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text) ?? read(text);
    known.set(text, found);
    return found;
  };
}

export const conditionOf = once((text: string): Condition => {
  const tokens = makeTokens(text);
  const condition = readOr(tokens);
  tokens.end();
  return condition;
});

export const updateOf = once((text: string): Update => {
  const tokens = makeTokens(text);
  const steps: Update[] = [];
  while (!tokens.isAtEnd()) {
    const clause = tokens.next();
    const read = CLAUSES[clause];
    if (read === undefined) throw tokens.unknown(clause);
    do steps.push(read(tokens));
    while (tokens.skip(','));
  }
  return (item, aliases) => steps.reduce((changed, step) => step(changed, aliases), item);
});

type Tokens = ReturnType<typeof makeTokens>;

function makeTokens(text: string) {
  const tokens = text.match(/[#:]?\w+|<>|<=|>=|[=<>(),]|\S/g) ?? [];
  let at = 0;
  const unknown = (token: string) => new Error(`The simulated table does not understand ${token} in: ${text}`);
  return {
    unknown,
    peek: () => tokens[at] ?? '',
    next: () => tokens[at++] ?? '',
    isAtEnd: () => at >= tokens.length,
    skip(token: string): boolean {
      if (tokens[at] !== token) return false;
      at += 1;
      return true;
    },
    expect(token: string): void {
      const found = tokens[at++] ?? 'the end';
      if (found !== token) throw unknown(found);
    },
    end(): void {
      if (at < tokens.length) throw unknown(tokens[at] ?? '');
    },
  };
}

function readOr(tokens: Tokens): Condition {
  const parts = [readAnd(tokens)];
  while (tokens.skip('OR')) parts.push(readAnd(tokens));
  return (item, aliases) => parts.some((part) => part(item, aliases));
}

function readAnd(tokens: Tokens): Condition {
  const parts = [readPrimary(tokens)];
  while (tokens.skip('AND')) parts.push(readPrimary(tokens));
  return (item, aliases) => parts.every((part) => part(item, aliases));
}

function readPrimary(tokens: Tokens): Condition {
  if (tokens.skip('NOT')) {
    const inner = readPrimary(tokens);
    return (item, aliases) => !inner(item, aliases);
  }
  if (tokens.skip('(')) {
    const inner = readOr(tokens);
    tokens.expect(')');
    return inner;
  }
  const test = FUNCTIONS[tokens.peek()];
  return test === undefined ? readComparison(tokens) : readCall(tokens, test);
}

type Test = (left: AttributeValue | undefined, right: AttributeValue | undefined) => boolean;

const FUNCTIONS: Readonly<Record<string, Test>> = {
  attribute_exists: (left) => left !== undefined,
  attribute_not_exists: (left) => left === undefined,
  begins_with: (left, right) => left?.S !== undefined && right?.S !== undefined && left.S.startsWith(right.S),
  contains: (left, right) =>
    left?.SS?.includes(right?.S ?? '') ?? left?.L?.some(({ S }) => S !== undefined && S === right?.S) ?? false,
};

function readCall(tokens: Tokens, test: Test): Condition {
  tokens.next();
  tokens.expect('(');
  const left = readOperand(tokens);
  const right = tokens.skip(',') ? readOperand(tokens) : () => undefined;
  tokens.expect(')');
  return (item, aliases) => test(left(item, aliases), right(item, aliases));
}

/** Nothing is equal to, less or more than what is not there; and it differs from everything. */
const COMPARISONS: Readonly<Record<string, Test>> = {
  '=': (left, right) => compare(left, right) === 0,
  '<>': (left, right) => compare(left, right) !== 0,
  '<': (left, right) => (compare(left, right) ?? 0) < 0,
  '>': (left, right) => (compare(left, right) ?? 0) > 0,
  '<=': (left, right) => (compare(left, right) ?? 1) <= 0,
  '>=': (left, right) => (compare(left, right) ?? -1) >= 0,
};

function readComparison(tokens: Tokens): Condition {
  const left = readOperand(tokens);
  const sign = tokens.next();
  if (sign === 'BETWEEN') return readRange(tokens, left);
  const test = COMPARISONS[sign];
  if (test === undefined) throw tokens.unknown(sign);
  const right = readOperand(tokens);
  return (item, aliases) => test(left(item, aliases), right(item, aliases));
}

/** Both ends belong to it. */
function readRange(tokens: Tokens, middle: Operand): Condition {
  const low = readOperand(tokens);
  tokens.expect('AND');
  const high = readOperand(tokens);
  const isLow = COMPARISONS['<=']!;
  return (item, aliases) => {
    const value = middle(item, aliases);
    return isLow(low(item, aliases), value) && isLow(value, high(item, aliases));
  };
}

function compare(left: AttributeValue | undefined, right: AttributeValue | undefined): number | undefined {
  if (left?.S !== undefined && right?.S !== undefined) return left.S < right.S ? -1 : Number(left.S > right.S);
  if (left?.N !== undefined && right?.N !== undefined) return Number(left.N) - Number(right.N);
  return undefined;
}

function readOperand(tokens: Tokens): Operand {
  const token = tokens.next();
  if (token.startsWith('#')) return readPath(token, tokens);
  if (token === 'size') return readSize(tokens);
  if (token.startsWith(':')) return (_item, aliases) => valueNamed(token, aliases);
  throw tokens.unknown(token);
}

/** `#a`, or `#a.#b` of a map. */
function readPath(first: string, tokens: Tokens): Operand {
  const path = [first];
  while (tokens.skip('.')) path.push(tokens.next());
  return (item, aliases) =>
    path.reduce<AttributeValue | undefined>((found, name) => found?.M?.[nameOf(name, aliases)], { M: item });
}

/** Of a set, how many members it has. */
function readSize(tokens: Tokens): Operand {
  tokens.expect('(');
  const of = readOperand(tokens);
  tokens.expect(')');
  return (item, aliases) => {
    const { SS, NS } = of(item, aliases) ?? {};
    const members = SS ?? NS;
    return members && { N: String(members.length) };
  };
}

const CLAUSES: Readonly<Record<string, (tokens: Tokens) => Update>> = {
  SET(tokens) {
    const name = tokens.next();
    tokens.expect('=');
    const value = readOperand(tokens);
    return (item, aliases) => {
      const found = value(item, aliases);
      if (found === undefined) throw new Error(`The update sets ${name} to an attribute that is not there.`);
      return { ...item, [nameOf(name, aliases)]: found };
    };
  },
  REMOVE(tokens) {
    const name = tokens.next();
    return (item, aliases) => without(item, nameOf(name, aliases));
  },
  ADD(tokens) {
    const [name, value] = [tokens.next(), tokens.next()];
    return (item, aliases) => {
      const attribute = nameOf(name, aliases);
      return { ...item, [attribute]: sum(item[attribute], valueNamed(value, aliases)) };
    };
  },
  DELETE(tokens) {
    const [name, value] = [tokens.next(), tokens.next()];
    return (item, aliases) => {
      const attribute = nameOf(name, aliases);
      const { SS, NS } = valueNamed(value, aliases);
      const gone = new Set(SS ?? NS);
      const stored = SS ? item[attribute]?.SS : item[attribute]?.NS;
      const left = stored?.filter((member) => !gone.has(member)) ?? [];
      // DynamoDB has no empty sets.
      return left.length > 0 ? { ...item, [attribute]: SS ? { SS: left } : { NS: left } } : without(item, attribute);
    };
  },
};

function sum(stored: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (value.N !== undefined) return { N: String(Number(stored?.N ?? 0) + Number(value.N)) };
  if (value.SS !== undefined) return { SS: [...new Set([...(stored?.SS ?? []), ...value.SS])] };
  throw new Error('Only numbers and sets of strings can be added.');
}

function without(item: Item, attribute: string): Item {
  const { [attribute]: _removed, ...rest } = item;
  return rest;
}

function nameOf(alias: string, { names }: Aliases): string {
  const name = names[alias];
  if (name === undefined) throw new Error(`The request uses ${alias} and does not say what it is.`);
  return name;
}

function valueNamed(alias: string, { values }: Aliases): AttributeValue {
  const value = values[alias];
  if (value === undefined) throw new Error(`The request uses ${alias} and does not say what it is.`);
  return value;
}
