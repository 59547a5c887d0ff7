/**
 * Where the browser's half of the hosted page comes from: the sources, whenever a checkout asks. A function has neither them nor
 * a bundler: infra/plugins/page-assets.cjs puts into its bundle, instead of this file, one that says what this gives.
 */
import type { Assets } from './policy.ts';

export async function loadHostedAssets(): Promise<Assets> {
  const { bundlePage } = await import('./bundle.ts');
  return await bundlePage('hosted');
}
