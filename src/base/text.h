// Text for people: sizes, durations, and names that may hold anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imgc {

// "12.3 MB", "980 B": decimal units, three significant figures.
std::string human_size(std::uint64_t bytes);
// "0.4 s", "3 min 20 s", "2 h 05 min".
std::string human_duration(double seconds);
// "500KB", "1.5 GiB", "64M", "123": K, M, G, T are 1000s as in human_size, Ki, Mi, … 1024s. Nothing on junk.
std::optional<std::uint64_t> parse_size(std::string_view text);
// "90s", "1h30m", "2 d", "45": days, hours, minutes and seconds, the largest first; seconds without a unit.
// Nothing on junk.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);
// A name that is safe to print: control characters, DEL and bytes that are not UTF-8 become \xHH or \n forms.
std::string printable(std::string_view name);
bool is_utf8(std::string_view text);
// For JSON: the text itself when it is UTF-8, else with U+FFFD for each bad byte.
std::string replace_invalid_utf8(std::string_view text);
std::string base64(std::string_view bytes);
// Nothing for text that base64 does not make.
std::optional<std::string> from_base64(std::string_view text);

struct SplitName {
  std::string_view stem;  // with its directories
  std::string extension;  // in lower case and without the dot; empty when there is none
};
// "a/b.tar.GZ" is "a/b.tar" and "gz". As for std::filesystem, a dot in front names a hidden file and begins
// no extension, and ".." has none.
SplitName split_extension(std::string_view path);

}  // namespace imgc
