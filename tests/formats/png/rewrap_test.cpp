#include "formats/png/rewrap.h"

#include <optional>

#include <doctest/doctest.h>

#include "formats/png/make.h"
#include "formats/png/png.h"
#include "image/convert.h"
#include "support/images.h"

namespace imgc {
namespace {

using test::unbounded;

// Rewraps it without metadata.
std::optional<Bytes> rewrapped(ByteView file, std::size_t bound = unbounded) {
  const Result<Probe> probe = png_format.probe(file, {});
  REQUIRE(probe);
  const Subject subject(file, *probe, {}, {});
  const Attempt attempt = png::rewrap(subject, bound);
  REQUIRE(attempt);
  const auto* candidate = std::get_if<Candidate>(&*attempt);
  return candidate == nullptr ? std::nullopt : std::optional(candidate->bytes);
}

// Two rows of three gray pixels, with so much else in IDAT.
Bytes gray_file(const Bytes& stream) {
  return test::png_of({{"IHDR", test::ihdr(3, 2, 8, 0)}, {"IDAT", stream}, {"IEND", {}}});
}

const Bytes gray_rows = {0, 1, 2, 3, 0, 4, 5, 6};

}  // namespace

TEST_CASE("pixels that nothing compresses better lose what is around them") {
  Options best;
  best.effort = Effort::max;
  const Bytes clean =
      test::smallest(test::run_all(test::png_of(test::blocks(40, 40, 30)), best)).candidate.bytes;
  Bytes annotated(clean.begin(), clean.begin() + 33);  // the signature and IHDR
  const Bytes with_text = test::png_of({{"tEXt", test::text_bytes(std::string("Comment\0a word", 14))}});
  annotated.insert(annotated.end(), with_text.begin() + 8, with_text.end());
  annotated.insert(annotated.end(), clean.begin() + 33, clean.end());
  CHECK(rewrapped(annotated) == clean);

  Options quick;
  quick.effort = Effort::fast;
  CHECK(test::smallest(test::run_all(annotated, quick)).candidate.bytes.size() <= clean.size());
}

TEST_CASE("a rewrapped file has at most the bytes allowed") {
  const Bytes file = test::png_of(test::gradient(20, 20, ColorModel::rgb));
  const std::optional<Bytes> made = rewrapped(file);
  REQUIRE(made);
  CHECK(rewrapped(file, made->size()) == made);
  CHECK_FALSE(rewrapped(file, made->size() - 1));
}

TEST_CASE("every layout is rewrapped to the same pixels, interlaced ones not at all") {
  for (const ColorModel model : {ColorModel::gray, ColorModel::gray_alpha, ColorModel::rgb, ColorModel::rgba})
    for (const unsigned depth : {8U, 16U}) {
      const Bytes file = test::png_of(test::noise(9, 7, model, depth));
      const std::optional<Bytes> made = rewrapped(file);
      REQUIRE(made);
      CHECK(same_pixels(*png_format.decode(file, {}), *png_format.decode(*made, {})));
    }
  CHECK_FALSE(rewrapped(test::interlaced_png_of(test::gradient(9, 7, ColorModel::rgb))));
}

TEST_CASE("damaged pixels are not rewrapped") {
  const Bytes stream = test::zlib(gray_rows);
  CHECK(rewrapped(gray_file(stream)));

  Bytes wrong_sum = stream;
  wrong_sum.back() ^= 1U;
  CHECK_FALSE(rewrapped(gray_file(wrong_sum)));

  Bytes more = stream;
  more.push_back(0);
  CHECK_FALSE(rewrapped(gray_file(more)));

  const Bytes one_row(gray_rows.begin(), gray_rows.begin() + 4);
  CHECK_FALSE(rewrapped(gray_file(test::zlib(one_row))));

  Bytes wrong_crc = gray_file(stream);
  wrong_crc[wrong_crc.size() - 13] ^= 1U;  // before the 12 bytes of IEND
  CHECK_FALSE(rewrapped(wrong_crc));
}

}  // namespace imgc
