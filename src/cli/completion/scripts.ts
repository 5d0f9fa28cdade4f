import type { CommandOption, CommandPlace } from "./command-tree.ts";

/** A word that no shell looks into. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Spellings of an option. */
const spellings = ({ long, short }: CommandOption): string[] => [long, short].flatMap((name) => name ?? []);

/** The words after which a place is reached: "hhvaem data" from "hhvaem". */
const routes = (places: readonly CommandPlace[]): string[] => places.map(({ route }) => route).filter((route) => route.includes(" "));

/** Options that take a value, as "ROUTE OPTION"; with the values where they are few. */
function withValues(places: readonly CommandPlace[]): { at: string[]; choices: readonly string[] }[] {
  return places.flatMap(({ route, options }) => options.filter(({ takesValue }) => takesValue).map((option) => ({ at: spellings(option).map((name) => `${route} ${name}`), choices: option.choices })));
}

/** The branches of a case statement of bash or zsh: patterns, then what is done. */
function branches(cases: readonly { at: readonly string[]; body: string }[]): string {
  return cases.filter(({ at }) => at.length > 0).map(({ at, body }) => `    ${at.map(quoted).join("|")}) ${body} ;;`).join("\n");
}

/** Completion for bash: words of the place; where none fits, files. */
export function bashScript(places: readonly CommandPlace[]): string {
  const values = withValues(places);
  return `# hhvaem completion for bash. In ~/.bashrc: eval "$(hhvaem completion bash)"
_hhvaem() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} route=hhvaem words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$route \${COMP_WORDS[i]}" in
${branches([{ at: routes(places), body: 'route="$route ${COMP_WORDS[i]}"' }]).replace(/^/gm, "  ")}
    esac
  done
  COMPREPLY=()
  case "$route $before" in
${branches([...values.filter(({ choices }) => choices.length > 0).map(({ at, choices }) => ({ at, body: `COMPREPLY=($(compgen -W ${quoted(choices.join(" "))} -- "$word")); return` })), { at: values.filter(({ choices }) => choices.length === 0).flatMap(({ at }) => at), body: "return" }])}
  esac
  case "$route" in
${branches(places.map(({ route, commands, options }) => ({ at: [route], body: `if [[ $word == -* ]]; then words=${quoted(options.flatMap(spellings).join(" "))}; else words=${quoted(commands.map(({ name }) => name).join(" "))}; fi` })))}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _hhvaem hhvaem
`;
}

/** Completion for zsh, with what commands and options do. */
export function zshScript(places: readonly CommandPlace[]): string {
  const values = withValues(places);
  const described = (name: string, description: string): string => quoted(`${name.replaceAll(":", "\\:")}:${description}`);
  return `#compdef hhvaem
# hhvaem completion for zsh. In ~/.zshrc, after compinit: eval "$(hhvaem completion zsh)"
_hhvaem() {
  local route=hhvaem word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$route $word" in
${branches([{ at: routes(places), body: 'route="$route $word"' }]).replace(/^/gm, "  ")}
    esac
  done
  case "$route \${words[CURRENT-1]}" in
${branches([...values.filter(({ choices }) => choices.length > 0).map(({ at, choices }) => ({ at, body: `compadd -- ${choices.map(quoted).join(" ")}; return` })), { at: values.filter(({ choices }) => choices.length === 0).flatMap(({ at }) => at), body: "_files; return" }])}
  esac
  case "$route" in
${branches(places.map(({ route, commands, options }) => ({ at: [route], body: `commands=(${commands.map(({ name, description }) => described(name, description)).join(" ")}); options=(${options.flatMap((option) => spellings(option).map((name) => described(name, option.description))).join(" ")})` })))}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe option options
  elif (( \${#commands} )); then
    _describe command commands
  else
    _files
  fi
}
if [[ \${funcstack[1]} == _hhvaem ]]; then
  _hhvaem "$@"
else
  compdef _hhvaem hhvaem
fi
`;
}

/** Completion for fish, with what commands and options do. */
export function fishScript(places: readonly CommandPlace[]): string {
  const fish = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const at = (route: string): string => `-n ${fish(`test (__hhvaem_route) = "${route}"`)}`;
  const lines = places.flatMap(({ route, commands, options }) => [
    ...commands.map(({ name, description }) => `complete -c hhvaem -f ${at(route)} -a ${name} -d ${fish(description)}`),
    ...options.map(({ long, short, description, takesValue, choices }) => ["complete -c hhvaem", at(route), ...(long ? [`-l ${long.slice(2)}`] : []), ...(short ? [`-s ${short.slice(1)}`] : []), ...(choices.length > 0 ? [`-x -a ${fish(choices.join(" "))}`] : takesValue ? ["-r"] : []), `-d ${fish(description)}`].join(" ")),
  ]);
  return `# hhvaem completion for fish. hhvaem completion fish > ~/.config/fish/completions/hhvaem.fish
function __hhvaem_route
  set -l route hhvaem
  for word in (commandline -opc)[2..]
    contains -- "$route $word" ${routes(places).map(fish).join(" ")}; and set route "$route $word"
  end
  echo $route
end
${lines.join("\n")}
`;
}
