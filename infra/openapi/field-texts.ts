/** What docs/json.md says of each field, so that the description of the API says the same. */

/** Of a part or a document: the sentences before its table, and of each path in it, such as `missing[]`, what it holds. */
export type Section = { text: string; fields: ReadonlyMap<string, string> };

/** By the names of docs/json.md: `run`, `kvs-census/latest/2`. The fields that all documents begin with are those of ''. */
export function sectionsOf(page: string): Map<string, Section> {
  const [head = '', ...sections] = page.split(/^### /m);
  const all = sections.map((section): [string, Section] => {
    const [name = '', ...lines] = section.replace(/^## .*$/m, '').split('\n');
    return [name, { text: proseOf(lines), fields: fieldsOf(lines) }];
  });
  return new Map([['', { text: '', fields: fieldsOf(head.split('\n')) }], ...all]);
}

/** Links lead to files that whoever reads the description does not have beside it: these are named instead. */
const plain = (text: string) =>
  text
    .replace(/\[([^\]]+)\]\(([\w-]+\.md)[^)]*\)/g, (_, words, file, at) =>
      text[at - 1] === '(' || words === file ? `docs/${file}` : `${words} (docs/${file})`,
    )
    .trim();

const proseOf = (lines: readonly string[]) => plain(lines.filter((line) => !line.startsWith('|')).join(' '));

function fieldsOf(lines: readonly string[]): Map<string, string> {
  const rows = lines.filter((line) => line.startsWith('| `'));
  return new Map(
    rows.flatMap((row) => {
      const [paths = '', text = ''] = row.replace(/^\| | \|$/g, '').split(' | ');
      return [...paths.matchAll(/`([^`]+)`/g)].map(([, path = '']): [string, string] => [path, plain(text)]);
    }),
  );
}
