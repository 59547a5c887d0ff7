/**
 * How the template is told what is counted: infra/of-each-kind.yml has a parameter for each kind but streams, and
 * infra/organization.yml one for whose they are.
 */
import { ORGANIZATION } from '../../census/census-id.ts';
import { type Kind, STREAMS } from '../../census/kinds.ts';

/** @param owner an account, or the organisation */
export function parametersFor(kinds: readonly Kind[], owner?: string): Record<string, string> {
  const others = kinds.filter((kind) => kind !== STREAMS);
  return {
    ...Object.fromEntries(others.map((kind) => [`Count${idOf(kind)}`, 'on'])),
    ...(owner === ORGANIZATION && { Accounts: ORGANIZATION }),
  };
}

/** The logical ids of a kind are made of this: `Channels`, `DataStreams`. */
export function idOf(kind: string): string {
  return kind.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
