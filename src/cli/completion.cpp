#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/output.h"

namespace imgc {
namespace {

enum class Values { none, files, directories, words };

// What follows an option, or what a positional may be.
struct Completer {
  Values values = Values::none;
  std::vector<std::string> words;
};

struct Switch {
  std::vector<std::string> names;  // with their dashes
  std::string help;
  bool takes_value = false;
  bool repeatable = false;
  Completer completer;
};

struct Command {
  std::string name;
  std::string help;
  std::vector<Switch> switches;
  Completer positional;
};

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

bool is_literal(const std::string& word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// The words of "fast|default|high|max" or of CLI::IsMember's "{bash,zsh}"; placeholders such as LIST are in
// capitals and left out.
std::vector<std::string> alternatives(const std::string& type) {
  std::vector<std::string> words;
  const bool choice = type.find('|') != std::string::npos || type.find('{') != std::string::npos;
  std::string word;
  for (const char c : choice ? type + '|' : std::string()) {
    if (c != '|' && c != ',' && c != '{' && c != '}' && c != ':') {
      word += c;
      continue;
    }
    if (is_literal(word) && std::ranges::find(words, word) == words.end()) words.push_back(word);
    word.clear();
  }
  return words;
}

Completer completer_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (auto words = alternatives(type); !words.empty()) return {Values::words, std::move(words)};
  if (type.starts_with("DIR")) return {Values::directories, {}};
  // A positional is a file unless it says otherwise.
  if (option.get_positional() || type.starts_with("FILE") || type.starts_with("PATH"))
    return {Values::files, {}};
  return {};
}

Switch switch_of(const CLI::Option& option) {
  Switch result;
  for (const std::string& name : option.get_snames()) result.names.push_back('-' + name);
  for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
  result.help = first_line(option.get_description());
  result.takes_value = option.get_items_expected_max() > 0;
  result.repeatable = option.get_items_expected_max() > 1;
  if (result.takes_value) result.completer = completer_of(option);
  return result;
}

Command command_of(const CLI::App& app) {
  Command command{app.get_name(), first_line(app.get_description()), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional())
      command.positional = completer_of(*option);
    else
      command.switches.push_back(switch_of(*option));
  }
  return command;
}

std::vector<Command> commands_of(const CLI::App& app) {
  std::vector<Command> commands;
  for (const CLI::App* sub :
       app.get_subcommands([](const CLI::App* any) { return !any->get_name().empty(); }))
    commands.push_back(command_of(*sub));
  return commands;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string all_names(const Command& command) {
  std::string names;
  for (const Switch& one : command.switches)
    for (const std::string& name : one.names) names += (names.empty() ? "" : " ") + name;
  return names;
}

std::string bash_action(const Completer& completer) {
  switch (completer.values) {
    case Values::none:
      return ":";
    case Values::files:
      return "_imgc_names -f";
    case Values::directories:
      return "_imgc_names -d";
    case Values::words:
      return fmt::format("_imgc_words '{}'", fmt::join(completer.words, " "));
  }
  return {};
}

std::string bash_command(const Command& command) {
  std::string text = fmt::format("    {})\n      case $prev in\n", command.name);
  for (const Switch& one : command.switches)
    if (one.takes_value)
      text +=
          fmt::format("        {}) {}; return ;;\n", fmt::join(one.names, " | "), bash_action(one.completer));
  return text + fmt::format(
                    "      esac\n"
                    "      if [[ $cur == -* ]]; then _imgc_words '{}'\n"
                    "      else {}; fi\n"
                    "      ;;\n",
                    all_names(command), bash_action(command.positional));
}

// Plain bash: it must work without the bash-completion package.
std::string bash_script(const Command& top, const std::vector<Command>& commands) {
  std::vector<std::string> names;
  std::string cases;
  for (const Command& command : commands) {
    names.push_back(command.name);
    cases += bash_command(command);
  }
  return fmt::format(R"(# bash completion for imgc, made by `imgc completion bash`
_imgc_words() {{
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}}
_imgc_names() {{
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}}
_imgc() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} command='' i
  # Readline makes three words of --option=value.
  if [[ $cur == = ]]; then cur=''
  elif [[ $prev == = ]]; then prev=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${{COMP_WORDS[i]}} in
      {0}) command=${{COMP_WORDS[i]}}; break ;;
    esac
  done
  COMPREPLY=()
  case $command in
    '') _imgc_words '{1} {2}' ;;
{3}  esac
}}
complete -F _imgc imgc
)",
                     fmt::join(names, " | "), fmt::join(names, " "), all_names(top), cases);
}

// Inside a single-quoted specification of _arguments or _describe.
std::string zsh_text(std::string text) {
  for (const auto& [from, to] :
       {std::pair{"\\", "\\\\"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}, {"'", "'\\''"}})
    text = replaced(std::move(text), from, to);
  return text;
}

std::string zsh_action(const Completer& completer) {
  switch (completer.values) {
    case Values::none:
      return "value: ";
    case Values::files:
      return "file:_files";
    case Values::directories:
      return "directory:_files -/";
    case Values::words:
      return fmt::format("value:({})", fmt::join(completer.words, " "));
  }
  return {};
}

std::string zsh_switches(const Command& command) {
  std::string text;
  for (const Switch& one : command.switches) {
    const std::string once = one.repeatable         ? "*"
                             : one.names.size() > 1 ? fmt::format("({})", fmt::join(one.names, " "))
                                                    : "";
    for (const std::string& name : one.names) {
      const bool is_long = name.starts_with("--");
      text += fmt::format(" \\\n        '{}{}{}[{}]{}{}'", once, name,
                          !one.takes_value ? ""
                          : is_long        ? "="
                                           : "+",
                          zsh_text(one.help), one.takes_value ? ":" : "",
                          one.takes_value ? zsh_action(one.completer) : "");
    }
  }
  return text;
}

std::string zsh_script(const Command& top, const std::vector<Command>& commands) {
  std::string names;
  std::string cases;
  for (const Command& command : commands) {
    names += fmt::format("        '{}:{}'\n", command.name, zsh_text(command.help));
    cases += fmt::format("      {}) _arguments -s -S{}", command.name, zsh_switches(command));
    if (command.positional.values != Values::none)
      cases += fmt::format(" \\\n        '*:{}'", zsh_action(command.positional));
    cases += " ;;\n";
  }
  return fmt::format(R"(#compdef imgc
# zsh completion for imgc, made by `imgc completion zsh`
_imgc() {{
  local curcontext=$curcontext state line
  local -a commands
  typeset -A opt_args
  _arguments -C{0} \
        '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      commands=(
{1}      )
      _describe command commands ;;
    argument)
      case $line[1] in
{2}      esac ;;
  esac
}}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _imgc "$@"; else compdef _imgc imgc; fi
)",
                     zsh_switches(top), names, cases);
}

std::string fish_quoted(std::string text) {
  return '\'' + replaced(replaced(std::move(text), "\\", "\\\\"), "'", "\\'") + '\'';
}

std::string fish_action(const Completer& completer) {
  switch (completer.values) {
    case Values::none:
      return " -x";
    case Values::files:
      return " -r -F";
    case Values::directories:
      return " -x -a '(__fish_complete_directories)'";
    case Values::words:
      return fmt::format(" -x -a '{}'", fmt::join(completer.words, " "));
  }
  return {};
}

std::string fish_switches(const Command& command, const std::string& condition) {
  std::string text;
  for (const Switch& one : command.switches) {
    text += "complete -c imgc -n " + fish_quoted(condition);
    for (const std::string& name : one.names)
      text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (one.takes_value) text += fish_action(one.completer);
    text += " -d " + fish_quoted(one.help) + '\n';
  }
  return text;
}

std::string fish_script(const Command& top, const std::vector<Command>& commands) {
  std::string text =
      "# fish completion for imgc, made by `imgc completion fish`\n"
      "complete -c imgc -f\n";
  text += fish_switches(top, "__fish_use_subcommand");
  for (const Command& command : commands)
    text += fmt::format("complete -c imgc -n __fish_use_subcommand -a {} -d {}\n", command.name,
                        fish_quoted(command.help));
  for (const Command& command : commands) {
    const std::string condition = "__fish_seen_subcommand_from " + command.name;
    text += fish_switches(command, condition);
    const Completer& positional = command.positional;
    if (positional.values == Values::files)
      text += fmt::format("complete -c imgc -n '{}' -F\n", condition);
    else if (positional.values != Values::none)
      text += fmt::format("complete -c imgc -n '{}'{}\n", condition, fish_action(positional));
  }
  return text;
}

}  // namespace

std::optional<Shell> shell_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Shell>, 3> shells = {
      {{"bash", Shell::bash}, {"zsh", Shell::zsh}, {"fish", Shell::fish}}};
  for (const auto& [known, shell] : shells)
    if (known == name) return shell;
  return std::nullopt;
}

std::string completion_script(const CLI::App& app, Shell shell) {
  const Command top = command_of(app);
  const std::vector<Command> commands = commands_of(app);
  switch (shell) {
    case Shell::bash:
      return bash_script(top, commands);
    case Shell::zsh:
      return zsh_script(top, commands);
    case Shell::fish:
      return fish_script(top, commands);
  }
  return {};
}

int completion(const CLI::App& app, Shell shell) {
  return print_output(completion_script(app, shell));
}

}  // namespace imgc
