/** Whether docs/agents.md tells of the tools as they are. */

import { QUESTIONS } from '../../src/cli/agent/questions.ts';
import { run } from '../../src/cli/program.ts';
import { makeIo } from '../cli/world.ts';
import { textOf } from './text.ts';

const page = textOf('agents.md');

test('each tool has a row, with all that it takes and the documents that it gives', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$/gm)].map(
    ([, name, takes = '', documents = '']) => ({ name, takes: namesIn(takes), documents: namesIn(documents) }),
  );
  const common = ['account', 'kind', 'cursor'];
  const tools = QUESTIONS.map(({ name, fields, documents }) => ({
    name,
    takes: Object.keys(fields)
      .filter((field) => !common.includes(field))
      .sort(),
    documents: [...documents].sort(),
  }));
  expect(rows).toEqual(tools);
});

const namesIn = (cell: string) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name).sort();

test('each field of a result is told', () => {
  for (const name of ['standing', 'missing', 'news', 'leftOut', 'lists', 'answer']) {
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
  }
});

type Server = { command: string; args: string[] };

test('the configurations start a command that there is, with options that it takes', async () => {
  const configurations = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text));
  expect(configurations).toHaveLength(2);
  const help = makeIo('.');
  await run(['mcp', '--help'], help);
  for (const { mcpServers, servers } of configurations) {
    const { args }: Server = (mcpServers ?? servers)['kvs-census'];
    const [script, command, ...options] = args;
    expect(script).toMatch(/\/src\/cli\/bin\.js$/);
    expect(command).toBe('mcp');
    for (const option of options.filter((one) => one.startsWith('--'))) expect(help.out()).toContain(`${option} `);
  }
});
