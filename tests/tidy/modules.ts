/** What each file imports and exports, read from its syntax tree. An import of a type counts like any other. */
import { dirname, join } from 'node:path/posix';
import { type Declaration, type ModuleItem, type Pattern, parseSync } from '@swc/core';

/** `from` is a path from the project's root, or a package. `names` are those that the file may use of it. */
type Import = { from: string; names: ReadonlySet<string> };

export type Module = { file: string; imports: Import[]; exports: string[] };

export function readModule(file: string, text: string): Module {
  const { body } = parseSync(text, { syntax: 'typescript', target: 'es2024' });
  const nodes = [...nodesOf(body)];
  /** Who takes a whole module is held to use each name of it that the file says anywhere. */
  const said = new Set(nodes.flatMap(({ type, value }) => (type === 'Identifier' ? [String(value)] : [])));
  const imports: Import[] = [];
  const add = (specifier: string, names: ReadonlySet<string>) =>
    imports.push({ from: specifier.startsWith('.') ? join(dirname(file), specifier) : specifier, names });
  for (const item of body) {
    if (!('source' in item) || !item.source) continue;
    const names = item.type === 'ExportAllDeclaration' ? undefined : namesTaken(item.specifiers);
    add(item.source.value, names ?? said);
  }
  for (const specifier of nodes.map(specifierWithin)) if (specifier !== undefined) add(specifier, said);
  return { file, imports, exports: body.flatMap(exportsOf) };
}

/** What is looked at of a node, wherever it stands. */
type Inner = { type?: string; value?: unknown; callee?: Inner; argument?: Inner; arguments?: { expression: Inner }[] };

function* nodesOf(node: unknown): Generator<Inner> {
  if (typeof node !== 'object' || node === null) return;
  yield node;
  for (const inner of Object.values(node)) yield* nodesOf(inner);
}

/** `import('x')`, as an expression and as a type, and `new URL('x.ts', import.meta.url)`. */
function specifierWithin({ type, callee, argument, arguments: given }: Inner): string | undefined {
  if (type === 'TsImportType') return String(argument?.value);
  const specifier = given?.[0]?.expression.value;
  if (typeof specifier !== 'string') return undefined;
  if (callee?.type === 'Import' || (callee?.value === 'URL' && specifier.endsWith('.ts'))) return specifier;
  return undefined;
}

type Specifiers = Extract<ModuleItem, { specifiers: unknown }>['specifiers'];

/** Undefined for the whole module. */
function namesTaken(specifiers: Specifiers): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const specifier of specifiers) {
    switch (specifier.type) {
      case 'ImportSpecifier':
        names.add((specifier.imported ?? specifier.local).value);
        break;
      case 'ExportSpecifier':
        names.add(specifier.orig.value);
        break;
      case 'ImportDefaultSpecifier':
        names.add('default');
        break;
      default:
        return undefined;
    }
  }
  return names;
}

function exportsOf(item: ModuleItem): string[] {
  switch (item.type) {
    case 'ExportDeclaration':
      return namesDeclared(item.declaration);
    case 'ExportDefaultDeclaration':
    case 'ExportDefaultExpression':
      return ['default'];
    case 'ExportNamedDeclaration':
      return item.specifiers.map((specifier) => {
        if (specifier.type === 'ExportSpecifier') return (specifier.exported ?? specifier.orig).value;
        return specifier.type === 'ExportNamespaceSpecifier' ? specifier.name.value : 'default';
      });
    default:
      return [];
  }
}

function namesDeclared(declaration: Declaration): string[] {
  switch (declaration.type) {
    case 'VariableDeclaration':
      return declaration.declarations.flatMap(({ id }) => namesBound(id));
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return [declaration.identifier.value];
    default:
      return [declaration.id.value];
  }
}

function namesBound(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.value];
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? namesBound(element) : []));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => {
        if (property.type === 'AssignmentPatternProperty') return [property.key.value];
        return namesBound(property.type === 'RestElement' ? property.argument : property.value);
      });
    case 'RestElement':
      return namesBound(pattern.argument);
    case 'AssignmentPattern':
      return namesBound(pattern.left);
    default:
      return [];
  }
}

/** The shortest circle through each file that is in one, told as a chain of files. */
export function circles(modules: Module[]): string[] {
  const importsOf = new Map(
    modules.map(({ file, imports }) => [file, imports.map(({ from }) => from).filter((from) => from !== file)]),
  );
  const chains = modules.flatMap(({ file }) => {
    const chain = wayBack(file, importsOf);
    return chain ? [fromTheFirst(chain)] : [];
  });
  return [...new Set(chains.map((chain) => chain.join(' -> ')))].sort();
}

function wayBack(start: string, importsOf: ReadonlyMap<string, string[]>): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const next of importsOf.get(file) ?? []) {
      if (next === start) return chainTo(file, start, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      queue.push(next);
    }
  }
  return undefined;
}

function chainTo(last: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const chain = [last];
  for (let file = last; file !== start; chain.unshift(file)) file = cameFrom.get(file) ?? start;
  return chain;
}

/** A circle has no beginning: one name for it, wherever it was entered. */
function fromTheFirst(chain: string[]): string[] {
  const first = chain.indexOf([...chain].sort()[0] ?? '');
  const turned = [...chain.slice(first), ...chain.slice(0, first)];
  return [...turned, turned[0] ?? ''];
}

/** What `modules` export and none of `importers` takes, as `file: name`. */
export function deadExports(modules: Module[], importers: Module[]): string[] {
  const taken = new Set<string>();
  for (const { imports } of importers) {
    for (const { from, names } of imports) for (const name of names) taken.add(`${from}: ${name}`);
  }
  return modules
    .flatMap(({ file, exports }) => exports.map((name) => `${file}: ${name}`))
    .filter((name) => !taken.has(name));
}
