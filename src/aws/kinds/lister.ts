/** How the things of one kind are listed in one region. What it gives is as the service answered: list-page.ts checks it. */
import type { StreamFacts } from '../../census/tally.ts';

export type Lister = {
  /** Regions in which the service is known to be: where there is no such host elsewhere, it is not. */
  floor: readonly string[];
  /** One call for one page. `prefix` only where the kind has prefixes. @throws what the SDK throws */
  page(
    asked: { prefix?: string; token?: string },
    signal: AbortSignal,
  ): Promise<{ entries: unknown; nextToken: unknown }>;
  /** One call for the one of this name; empty if there is none. Only where the kind has prefixes. @throws as `page` */
  named?(name: string, signal: AbortSignal): Promise<readonly unknown[]>;
  /**
   * `undefined` if the entry does not say which thing it is. That takes an ARN. A name that is missing costs the branches of
   * the region, and every other field that cannot be read costs its facet: the thing is counted as `unknown` there.
   */
  factsOf(entry: unknown): StreamFacts | undefined;
};
