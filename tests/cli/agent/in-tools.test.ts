import { inTools } from '../../../src/cli/agent/in-tools.ts';

test.each([
  ['`kvs-census runs --last 5` lists them.', 'list_runs lists them.'],
  ['Leave --above out, or name one with --account.', 'Leave `above` out, or name one with `account`.'],
  ['Ask with `kvs-census retry latest --account 1 --kind channels`.', null],
  ['Say --stage, or `--account`.', null],
])('what a person types is a tool or an input where there is one: %s', (sentence, told) => {
  expect(inTools(sentence)).toBe(told ?? sentence);
});
