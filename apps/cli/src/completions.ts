/** The words that the shell completes: for each command its own options. Names of files come from the shell itself. */
export function completionsOf(options: ReadonlyMap<string, readonly string[]>): Readonly<Record<string, string>> {
  const words = [...options.keys(), 'help'].join(' ');
  const each = [...options];
  const cases = (line: (options: string) => string): string =>
    each.map(([name, own]) => `    ${name}) ${line(own.join(' '))} ;;`).join('\n');
  return {
    bash: `_ods() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" options=""
  case "\${COMP_WORDS[1]}" in
${cases((own) => `options="${own}"`)}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${words}" -- "$word"))
  elif [ "$previous" = --stage ]; then COMPREPLY=($(compgen -W "Dev Test Prod" -- "$word"))
  elif [ "\${word#-}" != "$word" ]; then COMPREPLY=($(compgen -W "$options" -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _ods ods
`,
    zsh: `#compdef ods
_ods() {
  local -a options
  case "$words[2]" in
${cases((own) => `options=(${own})`)}
  esac
  if (( CURRENT == 2 )); then compadd ${words}
  elif [[ $words[CURRENT-1] == --stage ]]; then compadd Dev Test Prod
  elif [[ $words[CURRENT] == -* ]]; then compadd -- $options
  else _files; fi
}
compdef _ods ods
`,
    fish: `complete -c ods -n __fish_use_subcommand -f -a '${words}'
${each
  .flatMap(([name, own]) =>
    own.map((option) =>
      option === '--stage'
        ? `complete -c ods -n '__fish_seen_subcommand_from ${name}' -l stage -x -a 'Dev Test Prod'`
        : `complete -c ods -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`,
    ),
  )
  .join('\n')}
`,
  };
}
