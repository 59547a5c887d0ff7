import { readModule } from './modules.ts';
import { strangers } from './rooms.ts';

const importing = (file: string, line: string) => strangers([readModule(file, line)]);

test.each([
  ['src/census/run.ts', "import { a } from './region.ts';"],
  ['src/census/run.ts', "import { isDeepStrictEqual } from 'node:util';"],
  ['src/census/listing/count.ts', "import { a } from '../tally.ts';"],
  ['src/functions/worker.ts', "import { a } from './bind.ts';"],
  ['src/cli/commands/local.ts', "import { a } from '../../local/stack.ts';"],
])('%s may %s', (file, line) => {
  expect(importing(file, line)).toEqual([]);
});

test.each([
  ['src/census/run.ts', "import type { A } from './listing/count.ts';"],
  ['src/census/run.ts', "import { inspect } from 'node:util';"],
  ['src/census/listing/count.ts', "import { a } from '../run.ts';"],
  ['src/answers/run.ts', "import type { A } from '../aws/reader.ts';"],
  ['src/functions/worker.ts', "import { a } from './dispatcher.ts';"],
  ['src/cli/render/run.ts', "import type { A } from '../commands/run.ts';"],
  ['src/cli/render/run.ts', "import { SQSClient } from '@aws-sdk/client-sqs';"],
  ['src/cli/errors.ts', "const { a } = await import('../local/stack.ts');"],
  ['src/page/handler.ts', "import { a } from '../cli/errors.ts';"],
  ['src/local/stack.ts', "import { a } from '../functions/worker.ts';"],
])('%s may not %s', (file, line) => {
  expect(importing(file, line)).toEqual([expect.stringMatching(new RegExp(`^${file} imports [^:]+(:\\w+)?: .`))]);
});

test('a file that no room holds is told', () => {
  expect(strangers([readModule('lib/a.ts', '')])).toEqual(['lib/a.ts stands in no room']);
});
