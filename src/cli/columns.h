// How wide text is on a terminal, and how to make it fit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imgc {

// Character cells that UTF-8 text takes: combining marks 0, East Asian wide characters and emoji 2 (after
// Unicode's UAX #11, by block and therefore approximate). The text must be printable.
std::size_t display_columns(std::string_view text);

// `text` itself, or `ellipsis` and as much of its end as fits: of a path the end tells most.
std::string fit_end(std::string_view text, std::size_t columns, std::string_view ellipsis);

}  // namespace imgc
