/** The template that is deployed, against every rule. */
import { readTemplate } from './compiled.ts';
import { judge } from './judge.ts';
import { RULES } from './rules/index.ts';

beforeAll(async () => judge(await readTemplate()));

for (const { name, holds } of RULES) test(name, async () => holds());

test('no two rules have the same name', () => {
  const names = RULES.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
