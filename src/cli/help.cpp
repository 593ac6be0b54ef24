#include "cli/help.h"

#include <algorithm>
#include <string_view>

namespace imgc {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t text_column = 32;

std::string wrapped(std::string_view text) {
  std::string out;
  std::size_t column = text_column;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    if (column > text_column && column + space >= width) {
      out += '\n' + std::string(text_column, ' ');
      column = text_column;
    } else if (column > text_column) {
      out += ' ';
      ++column;
    }
    out += text.substr(0, space);
    column += space;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out;
}

}  // namespace

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const {
  if (app->get_name() == "compress")
    return "Usage: " + name + " [OPTIONS] INPUT... OUTPUT\n       " + name +
           " [OPTIONS] --in-place INPUT...\n";
  return CLI::Formatter::make_usage(app, std::move(name));
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  std::string names = "  " + (is_positional ? option->get_name(true) : make_option_name(option, false));
  if (!option->get_type_name().empty() && !is_positional) names += ' ' + option->get_type_name();
  if (names.size() + 2 > text_column)
    names += '\n' + std::string(text_column, ' ');
  else
    names.resize(text_column, ' ');
  return names + wrapped(option->get_description()) + '\n';
}

}  // namespace imgc
