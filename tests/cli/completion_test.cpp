#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>
#include <unistd.h>

#include "cli/commands.h"
#include "support/contains.h"

using namespace imgc;
using test::contains;

namespace {

// An app with an option of each kind that completion tells apart.
struct Example {
  CLI::App app{"imgc: an example", "imgc"};
  std::string text;
  std::vector<std::string> many;
  bool flag = false;

  Example() {
    CLI::App* work = app.add_subcommand("work", "Does it\nand more lines that are not shown");
    work->add_option("INPUT", many, "Files")->type_name("");
    work->add_option("-e,--effort", text, "How [hard]: it's your choice")->type_name("fast|default|LIST");
    work->add_option("--shell", text, "A set")->check(CLI::IsMember({"bash", "zsh"}));
    work->add_option("-o,--output", text, "Where to")->type_name("PATH");
    work->add_option("--root", text, "A directory")->type_name("DIR");
    work->add_option("-q,--quality", text, "0 to 100")->type_name("N|MIN-MAX");
    work->add_flag("-n,--dry-run", flag, "Nothing is written");
    app.add_subcommand("list", "Lists");
  }
};

// What bash offers for the words, the last of which is being typed.
std::string bash_offers(const std::string& script, const std::string& words) {
  const auto file = std::filesystem::temp_directory_path() / ("imgc-completion." + std::to_string(getpid()));
  std::ofstream(file) << script << "compopt() { :; }\nCOMP_WORDS=(" << words
                      << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_imgc\necho \"${COMPREPLY[*]}\"\n";
  std::string out;
  if (FILE* pipe = popen(("bash -u '" + file.string() + "' 2>&1").c_str(), "r")) {
    std::array<char, 4096> buffer{};
    while (fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) out += buffer.data();
    CHECK(pclose(pipe) == 0);
  }
  std::filesystem::remove(file);
  return out;
}

}  // namespace

TEST_CASE("completion: bash offers commands, options, and the words an option takes") {
  const Example example;
  const std::string script = completion_script(example.app, Shell::bash);
  CHECK(bash_offers(script, "imgc ''") == "work list -h --help\n");
  CHECK(bash_offers(script, "imgc w") == "work\n");
  CHECK(bash_offers(script, "imgc work -e ''") == "fast default\n");
  CHECK(bash_offers(script, "imgc work --effort = d") == "default\n");
  CHECK(bash_offers(script, "imgc work --effort =") == "fast default\n");
  CHECK(bash_offers(script, "imgc work --shell ''") == "bash zsh\n");
  CHECK(bash_offers(script, "imgc work --d") == "--dry-run\n");
  CHECK(bash_offers(script, "imgc work --quality ''") == "\n");
  CHECK(bash_offers(script, "imgc work --root /us") == "/usr\n");
  CHECK(bash_offers(script, "imgc work --output /etc/passw") != "\n");
  CHECK(bash_offers(script, "imgc work /etc/passw") != "\n");
  CHECK(bash_offers(script, "imgc list /etc/passw") == "\n");
  // A flag takes no value, so what follows it is a file.
  CHECK(bash_offers(script, "imgc work --dry-run /etc/passw") != "\n");
}

TEST_CASE("completion: zsh gets options whose text can't end its specification early") {
  const Example example;
  const std::string script = completion_script(example.app, Shell::zsh);
  CHECK(script.starts_with("#compdef imgc\n"));
  CHECK(contains(script,
                 R"('(-e --effort)--effort=[How \[hard\]\: it'\''s your choice]:value:(fast default)')"));
  CHECK(contains(script, "'(-n --dry-run)-n[Nothing is written]'"));
  CHECK(contains(script, "'(-o --output)-o+[Where to]:file:_files'"));
  CHECK(contains(script, "'work:Does it'"));
  CHECK_FALSE(contains(script, "more lines"));
}

TEST_CASE("completion: fish gets a line an option") {
  const Example example;
  const std::string script = completion_script(example.app, Shell::fish);
  CHECK(contains(
      script,
      "complete -c imgc -n '__fish_seen_subcommand_from work' -s e -l effort -x -a 'fast default' -d "
      "'How [hard]: it\\'s your choice'\n"));
  CHECK(contains(script, " -l root -x -a '(__fish_complete_directories)'"));
  CHECK(contains(script, " -s n -l dry-run -d 'Nothing is written'\n"));
  CHECK(contains(script, "complete -c imgc -n __fish_use_subcommand -a list -d 'Lists'\n"));
}

TEST_CASE("completion: shells are known by name") {
  CHECK(shell_named("bash") == Shell::bash);
  CHECK(shell_named("fish") == Shell::fish);
  CHECK_FALSE(shell_named("tcsh").has_value());
}
