import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

interface Word {
  readonly name: string;
  readonly about: string;
}

/** A command by the words that lead to it, and what may follow. */
interface Place {
  readonly path: readonly string[];
  readonly words: readonly Word[];
}

/** Completes commands, subcommands and flags as the parser knows them, so that none is forgotten. */
export function completionScript(shell: Shell, program: Command): string {
  const places = placesOf(program, []);
  return { bash, zsh, fish }[shell](places);
}

function placesOf(command: Command, path: readonly string[]): Place[] {
  const commands = command.commands.map((sub): Word => ({ name: sub.name(), about: sub.summary() || sub.description() }));
  const flags = command.options.flatMap(({ long, description }): Word[] => (long == null ? [] : [{ name: long, about: description }]));
  return [{ path, words: [...commands, ...flags] }, ...command.commands.flatMap((sub) => placesOf(sub, [...path, sub.name()]))];
}

/** Words that lead to no command are passed over: values of flags, arguments, and the pieces bash makes of a URL. */
function bash(places: readonly Place[]): string {
  const known = places.flatMap(({ path }) => (path.length === 0 ? [] : [`"${path.join(' ')}"`]));
  const cases = places.map(({ path, words }) => `    "${path.join(' ')}") words="${words.map(({ name }) => name).join(' ')}" ;;`);
  return `_trx() {
  local path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in ${known.join(' | ')}) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _trx trx
`;
}

function zsh(places: readonly Place[]): string {
  return `#compdef trx
autoload -U +X bashcompinit && bashcompinit
${bash(places)}`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words }) => {
    const condition =
      path.length === 0 ? '__fish_use_subcommand' : path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    return words.map(({ name, about }) => {
      const word = name.startsWith('--') ? `-l ${name.slice(2)}` : `-f -a ${name}`;
      return `complete -c trx -n '${condition}' ${word} -d '${about.replaceAll("'", "\\'")}'`;
    });
  });
  return `${lines.join('\n')}\n`;
}
