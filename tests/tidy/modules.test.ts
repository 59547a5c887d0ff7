import { circles, deadExports, readModule } from './modules.ts';

const importsOf = (text: string) =>
  readModule('src/room/a.ts', text).imports.map(({ from, names }) => ({ from, names: [...names] }));

describe('What a file imports', () => {
  test.each([
    ["import { b, c as d } from './b.ts';", ['b', 'c']],
    ["import b, { c } from './b.ts';", ['default', 'c']],
    ["import type { B } from './b.ts';", ['B']],
    ["import { type B, type C as D } from './b.ts';", ['B', 'C']],
    ["import './b.ts';", []],
    ["export { b as c } from './b.ts';", ['b']],
    ["export type { B } from './b.ts';", ['B']],
  ])('%s', (text, names) => {
    expect(importsOf(text)).toEqual([{ from: 'src/room/b.ts', names }]);
  });

  test.each([
    "import * as all from './b.ts'; all.b();",
    "const { b } = await import('./b.ts');",
    "const [{ b }] = await Promise.all([import('./b.ts')]);",
    "type B = import('./b.ts').b;",
    "(await import(new URL('./b.ts', import.meta.url).href)).b();",
  ])('%s', (text) => {
    const [taken, ...others] = importsOf(text);
    expect(taken).toEqual({ from: 'src/room/b.ts', names: expect.arrayContaining(['b']) });
    expect(others).toEqual([]);
  });

  test('a path goes up and down the rooms, and a package keeps its name', () => {
    const text = "import { b } from '../other/b.ts'; import { join } from 'node:path'; // import x from './x.ts'";
    expect(importsOf(text).map(({ from }) => from)).toEqual(['src/other/b.ts', 'node:path']);
  });
});

test.each([
  ['export const a = 1, b = 2;', ['a', 'b']],
  ['export const { a, b: { c }, d = 1, ...e } = x, [f, , g] = y;', ['a', 'c', 'd', 'e', 'f', 'g']],
  ['export function a() {} export async function* b() {} export class C {}', ['a', 'b', 'C']],
  ['export type A = 1; export interface B {} export enum C {}', ['A', 'B', 'C']],
  ['const a = 1; export { a, a as b };', ['a', 'b']],
  ["export { a as b } from './b.ts'; export * as c from './c.ts';", ['b', 'c']],
  ['export default function a() {}', ['default']],
  ['export default 1;', ['default']],
])('%s exports what others can import', (text, names) => {
  expect(readModule('src/a.ts', text).exports).toEqual(names);
});

const read = (files: Record<string, string>) => Object.entries(files).map(([file, text]) => readModule(file, text));

describe('A circle of imports', () => {
  test('is told once, as a chain of files', () => {
    const modules = read({
      'src/c.ts': "import type { A } from './a.ts';",
      'src/a.ts': "import { b } from './b.ts';",
      'src/b.ts': "export { c } from './c.ts';",
      'src/d.ts': "import { a } from './a.ts';",
    });
    expect(circles(modules)).toEqual(['src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts']);
  });

  test('is no file that names itself, and none of two ways to one file', () => {
    const modules = read({
      'src/a.ts': "import type * as self from './a.ts'; import './b.ts'; import './c.ts';",
      'src/b.ts': "import './c.ts';",
      'src/c.ts': '',
    });
    expect(circles(modules)).toEqual([]);
  });
});

test('an export is dead if nobody takes it, though its own file uses it', () => {
  const modules = read({
    'src/a.ts': 'export const a = 1; export const b = a; export type C = 1; export const d = 1;',
    'src/b.ts': "import { b } from './a.ts'; import * as all from './a.ts'; all.d;",
  });
  expect(deadExports(modules, modules)).toEqual(['src/a.ts: a', 'src/a.ts: C']);
});
