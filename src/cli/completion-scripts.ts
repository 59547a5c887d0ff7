/**
 * What a shell sources, and may source twice. Each asks the command itself for words (`complete --`), which answers a word a
 * line: the word, a tab, what it is; and a line of the completion library's own, which begins with a colon. The library's
 * scripts want a package of the system (bash), take a run id for a word and what is said of it, because of its colons (zsh),
 * give the words in another order, and know no files (zsh and fish).
 */

/** Options whose value is a file's name. */
const FILES = ['--out', '--html', '--world'];

/**
 * Bash breaks a line at the colons of a run id: the command is given whole words, and what stands before the last colon is
 * taken off its answer.
 */
const BASH = `# bash completion for kvs-census
_kvs_census() {
  local line=\${COMP_LINE:0:COMP_POINT} words current before value broken=
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=\${words[\${#words[@]}-1]}
  before=\${words[\${#words[@]}-2]}
  COMPREPLY=()
  if [[ $before == @(${FILES.join('|')}) ]]; then
    compopt -o filenames 2> /dev/null || :
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$current")
    return
  fi
  [[ $COMP_WORDBREAKS == *:* ]] && broken=\${current%"\${current##*:}"}
  while IFS=$'\\t' read -r value _; do
    [[ $value == :* ]] || COMPREPLY+=("\${value#"$broken"}")
  done < <("\${words[@]:0:1}" complete -- "\${words[@]:1}" 2> /dev/null)
}
complete -F _kvs_census kvs-census
`;

/** Of a word such as `--deny=eu-west-1` only what stands behind the sign is completed. */
const ZSH = `#compdef kvs-census
# zsh completion for kvs-census
_kvs-census() {
  local -a line=("\${(@Q)words[2,CURRENT]}") values
  local value what
  if [[ $words[CURRENT-1] == (${FILES.join('|')}) ]]; then
    _files
    return
  fi
  while IFS=$'\\t' read -r value what; do
    [[ $value == :* ]] || values+=("\${value//:/\\\\:}:$what")
  done < <("\${(Q)words[1]}" complete -- "\${line[@]}" 2> /dev/null)
  [[ $PREFIX == -*=* ]] && compset -P '*='
  (( $#values )) && _describe -V 'kvs-census' values
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
compdef _kvs-census kvs-census
`;

const FISH = `# fish completion for kvs-census
function __kvs_census_words
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l option (string match -r -- '^-[^=]*=' "$current")
  for line in ($words[1] complete -- $words[2..-1] "$current" 2> /dev/null)
    string match -q ':*' -- $line; or echo "$option$line"
  end
end
function __kvs_census_wants_file
  contains -- (commandline -opc)[-1] ${FILES.join(' ')}
end
complete -c kvs-census -e
complete -c kvs-census -n __kvs_census_wants_file -F
complete -c kvs-census -n 'not __kvs_census_wants_file' -f -k -a '(__kvs_census_words)'
`;

export const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
