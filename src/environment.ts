/** How a variable of an environment is read. What is wrong with one is an error that names it, and says what was expected. */
import { parseAccountId } from './census/census-id.ts';
import { OwnError } from './census/errors.ts';
import { type Kind, parseKind, STREAMS } from './census/kinds.ts';
import type { AccountSettings } from './census/organization/accounts.ts';
import { parseRegion } from './census/region.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export class ConfigError extends OwnError {
  override readonly name = 'ConfigError';
}

/** What a variable says that names nothing. */
export const NONE = 'none';

export type Reader = ReturnType<typeof makeReader>;

/** Of each form that a variable may have. All throw ConfigError, which names the variable and says what was expected. */
export function makeReader(environment: Environment) {
  const text = (name: string): string => {
    const value = environment[name]?.trim();
    if (!value) throw new ConfigError(`The environment variable ${name} is not set.`);
    return value;
  };
  const numbers = (name: string): number[] =>
    text(name)
      .split(',')
      .map((part) => {
        const value = Number(part);
        if (part.trim() !== '' && Number.isFinite(value) && value > 0) return value;
        throw new ConfigError(
          `The environment variable ${name} holds ${JSON.stringify(part)}; expected a number above 0.`,
        );
      });
  const number = (name: string): number => {
    const [value, ...rest] = numbers(name);
    if (value === undefined || rest.length > 0)
      throw new ConfigError(`The environment variable ${name} holds a list; expected one number.`);
    return value;
  };
  /** 0 is none. */
  const numberOrNone = (name: string): number => (text(name) === '0' ? 0 : number(name));
  const oneOf = <Word extends string>(name: string, words: readonly Word[]): Word => {
    const value = text(name);
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    const expected = words.join(' or ');
    throw new ConfigError(`The environment variable ${name} holds ${JSON.stringify(value)}; expected ${expected}.`);
  };
  const textOrNone = (name: string): string | undefined => {
    const value = text(name);
    return value === NONE ? undefined : value;
  };
  const isOn = (name: string): boolean => oneOf(name, ['on', 'off']) === 'on';
  /** Of what is separated by commas, each once; nothing where the variable says `none`, or is not set. */
  const list = (name: string): string[] => {
    const value = environment[name]?.trim();
    if (!value || value === NONE) return [];
    return [...new Set(value.split(',').map((part) => part.trim()))];
  };
  const listOf = (name: string, parse: (part: string) => string, what: string): string[] =>
    list(name).map((part) => {
      try {
        return parse(part);
      } catch (cause) {
        throw new ConfigError(
          `The environment variable ${name} is not a comma-separated list of ${what}: ${(cause as Error).message}`,
          { cause },
        );
      }
    });
  const regions = (name: string) => listOf(name, parseRegion, 'AWS regions');
  const accountIds = (name: string) => listOf(name, parseAccountId, 'account ids');
  const accounts = (name: string): AccountSettings['accounts'] => {
    const value = text(name);
    if (value === NONE)
      throw new ConfigError(`The environment variable ${name} is none; expected self, organization, or account ids.`);
    return value === 'self' || value === 'organization' ? value : accountIds(name);
  };
  /** Streams are counted in any case, and first. */
  const kinds = (name: string): Kind[] => {
    try {
      return [
        ...new Set([
          STREAMS,
          ...text(name)
            .split(',')
            .map((part) => parseKind(part.trim())),
        ]),
      ];
    } catch (cause) {
      if (cause instanceof ConfigError) throw cause;
      throw new ConfigError(`The environment variable ${name}: ${(cause as Error).message}`, { cause });
    }
  };
  const lists = { kinds, list, regions, accountIds, accounts };
  return { ...lists, text, textOrNone, number, numberOrNone, numbers, oneOf, isOn };
}
