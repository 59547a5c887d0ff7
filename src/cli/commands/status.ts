/** `kvs-census status`: a stack on one screen. */
import type { Command } from 'commander';
import type { Asked } from '../../answers/health/facts.ts';
import { makeShell } from '../../answers/health/shell.ts';
import { ledgerStatus, type StatusAnswer, statusAnswer } from '../../answers/health/status.ts';
import type { Io } from '../io.ts';
import { examples, type ReadingOptions, readingCommand } from '../options.ts';
import { print } from '../print.ts';
import { type OpenedStack, withStack } from '../source/source.ts';

export function statusCommand(io: Io): Command {
  return readingCommand('status', 'A stack on one screen: when it runs, its last total, alarms, queues and functions.')
    .addHelpText(
      'after',
      examples([
        ['status --stage prod --region eu-west-1', 'of a deployed stack'],
        ['status --local', 'of the stack that `npm start -- --keep` left up'],
        ['status --json | jq .queues', 'for a program'],
      ]),
    )
    .action(async (options: ReadingOptions) => {
      await withStack(options, io, async (stack) => {
        const { otherKinds, ...found } = await look(stack, options, io.nowMs());
        const isAsked = ({ kind }: (typeof otherKinds)[number]) => (options.kind ?? kind) === kind;
        const answer = { ...found, otherKinds: otherKinds.filter(isAsked) };
        await print(io, options, answer, async () => (await import('../render/status.ts')).renderStatus);
      });
    });
}

async function look(stack: OpenedStack, { profile }: ReadingOptions, nowMs: number): Promise<StatusAnswer> {
  const { readLedgerFacts, readStatusFacts } = await import('../source/health.ts');
  const { place, prefix, region } = stack;
  const accountId = await stack.account();
  const account: Asked<string> = { answer: accountId };
  const where = { accountId, stack: prefix, region };
  if (stack.ledgerOnly) {
    return ledgerStatus(where, await readLedgerFacts(stack, account, nowMs), stack.description, nowMs);
  }
  const shell = makeShell({ place, prefix, region, ...(profile !== undefined && { profile }) });
  return statusAnswer(where, await readStatusFacts(stack, shell, account, nowMs), nowMs, shell);
}
