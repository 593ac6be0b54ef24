// Whether a text says something: CHECK(contains(text, what)) reads better than with npos.
#pragma once

#include <string_view>

namespace imgc::test {

inline bool contains(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

}  // namespace imgc::test
