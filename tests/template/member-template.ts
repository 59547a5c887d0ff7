/** The template of the member role, as CloudFormation reads it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, somewhere } from './compiled.ts';
import { resolveTemplate, type Template } from './resolve.ts';

export const MEMBER_ROLE_FILE = join(root, 'infra/member-role.yml');

/** YAML with the short forms of CloudFormation, as the framework reads it. */
const ofFramework = createRequire(require.resolve('serverless/package.json'));

export const memberTemplate: Required<Template> & { Parameters: Record<string, { AllowedPattern: string }> } =
  ofFramework('js-yaml').load(readFileSync(MEMBER_ROLE_FILE, 'utf8'), {
    schema: ofFramework('./lib/utils/serverless-utils/cloudformation-schema.js'),
  });

/** In an account, filled in. */
export function memberRoleIn(accountId: string, parameters: Record<string, string>): Template {
  return resolveTemplate(memberTemplate, { ...somewhere, accountId, parameters });
}
