/** What is said of an answer beside it. */
import { askingOf } from '../../src/answers/asking/asking-of.ts';
import type { Source } from '../../src/answers/reader.ts';
import { standingOf } from '../../src/answers/standing.ts';
