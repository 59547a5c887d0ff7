import { readdirSync, readFileSync } from 'node:fs';
import { run } from '../../src/cli/program.ts';
import { makeIo } from '../cli/world.ts';
import { textOf } from './text.ts';

test('docs/cli.md names every command and every option of where to read', async () => {
  const [help, latest] = [makeIo('.'), makeIo('.')];
  await run(['--help'], help);
  await run(['latest', '--help'], latest);
  const commands = [...help.out().matchAll(/^ {2}([a-z][a-z-]*) {2,}/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'help');
  const options = [...latest.out().matchAll(/(--[a-z]+)/g)].map((match) => match[1] ?? '');
  expect(commands).toHaveLength(20);
  for (const name of commands) expect(textOf('cli.md')).toMatch(new RegExp(`^\\| \`${name}\\b`, 'm'));
  for (const option of options) expect(`${textOf('cli.md')} --help --version`).toContain(option);
});

test('docs/cli.md names every permission that status and doctor take', () => {
  const folder = 'src/aws/health';
  const texts = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
  const actions = texts.flatMap((text) => [...text.matchAll(/ask\('([a-z]+:\w+)'/g)].map((match) => match[1]));
  expect(actions.length).toBeGreaterThan(10);
  for (const action of actions) expect(textOf('cli.md')).toContain(`\`${action}\``);
});
