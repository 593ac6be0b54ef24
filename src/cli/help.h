#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace imgc {

// Help for reading: examples first, then the usage, then the options with their texts wrapped at 100 columns.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
};

}  // namespace imgc
