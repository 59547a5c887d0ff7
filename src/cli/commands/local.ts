/**
 * `kvs-census local`, which is `npm start`: the whole pipeline on this machine, from the compiled template and the
 * packaged functions, for one run.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { KINDS, type Kind, parseKind, STREAMS } from '../../census/kinds.ts';
import { parseRegion } from '../../census/region.ts';
import { DEFAULT_TIME_SCALE } from '../../local/time-scale.ts';
import type { Io } from '../io.ts';
import { API_CHOICES } from '../local/api.ts';
import { type StartOptions, start } from '../local/start.ts';
import {
  ACCOUNT_TARGETS,
  KIND_PREFIXES,
  OTHER_TARGETS,
  parseQuotaSaid,
  parseTarget,
  type QuotaSaid,
  type Target,
} from '../local/targets.ts';
import { checked, parsePort } from '../options.ts';

export function localCommand(io: Io): Command {
  const regions = (value: string, before: string[]) => [...before, ...parseRegions(value)];
  const targets = (value: string, before: Target[]) => [...before, ...value.split(',').map(target)];
  const quotas = (value: string, before: QuotaSaid[]) => [...before, ...value.split(',').map(quotaSaid)];
  return new Command('local')
    .description('run the whole pipeline on this machine, once: no AWS, no Docker, no network')
    .option(
      '--world <file>',
      'which streams the local Kinesis Video holds, and its faults (docs/local-video.md), or organisation: 25 accounts',
    )
    .option('--deny <region>', `a region that refuses access, or ${OTHER_TARGETS} (repeatable)`, targets, [])
    .option('--throttle <region>', `a region that throttles every call, or ${OTHER_TARGETS} (repeatable)`, targets, [])
    .option('--hang <region>', `a region that never answers, or ${OTHER_TARGETS} (repeatable)`, targets, [])
    .option('--off <region>', 'a region that the account has not switched on (repeatable)', regions, [])
    .option(
      '--quota <region=n>',
      'how many streams a region may hold: a number, none (no quota was applied), unknown, or nonsense (repeatable)',
      quotas,
      [],
    )
    .option('--kinds <list>', `what is counted, separated by commas: ${KINDS.join(', ')}`, parseKinds, [STREAMS])
    .option('--regions <list>', 'count only these, separated by commas', parseRegions)
    .addOption(
      new Option('--video <which>', 'which Kinesis Video to count: the local one, or your AWS account')
        .choices(['local', 'aws'])
        .default('local'),
    )
    .option(
      '--time-scale <n>',
      `divide every wait and time-out by n (default: ${DEFAULT_TIME_SCALE} with the local Kinesis Video if its latency allows, else 1)`,
      parseScale,
    )
    .option('--fresh', 'forget the runs of earlier starts', false)
    .option('--keep', 'leave the stack up afterwards, and print how to reach it', false)
    .addOption(
      new Option(
        '--api <who>',
        'who may ask the API of a stack that stays up: whoever signs (iam, the default), has a token (jwt), or nobody (off)',
      ).choices(API_CHOICES),
    )
    .option('--port <n>', 'the port of the stack (default: a free one)', parsePort)
    .option('--json', 'print one JSON document and nothing else on standard output', false)
    .option('--wide', 'the whole table of regions, whatever the width of the terminal', false)
    .option('--verbose', 'print what the functions log, on standard error', false)
    .addHelpText(
      'after',
      `\nOf another kind than streams, what is broken begins with ${KIND_PREFIXES} (channels:eu-west-1, channels:quota).\nOf a world with several accounts, ${ACCOUNT_TARGETS} can be broken, too.\n\nExit code: 0 complete, 2 partial, 1 could not run.\n\nIf AWS_ENDPOINT_URL_KINESIS_VIDEO names a Kinesis Video service, that one is counted.`,
    )
    .action((options: StartOptions) => start(options, io));
}

const target = (part: string) => checked(parseTarget)(part.trim());
const quotaSaid = (part: string) => checked(parseQuotaSaid)(part.trim());

/** As the parameter `kinds` of a deployment: streams are always counted. */
function parseKinds(value: string): Kind[] {
  const kinds = value.split(',').map((part) => checked(parseKind)(part.trim()));
  const twice = kinds.find((kind, index) => kinds.indexOf(kind) !== index);
  if (twice !== undefined) throw new InvalidArgumentError(`${twice} is there twice.`);
  if (kinds.includes(STREAMS)) return kinds;
  throw new InvalidArgumentError(`${STREAMS} are always counted: say ${[STREAMS, ...kinds].join(',')}.`);
}

function parseRegions(value: string): string[] {
  return value.split(',').map((part) => checked(parseRegion)(part.trim()));
}

function parseScale(value: string): number {
  const scale = Number(value);
  if (scale >= 1 && scale <= 1000) return scale;
  throw new InvalidArgumentError('Expected a number from 1 to 1000.');
}
