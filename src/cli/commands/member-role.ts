/** `kvs-census member-role`: the template of the role that every other account has, filled in for a stack, with the commands. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { makeShell } from '../../answers/health/shell.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { examples, type PlaceOptions, withPlace } from '../options.ts';
import { type Hub, renderMemberRole } from '../render/member-role.ts';
import { type OpenedStack, withStack } from '../source/source.ts';
import { functionName, needStack } from '../source/stack.ts';

export function memberRoleCommand(io: Io): Command {
  return withPlace(new Command('member-role'))
    .description(
      'The template of the role that the stack takes on in every other account, filled in, with the commands that make it there.',
    )
    .addHelpText(
      'after',
      examples([
        ['member-role --stage prod --region eu-west-1 > member-role.yml', 'the commands are at its top'],
        ['member-role --local', 'of the stack that `npm start -- --keep` left up'],
      ]),
    )
    .action(async (options: PlaceOptions) => {
      await withStack(options, io, async (stack) => {
        needStack(stack);
        const { place, prefix, region } = stack;
        const shell = makeShell({ place, prefix, region, ...(options.profile && { profile: options.profile }) });
        await io.write(renderMemberRole(readTemplate(), await readHub(stack), shell));
      });
    });
}

/** As the dispatcher is told. */
async function readHub(stack: OpenedStack): Promise<Hub> {
  const name = functionName(stack, 'dispatcher');
  const [client, { readSettings }] = await Promise.all([stack.access.lambda(), import('../../aws/function.ts')]);
  const { accountId, told } = await readSettings(client, name);
  const { ACCOUNTS = 'self', MEMBER_ROLE = '', EXTERNAL_ID = '', INCLUDE_ORGANIZATIONAL_UNITS = 'none' } = told;
  const stage = /^kvs-census-(.+)$/.exec(stack.prefix)?.[1];
  if (stage === undefined) throw new UsageError(`${stack.prefix} is no stage of kvs-census: name it with --stage.`);
  if (ACCOUNTS === 'self') {
    throw new UsageError(
      `The stack ${stack.prefix} counts its own account alone, which needs no role: set accounts to organization, with an externalId, and deploy it first (docs/organisation.md).`,
    );
  }
  return {
    accountId,
    stage,
    region: stack.region,
    roleName: MEMBER_ROLE,
    externalId: EXTERNAL_ID,
    accounts: ACCOUNTS === 'organization' ? ACCOUNTS : ACCOUNTS.split(',').filter((id) => id.trim() !== accountId),
    units: INCLUDE_ORGANIZATIONAL_UNITS === 'none' ? [] : INCLUDE_ORGANIZATIONAL_UNITS.split(','),
  };
}

/** Of a checkout; of an installed package, the one that came with it (pack.ts). */
function readTemplate(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const inCheckout = join(here, '../../../infra/member-role.yml');
  return readFileSync(existsSync(inCheckout) ? inCheckout : join(here, 'package', 'member-role.yml'), 'utf8');
}
