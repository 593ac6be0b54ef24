// How every format presents itself.
#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "conformance/format/raw_format.h"
#include "conformance/format/samples.h"
#include "support/images.h"

namespace imgc::test {
namespace {

bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

TEST_CASE("formats: names and extensions are lower case, unique, and find their format") {
  REQUIRE_FALSE(formats().empty());
  std::set<std::string_view> seen;
  for_each_format([&](const Format& format) {
    INFO("format: ", std::string(format.name));
    CHECK(is_plain(format.name));
    CHECK(format_named(format.name) == &format);
    REQUIRE_FALSE(format.extensions.empty());
    for (const std::string_view extension : format.extensions) {
      CHECK(is_plain(extension));
      CHECK(seen.insert(extension).second);
      CHECK(format_by_extension(extension) == &format);
    }
    CHECK_FALSE(format.library.empty());
    CHECK_FALSE(format.library_version().empty());
  });
  CHECK(format_named("no such format") == nullptr);
  CHECK(format_by_extension("") == nullptr);
}

TEST_CASE("formats: each sniffs its own files and no other's") {
  for_each_format([](const Format& owner) {
    for (const Sample& sample : samples(owner)) {
      for_each_format([&](const Format& format) {
        INFO(std::string(format.name), " of ", std::string(owner.name), ": ", sample.name);
        CHECK(format.sniff(sample.bytes) == (&format == &owner));
      });
      CHECK(sniff(sample.bytes) == &owner);
      // The engine sniffs the first 64 bytes.
      CHECK(sniff(ByteView(sample.bytes).first(std::min<std::size_t>(64, sample.bytes.size()))) == &owner);
      CHECK(foreign_format(sample.bytes).empty());
    }
  });
}

TEST_CASE("formats: no one sniffs what is no image") {
  const Bytes text = {'h', 'e', 'l', 'l', 'o', '\n'};
  const Bytes zeros(1000, 0);
  for (const Bytes& bytes : {Bytes(), Bytes(1, 0x89), text, zeros, noise(40, 40, ColorModel::rgb).pixels})
    CHECK(sniff(bytes) == nullptr);
}

TEST_CASE("formats: recipe names are unique in a line-up and begin with their format's") {
  for_each_format([](const Format& target) {
    for (const Fidelity fidelity : {Fidelity::exact, Fidelity::perceptual}) {
      for (const Effort effort : {Effort::fast, Effort::normal, Effort::high, Effort::max}) {
        std::vector<Probe> sources = {raw_probe(gradient(61, 37, ColorModel::rgba))};
        for_each_format([&](const Format& source) {
          sources.push_back(*source.probe(typical_sample(source).bytes, Limits{}));
        });
        for (const Probe& source : sources) {
          const auto lineup = target.lineup(source, options(fidelity, effort));
          if (!lineup) continue;
          CHECK((!lineup->recipes.empty() || lineup->note.has_value()));
          std::set<std::string> names;
          for (const Recipe& recipe : lineup->recipes) {
            INFO(recipe.name);
            CHECK(names.insert(recipe.name).second);
            CHECK(recipe.name.starts_with(std::string(target.name) + "-"));
            CHECK(static_cast<bool>(recipe.run));
            if (fidelity == Fidelity::exact) CHECK(recipe.fidelity == Fidelity::exact);
          }
        }
      }
    }
  });
}

}  // namespace imgc::test
