/** What docs/api.md says of the API is so. */
import { MOST_ACCOUNTS, PARAMETERS, RUNS_OF_A_PAGE } from '../../src/functions/answering/parameters.ts';
import { ROUTES } from '../../src/functions/answering/routes.ts';
import { cleanUp } from '../cli/world.ts';
import { makeExamples } from './api-examples.ts';
import { textOf } from './text.ts';

const page = textOf('api.md');
const examples = [...page.matchAll(/^```http\nGET (\S+)\n[\s\S]*?^```$/gm)].map(([block = '', target = '']) => ({
  target,
  block: block.replace(/^```http\n|\n```$/g, ''),
}));

let exampleOf: (target: string) => Promise<string>;
beforeAll(async () => {
  exampleOf = await makeExamples();
});
afterAll(cleanUp);

test.each(examples)('GET $target answers as it is shown', async ({ target, block }) => {
  expect(block).toBe(await exampleOf(target));
});

test('every request is told, with an example, and with every parameter', () => {
  for (const { path, parameters } of Object.values(ROUTES)) {
    const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/?]+').replace('.', '\\.')}(\\?|$)`);
    const isShown = examples.some(({ target }) => pattern.test(target));
    expect([path, isShown || path === ROUTES.openapi.path]).toEqual([path, true]);
    const row = page.split('\n').find((line) => line.startsWith(`| \`${path}\``)) ?? '';
    const told = [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(told).toEqual(parameters.filter((name) => PARAMETERS[name].in === 'query'));
  }
});

test('its limits are those of the code', () => {
  expect(page).toContain(`A page of runs holds at most ${RUNS_OF_A_PAGE}`);
  expect(page).toContain(`at most ${MOST_ACCOUNTS.toLocaleString('en')} accounts`);
});
