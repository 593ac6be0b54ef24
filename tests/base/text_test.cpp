#include "base/text.h"

#include <doctest/doctest.h>

namespace imgc {

TEST_CASE("text: sizes have three figures and a unit") {
  CHECK(human_size(0) == "0 B");
  CHECK(human_size(999) == "999 B");
  CHECK(human_size(1000) == "1.00 KB");
  CHECK(human_size(13'812'345) == "13.8 MB");
  CHECK(human_size(999'499'999) == "999 MB");
  CHECK(human_size(999'600'000) == "1.00 GB");
  CHECK(human_size(18'446'744'073'709'551'615ULL) == "18.4 EB");
}

TEST_CASE("text: durations are read at a glance") {
  CHECK(human_duration(0.04) == "0.0 s");
  CHECK(human_duration(9.9) == "9.9 s");
  CHECK(human_duration(42.4) == "42 s");
  CHECK(human_duration(200) == "3 min 20 s");
  CHECK(human_duration(7500) == "2 h 05 min");
}

TEST_CASE("text: sizes are read with decimal and binary units, and junk is refused") {
  CHECK(parse_size("123") == 123);
  CHECK(parse_size("500KB") == 500'000);
  CHECK(parse_size("1.5 GiB") == 1'610'612'736);
  CHECK(parse_size("64m") == 64'000'000);
  CHECK(parse_size("2K") == 2000);
  CHECK(parse_size("100B") == 100);
  for (const char* junk : {"", "x", "-1", "1X", "1KK", "1e30", "nan", "inf", "1 MB 2"}) {
    CAPTURE(junk);
    CHECK_FALSE(parse_size(junk));
  }
}

TEST_CASE("text: names are printed without control characters, direction marks or broken UTF-8") {
  CHECK(printable("a/b c.png") == "a/b c.png");
  CHECK(printable("Grüße.png") == "Grüße.png");
  CHECK(printable("a\nb\tc") == "a\\nb\\tc");
  CHECK(printable("\x1b[31mred") == "\\x1B[31mred");
  CHECK(printable("\xff\xfe") == "\\xFF\\xFE");
  CHECK(printable("\u202Egnp.exe") == "\\xE2\\x80\\xAEgnp.exe");
  CHECK(printable("\xc2\x9b") == "\\xC2\\x9B");
}

TEST_CASE("text: UTF-8 is told from what only looks like it") {
  CHECK(is_utf8("Grüße \u20AC \U0001F600"));
  for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80",
                          "\xf5\x80\x80\x80", "\xe0\x80\x80"}) {
    CAPTURE(printable(bad));
    CHECK_FALSE(is_utf8(bad));
  }
  CHECK(replace_invalid_utf8("a\xff"
                             "b") == "a\uFFFDb");
}

TEST_CASE("text: an extension is what follows the last dot of the name, in lower case") {
  const auto check = [](std::string_view path, std::string_view stem, std::string_view extension) {
    CAPTURE(path);
    CHECK(split_extension(path).stem == stem);
    CHECK(split_extension(path).extension == extension);
  };
  check("a.png", "a", "png");
  check("in/b.tar.GZ", "in/b.tar", "gz");
  check("plain", "plain", "");
  check("a.d/plain", "a.d/plain", "");
  check(".png", ".png", "");
  check("in/.png", "in/.png", "");
  check(".hidden.JPEG", ".hidden", "jpeg");
  check("ends.", "ends", "");
  check("in/..", "in/..", "");
  check("a.d/", "a.d/", "");
  check("", "", "");
}

TEST_CASE("text: base64 is RFC 4648's") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xff\xfe\xfd") == "//79");
  for (const std::string text : {"", "f", "fo", "foo", "foobar", "\xff\xfe\xfd", "\0x"})
    CHECK(from_base64(base64(text)) == text);
  for (const char* bad : {"Zg=", "Z===", "Zm9v!", "Zm=v", "Zm9?"}) CHECK_FALSE(from_base64(bad));
}

TEST_CASE("text: durations are read as people write them") {
  const auto seconds = [](std::string_view text) {
    const auto duration = parse_duration(text);
    return duration ? duration->count() : -1;
  };
  CHECK(seconds("45") == 45);
  CHECK(seconds("90s") == 90);
  CHECK(seconds("6h") == 21'600);
  CHECK(seconds("1h30m") == 5'400);
  CHECK(seconds("2 d 1 s") == 172'801);
  for (const char* bad : {"", "h", "6x", "30m1h", "-5s", "1h1h", "99999999999d"}) CHECK(seconds(bad) == -1);
}

}  // namespace imgc
