/** What is guessed of a region decides what is asked next. It is kept where no count can be made of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModule } from '../../tidy/modules.ts';

const FOLDER = 'src/census/listing';
const root = join(import.meta.dirname, '../../..');

const importsOf = new Map(
  readdirSync(join(root, FOLDER)).map((name) => {
    const { file, imports } = readModule(`${FOLDER}/${name}`, readFileSync(join(root, FOLDER, name), 'utf8'));
    return [file, imports.map(({ from }) => from)];
  }),
);

/** A file of the engine, and all that it imports, by way of others too. */
function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  if (reached.has(file)) return reached;
  reached.add(file);
  for (const next of importsOf.get(file) ?? []) reachedFrom(next, reached);
  return reached;
}

test.each(['parts', 'questions', 'audit', 'audits', 'evidence', 'spot-checks'])(
  '%s.ts counts, and knows no guess',
  (name) => {
    const reached = reachedFrom(`${FOLDER}/${name}.ts`);
    expect(reached.size).toBeGreaterThan(2);
    expect([...reached].filter((file) => /\/(outlook|tasks|plan|choice|inquiry|earlier)\.ts$/.test(file))).toEqual([]);
  },
);

test('only the inquiry asks what is guessed', () => {
  const asking = [...importsOf].filter(([, imports]) =>
    imports.some((file) => /\/(outlook|tasks|choice)\.ts$/.test(file)),
  );
  expect(asking.map(([file]) => file)).toEqual(['choice', 'inquiry', 'tasks'].map((name) => `${FOLDER}/${name}.ts`));
});
