/** A sentence for a person at a terminal, as one for an agent: it has tools where the person has commands. */

/** Only those that read; what starts something is for the person. */
const TOOLS: Readonly<Record<string, string>> = {
  latest: 'latest_total',
  explain: 'explain_run',
  region: 'region_history',
  diff: 'diff_runs',
  headroom: 'headroom',
  runs: 'list_runs',
};

const COMMAND = /`kvs-census ([a-z-]+)([^`]*)`/g;
/** What is an input of a tool, too. */
const OPTION = /--(account|kind|since|until|verdict|reason|above|last|days)\b/g;

export function inTools(sentence: string): string {
  return sentence
    .replace(COMMAND, (command, name: string) => TOOLS[name] ?? command)
    .replace(/`[^`]*`|--[a-z]+/g, (word) => (word.startsWith('`') ? word : word.replace(OPTION, '`$1`')));
}
