#include "cli/columns.h"

#include <cstddef>
#include <string>

#include <doctest/doctest.h>

using namespace imgc;

TEST_CASE("columns: wide characters take two, combining marks none") {
  CHECK(display_columns("") == 0);
  CHECK(display_columns("abc") == 3);
  CHECK(display_columns("é") == 1);
  CHECK(display_columns("e\u0301") == 1);
  CHECK(display_columns("日本") == 4);
  CHECK(display_columns("🙂") == 2);
}

TEST_CASE("columns: text that fits is left alone") {
  CHECK(fit_end("abcdef", 6, "…") == "abcdef");
  CHECK(fit_end("", 0, "…").empty());
}

TEST_CASE("columns: text that is too wide keeps its end, and no character is cut in two") {
  CHECK(fit_end("abcdef", 4, "…") == "…def");
  CHECK(fit_end("abcdef", 4, "...") == "...f");
  CHECK(fit_end("日本語", 4, "…") == "…語");
  CHECK(fit_end("日本語", 5, "…") == "…本語");
  CHECK(fit_end("abc", 0, "…").empty());
  const std::string mixed = "päth/日本/e\u0301🙂.png";
  for (std::size_t columns = 0; columns < 20; ++columns)
    CHECK(display_columns(fit_end(mixed, columns, "…")) <= columns);
}
