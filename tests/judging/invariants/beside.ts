import type { Story } from '../story.ts';
import { Prompt } from './prompt.ts';

/**
 * What is asked beside the count, of earlier runs for instance, may fail or be slow: the total comes at once all the same,
 * and says the same of the count (that, the other invariants see to).
 */
export function* Beside({ circumstances, ...story }: Story) {
  if (!circumstances.isCountUndisturbed) return;
  yield* Prompt({ ...story, circumstances: { ...circumstances, isUndisturbed: true } });
}
