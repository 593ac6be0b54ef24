#include "base/json_writer.h"

#include <limits>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "base/json.h"

namespace imgc {
namespace {

Json parsed(const std::string& text) {
  CHECK(text.find('\n') == std::string::npos);
  return Json::parse(text);
}

}  // namespace

TEST_CASE("json writer: every kind of member is read back as it was put") {
  std::string text;
  JsonWriter json(text);
  json.put("text", "plain");
  json.put("number", std::uint32_t{7});
  json.put("negative", std::int64_t{-8});
  json.put("largest", std::numeric_limits<std::uint64_t>::max());
  json.put("half", 0.5);
  json.put("tiny", 1e-9);
  json.put("yes", true);
  json.put("no", false);
  json.put_null("nothing");
  json.put("some", std::optional<int>(3));
  json.put("none", std::optional<int>());
  json.put_or_null("given", "x");
  json.put_or_null("empty", "");
  json.put("reason", Reason{"no_gain", "no"});
  json.put("error", Error{ErrorCode::truncated, "ends \"early\""});
  json.open_array("list");
  json.put_element({"a", "1"});
  json.put_element({"b", "2"});
  json.close_array();
  json.open_array("void");
  json.close_array();
  json.open_object("inner");
  json.put("x", 1);
  json.close();
  json.put("last", 2);
  json.close();
  CHECK(parsed(text) == Json{{"text", "plain"},
                             {"number", 7},
                             {"negative", -8},
                             {"largest", std::numeric_limits<std::uint64_t>::max()},
                             {"half", 0.5},
                             {"tiny", 1e-9},
                             {"yes", true},
                             {"no", false},
                             {"nothing", nullptr},
                             {"some", 3},
                             {"none", nullptr},
                             {"given", "x"},
                             {"empty", nullptr},
                             {"reason", {{"code", "no_gain"}, {"text", "no"}}},
                             {"error", {{"code", "truncated"}, {"message", "ends \"early\""}}},
                             {"list", {{{"code", "a"}, {"text", "1"}}, {{"code", "b"}, {"text", "2"}}}},
                             {"void", Json::array()},
                             {"inner", {{"x", 1}}},
                             {"last", 2}});
}

TEST_CASE("json writer: an object of nothing") {
  std::string text;
  JsonWriter(text).close();
  CHECK(text == "{}");
}

TEST_CASE("json writer: names of any bytes come out as put_name of the trees has them") {
  std::mt19937 random(1);
  // Often of what needs care: quotes, backslashes, controls, and pieces of UTF-8.
  const std::string_view pieces =
      "a\"\\/\n\t\x01\x1f\x7f\xc3\xa4\xe2\x82\xac\xf0\x9f\x8e\x88\xff\xed\xa0\x80";
  for (int round = 0; round < 2000; ++round) {
    std::string name;
    for (std::size_t length = random() % 12; length > 0; --length)
      name += random() % 4 == 0 ? static_cast<char>(random() % 256) : pieces[random() % pieces.size()];
    std::string text;
    JsonWriter json(text);
    json.put_name("name", name);
    json.put("text", name);
    json.close();
    Json expected = Json::object();
    put_name(expected, "name", name);
    expected["text"] = name.empty() ? Json("") : expected["name"];
    CAPTURE(text);
    const Json back = parsed(text);
    REQUIRE(back == expected);
    REQUIRE(name_in(back, "name") == name);
  }
}

}  // namespace imgc
