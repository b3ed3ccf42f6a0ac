export const usage = `ods: works with an Open Distribution Server over its admin API.

  ods login URL [--user NAME] [--role ROLE]    signs in and keeps a token; the password is asked for, or read from standard input
  ods logout                                   forgets the token (revoke it in the console)
  ods upload FILE... [--stage STAGE] [--name NAME] [--notes TEXT] [--replace] [--wait]
  ods list [--stage STAGE] [--status STATUS]   the packages
  ods show NAME                                one package
  ods promote NAME [STAGE]                     to the next stage, or to this one
  ods delete NAME                              everywhere; it can be restored for a while
  ods wait NAME [--timeout SECONDS]            until it is on every server of the mesh that it belongs on
  ods peers                                    the registered servers
  ods register INVITATION                      as the other server's Network page copies it
  ods status                                   whether all is well
  ods completion bash|zsh|fish                 to be read by the shell

--json prints the answer of the API, where it has one. In scripts set ODS_URL and ODS_TOKEN instead of signing in.
Status: 0 done and well; 1 refused, or something needs a look; 2 wrong words; 3 no answer; 4 not within the time.
`;

export const words = [
  'login',
  'logout',
  'upload',
  'list',
  'show',
  'promote',
  'delete',
  'wait',
  'peers',
  'register',
  'status',
  'completion',
  'help',
];

const options = ['--json', '--user', '--role', '--stage', '--status', '--name', '--notes', '--replace', '--wait', '--timeout'];

/** What the shell is told about our words. Names of files come from the shell itself. */
export const completions: Readonly<Record<string, string>> = {
  bash: `_ods() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$word"))
  elif [ "$previous" = --stage ]; then COMPREPLY=($(compgen -W "Dev Test Prod" -- "$word"))
  elif [ "\${word#-}" != "$word" ]; then COMPREPLY=($(compgen -W "${options.join(' ')}" -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _ods ods
`,
  zsh: `#compdef ods
_ods() {
  if (( CURRENT == 2 )); then compadd ${words.join(' ')}
  elif [[ $words[CURRENT-1] == --stage ]]; then compadd Dev Test Prod
  elif [[ $words[CURRENT] == -* ]]; then compadd -- ${options.join(' ')}
  else _files; fi
}
compdef _ods ods
`,
  fish: `complete -c ods -n __fish_use_subcommand -f -a '${words.join(' ')}'
complete -c ods -l stage -x -a 'Dev Test Prod'
${options
  .filter((each) => each !== '--stage')
  .map((each) => `complete -c ods -l ${each.slice(2)}`)
  .join('\n')}
`,
};
