/** What packaging a checkout takes, and what npm leaves out where it installs for production. */
import { createRequire } from 'node:module';
import path from 'node:path';

/** Development dependencies by their folders; the types are what the type check needs. */
const TOOLS = [
  'typescript',
  'serverless',
  'serverless-esbuild',
  'esbuild',
  '@types/node',
  '@types/jest',
  '@types/aws-lambda',
];

/** @throws Error with one sentence */
export function needTools(root: string): void {
  const { resolve } = createRequire(path.join(root, 'package.json'));
  const missing = TOOLS.filter((tool) => {
    try {
      return resolve(`${tool}/package.json`) === '';
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return;
  throw new Error(
    `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed, and without them the functions cannot be packaged: run \`npm ci --include=dev\`, because with NODE_ENV=production or --omit=dev npm leaves them out.`,
  );
}
