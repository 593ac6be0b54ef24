#include "formats/jpeg/attachments.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/samples.h"
#include "image/metadata_policy.h"
#include "support/images.h"

namespace imgc::jpeg {
namespace {

using std::string_view_literals::operator""sv;

void put(Bytes& out, std::size_t value, std::size_t width, bool big) {
  for (std::size_t i = 0; i < width; ++i)
    out.push_back(static_cast<std::uint8_t>(value >> (8 * (big ? width - 1 - i : i))));
}

std::size_t get32(ByteView bytes, std::size_t at, bool big) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | bytes[at + (big ? i : 3 - i)];
  return value;
}

constexpr std::string_view mpf = "MPF\0"sv;
constexpr std::size_t entries_at = 8 + 2 + 12 + 4;  // TIFF's header, a directory of one entry, no next one

// An index of two pictures, as CIPA DC-007 has it.
Bytes index(bool big, std::size_t first_size, std::size_t second_size, std::size_t second_offset) {
  Bytes made;
  const std::string_view order = big ? "MM"sv : "II"sv;
  made.assign(order.begin(), order.end());
  put(made, 42, 2, big);
  put(made, 8, 4, big);
  put(made, 1, 2, big);
  put(made, 0xB002, 2, big);
  put(made, 7, 2, big);
  put(made, 32, 4, big);
  put(made, entries_at, 4, big);
  put(made, 0, 4, big);
  for (const auto& [size, offset] :
       {std::pair{first_size, std::size_t{0}}, std::pair{second_size, second_offset}}) {
    put(made, offset == 0 ? 0x20030000 : 0, 4, big);
    put(made, size, 4, big);
    put(made, offset, 4, big);
    put(made, 0, 4, big);
  }
  return made;
}

struct MultiPicture {
  Bytes file;
  Bytes second;
};

MultiPicture multi_picture(bool big) {
  const Bytes first = test::make_jpeg({.width = 200, .height = 150, .quality = 95});
  const Bytes second = test::make_jpeg({.width = 100, .height = 75, .quality = 80});
  const std::size_t before = 2 + 4 + mpf.size();  // SOI, the segment's head
  const Bytes rough = test::with_segment(first, test::segment(0xE2, mpf, index(big, 0, 0, 1)));
  const Bytes exact = index(big, rough.size(), second.size(), rough.size() - before);
  Bytes file = test::with_segment(first, test::segment(0xE2, mpf, exact));
  file.insert(file.end(), second.begin(), second.end());
  return {file, second};
}

// What stands behind the image; empty when nothing does.
Bytes attachment(const Bytes& jpeg) {
  const auto metadata = jpeg_format.metadata(jpeg, Limits{});
  REQUIRE(metadata);
  for (const MetadataItem& item : metadata->items)
    if (item.name == attachment_name) return item.data;
  return {};
}

Metadata outgoing(const Bytes& jpeg, const MetadataPolicy& policy = {}) {
  const auto metadata = jpeg_format.metadata(jpeg, Limits{});
  REQUIRE(metadata);
  return apply(policy, *metadata);
}

}  // namespace

TEST_CASE("a second picture stays behind the first, and the index leads to it") {
  for (const bool big : {false, true}) {
    const MultiPicture original = multi_picture(big);
    CHECK_FALSE(test::probed(original.file).untouchable);
    for (const Options& options : {test::exact(), test::lossy(60)}) {
      const std::string recipe =
          options.fidelity == Fidelity::exact ? "jpeg-progressive" : "jpeg-requantise-progressive";
      const Bytes made = test::run_recipe(original.file, options, recipe, outgoing(original.file));
      CHECK(made.size() < original.file.size());
      const auto found = std::search(made.begin(), made.end(), mpf.begin(), mpf.end());
      REQUIRE(found != made.end());
      const std::size_t block = static_cast<std::size_t>(found - made.begin()) + mpf.size();
      const std::size_t entry = block + entries_at + 16;
      const std::size_t second = block + get32(made, entry + 8, big);
      REQUIRE(second < made.size());
      CHECK(Bytes(made.begin() + static_cast<std::ptrdiff_t>(second), made.end()) == original.second);
      CHECK(get32(made, entry + 4, big) == original.second.size());
      CHECK(get32(made, block + entries_at + 4, big) == second);
      CHECK(test::decoded(made).width == 200);
    }
  }
}

TEST_CASE("a motion photo keeps its film and the XMP that leads to it, unless they are stripped") {
  const Bytes original = test::read_file(test::testdata("images/jpeg/motion-photo.jpg"));
  const Bytes film = attachment(original);
  REQUIRE(film.size() == 2056);
  const Bytes made = test::run_recipe(original, test::exact(), "jpeg-progressive", outgoing(original));
  CHECK(made.size() < original.size());
  CHECK(std::equal(film.begin(), film.end(), made.end() - 2056));
  const auto kept = jpeg_format.metadata(made, Limits{});
  REQUIRE(kept);
  REQUIRE(kept->find(MetadataKind::xmp) != nullptr);
  CHECK(kept->find(MetadataKind::xmp)->data ==
        jpeg_format.metadata(original, Limits{})->find(MetadataKind::xmp)->data);

  MetadataPolicy none;
  none.kinds.clear();
  const Bytes bare = test::run_recipe(original, test::exact(), "jpeg-progressive", outgoing(original, none));
  CHECK(attachment(bare).empty());
  CHECK(jpeg_format.metadata(bare, Limits{})->items.empty());
}

TEST_CASE("the bound counts what is attached") {
  const Bytes original = test::read_file(test::testdata("images/jpeg/motion-photo.jpg"));
  const auto lineup = jpeg_format.lineup(test::probed(original), test::exact());
  REQUIRE(lineup);
  const Subject subject(original, test::probed(original), outgoing(original), Limits{});
  const auto run = [&](std::size_t bound) { return lineup->recipes.front().run(subject, bound); };
  const auto free = run(SIZE_MAX);
  REQUIRE(free);
  const std::size_t size = std::get<Candidate>(*free).bytes.size();
  CHECK(std::holds_alternative<Candidate>(*run(size)));
  CHECK(std::holds_alternative<Declined>(*run(size - 1)));
  CHECK(std::holds_alternative<Declined>(*run(100)));
}

TEST_CASE("padding behind the image is no attachment, and an index without pictures goes") {
  Bytes padded = test::make_jpeg({.segments = test::segment(0xE2, mpf, index(false, 1000, 10, 1000))});
  for (const std::uint8_t byte : {0x00, 0xFF, 0xFF, 0xD9, 0x0D, 0x0A, 0x00}) padded.push_back(byte);
  CHECK(attachment(padded).empty());
  CHECK(outgoing(padded).find(MetadataKind::attached) == nullptr);
}

TEST_CASE("a profile behind an index that goes is kept in its place") {
  Bytes segments = test::segment(0xE2, mpf, index(false, 1000, 10, 1000));
  const Bytes profile = test::segment(0xE2, "ICC_PROFILE\0\1\1"sv, Bytes(20, 7));
  segments.insert(segments.end(), profile.begin(), profile.end());
  const auto metadata = jpeg_format.metadata(test::make_jpeg({.segments = segments}), Limits{});
  REQUIRE(metadata);
  REQUIRE(metadata->items.size() == 1);
  CHECK(metadata->items[0].kind == MetadataKind::icc);
  CHECK(metadata->items[0].data == Bytes(20, 7));
}

TEST_CASE("a damaged index stays as it is") {
  const MultiPicture original = multi_picture(true);
  const auto found = std::search(original.file.begin(), original.file.end(), mpf.begin(), mpf.end());
  const auto block = static_cast<std::size_t>(found - original.file.begin()) + mpf.size();
  // The directory, where the pictures' entries are, how many bytes they have.
  for (const std::size_t at : {block + 4, block + 8 + 2 + 8, block + 8 + 2 + 4}) {
    Bytes damaged = original.file;
    damaged[at] = 0xFF;
    const Bytes made = test::run_recipe(damaged, test::exact(), "jpeg-progressive", outgoing(damaged));
    const auto copy = std::search(made.begin(), made.end(), mpf.begin(), mpf.end());
    REQUIRE(copy != made.end());
    const auto bytes = static_cast<std::ptrdiff_t>(mpf.size() + entries_at + 32);
    CHECK(std::equal(copy, copy + bytes, damaged.begin() + static_cast<std::ptrdiff_t>(block - mpf.size())));
  }
}

}  // namespace imgc::jpeg
