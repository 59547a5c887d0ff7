/** The commands that mend a stack, as they can be pasted where the finding was printed. */
import type { Kind } from '../../census/kinds.ts';
import { commandLine, type Place, placeOfKind, shellLine } from '../place.ts';

type Where = {
  place: Place;
  /** What the names of the stack's parts begin with; the stack itself is called so. */
  prefix: string;
  region: string;
  profile?: string;
};

export type Shell = {
  /** Of the stack's parts. */
  nameOf(part: string): string;
  /** The stack runs on this machine, and is as serverless.yml says. */
  isLocal: boolean;
  /** It is called as a stage of this service is, so that a deployment would be one of it. */
  isStage: boolean;
  census(words: string): string;
  /** The same, about the runs of that kind. */
  of(kind: Kind): Shell;
  /** The same, of a ledger of another name. */
  censusOf(tableName: string, words: string): string;
  aws(...words: string[]): string;
  deploy(...words: string[]): string;
  /** Makes everything as the template says, whatever was changed or deleted by hand. */
  restore(): string[];
};

export function makeShell(where: Where): Shell {
  const { place, prefix, region, profile } = where;
  const there = ['--region', region, ...(profile === undefined ? [] : ['--profile', profile])];
  const aws = (...words: string[]) => shellLine(['aws', ...words, ...there]);
  return {
    nameOf: (part) => `${prefix}-${part}`,
    isLocal: place.options.includes('--local'),
    isStage: stageOf(prefix).length > 0,
    census: (words) => commandLine(place, words),
    of: (kind) => makeShell({ ...where, place: placeOfKind(place, kind) }),
    censusOf: (tableName, words) =>
      commandLine({ ...place, options: withTable(place.options, prefix, tableName) }, words),
    aws,
    deploy: (...words) =>
      shellLine([
        ...['npx', 'sls', 'deploy', ...stageOf(prefix), '--region', region],
        ...(profile === undefined ? [] : ['--aws-profile', profile]),
        ...words,
      ]),
    restore: () => {
      const changeSet = ['--stack-name', prefix, '--change-set-name', 'as-the-template-says'];
      const asItIs = ['--use-previous-template', '--capabilities', 'CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'];
      return [
        aws('cloudformation', 'create-change-set', ...changeSet, ...asItIs, '--deployment-mode', 'REVERT_DRIFT'),
        aws('cloudformation', 'wait', 'change-set-create-complete', ...changeSet),
        aws('cloudformation', 'execute-change-set', ...changeSet),
      ];
    },
  };
}

/** The stage says which stack it is, and the table which ledger. */
function withTable(options: readonly string[], prefix: string, tableName: string): string[] {
  const at = options.indexOf('--table');
  const others = at < 0 ? [...options] : options.toSpliced(at, 2);
  const stage = others.includes('--stage') ? [] : stageOf(prefix);
  return [...stage, ...others, '--table', tableName];
}

function stageOf(prefix: string): string[] {
  const stage = /^kvs-census-(.+)$/.exec(prefix)?.[1];
  return stage === undefined ? [] : ['--stage', stage];
}
