/** `npm run openapi`: writes the description of the API anew. */
import { writeFileSync } from 'node:fs';
import { description } from '../../infra/openapi/description.ts';
import { cleanUp } from '../cli/world.ts';
import { textOf } from '../docs/text.ts';
import { makeExamples } from './examples.ts';

const file = new URL('../../src/answers/openapi/openapi.json', import.meta.url);
try {
  writeFileSync(file, `${JSON.stringify(description(textOf('json.md'), await makeExamples()), null, 2)}\n`);
} finally {
  await cleanUp();
}
