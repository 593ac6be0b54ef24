// What broken and malicious files cost.
#include <chrono>
#include <filesystem>

#include <doctest/doctest.h>

#include "formats/png/chunks.h"
#include "formats/png/make.h"
#include "formats/png/png.h"
#include "support/images.h"

namespace imgc {
namespace {

using test::png_of;

Result<Image> decode(ByteView file, const Limits& limits = {}) {
  return png_format.decode(file, limits);
}

double milliseconds_to_fail(ByteView file) {
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(png_format.probe(file, {}));
  CHECK_FALSE(png_format.metadata(file, {}));
  CHECK_FALSE(decode(file));
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

Bytes damaged(Bytes file, std::string_view chunk) {
  std::uint64_t at = 0;
  for (const Segment& segment : png::segments(file))
    if (segment.name == chunk) at = segment.offset;
  REQUIRE(at > 0);
  file[at + 8] ^= 1U;
  return file;
}

}  // namespace

TEST_CASE("a 57-byte PNG with a huge ancillary chunk fails within 10 ms") {
  for (const std::string_view type : {"tEXt", "zTXt", "iTXt", "pCAL", "sCAL", "sPLT"}) {
    CAPTURE(type);
    Bytes file = png_of({{"IHDR", test::ihdr(1, 1, 8, 2)}});
    png::append_be32(file, 0x7FFFFFFE);
    png::append_be32(file, static_cast<std::uint32_t>(png::chunk_type(type)));
    file.resize(57, 'x');
    CHECK(milliseconds_to_fail(file) < 10);
    const Result<Probe> probe = png_format.probe(file, {});
    CHECK(probe.error().code == ErrorCode::limit);
    CHECK(probe.error().message.find(type) != std::string::npos);
  }
}

TEST_CASE("a chunk under the limit but longer than the file is truncated") {
  Bytes file = png_of({{"IHDR", test::ihdr(1, 1, 8, 2)}});
  png::append_be32(file, 100'000);
  png::append_be32(file, static_cast<std::uint32_t>(png::chunk_type("tEXt")));
  file.resize(57, 'x');
  CHECK(decode(file).error().code == ErrorCode::truncated);
}

TEST_CASE("a compressed profile or packet that explodes hits the chunk limit") {
  const Bytes zeros(20U << 20U);
  Bytes profile = {'x', 0, 0};
  const Bytes bomb = test::zlib(zeros);
  profile.insert(profile.end(), bomb.begin(), bomb.end());
  const Bytes file = png_of(test::gradient(4, 4, ColorModel::rgb), {{"iCCP", profile}});
  REQUIRE(file.size() < 100'000);
  const Result<Metadata> metadata = png_format.metadata(file, {});
  REQUIRE_FALSE(metadata);
  CHECK(metadata.error().code == ErrorCode::limit);
}

TEST_CASE("dimensions are checked before anything is allocated") {
  Limits limits;
  limits.max_pixels = 1000;
  const Bytes large = png_of({{"IHDR", test::ihdr(100, 11, 8, 2)}, {"IDAT", {}}, {"IEND", {}}});
  const Result<Probe> over = png_format.probe(large, limits);
  REQUIRE_FALSE(over);
  CHECK(over.error().code == ErrorCode::limit);
  CHECK(over.error().message.find("100x11") != std::string::npos);
  CHECK(over.error().message.find("--max-pixels") != std::string::npos);

  limits.max_pixels = ~std::uint64_t{0};
  for (const auto& [width, height] : {std::pair{0U, 1U}, {1U, 0U}, {0x80000000U, 1U}, {1U, 0xFFFFFFFFU}}) {
    const Bytes file = png_of({{"IHDR", test::ihdr(width, height, 8, 2)}, {"IDAT", {}}, {"IEND", {}}});
    CHECK(png_format.probe(file, limits).error().code == ErrorCode::malformed);
  }
  const Bytes vast =
      png_of({{"IHDR", test::ihdr(0x7FFFFFFF, 0x7FFFFFFF, 16, 6)}, {"IDAT", {}}, {"IEND", {}}});
  CHECK(decode(vast, limits).error().code == ErrorCode::limit);
}

TEST_CASE("pixels that the file is too short to hold are refused without memory for them") {
  const Bytes file =
      png_of({{"IHDR", test::ihdr(20000, 20000, 8, 6)}, {"IDAT", test::zlib(Bytes(100))}, {"IEND", {}}});
  CHECK(milliseconds_to_fail(png_of({{"IHDR", test::ihdr(0, 1, 8, 6)}})) < 10);
  CHECK(decode(file).error().code == ErrorCode::malformed);
}

TEST_CASE("the memory limit binds the decoder") {
  Limits limits;
  limits.memory = 3U << 20U;
  const Bytes file = png_of(test::gradient(1000, 1000, ColorModel::rgb));
  CHECK(decode(file));
  CHECK(decode(file, limits).error().code == ErrorCode::out_of_memory);
}

TEST_CASE("every way of cutting a file short is an error") {
  const Bytes file = png_of(test::gradient(20, 20, ColorModel::rgba));
  REQUIRE(decode(file));
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Result<Image> image = decode(ByteView(file).first(size));
    REQUIRE_FALSE(image);
    if (size >= png::signature_bytes) CHECK(image.error().code == ErrorCode::truncated);
  }
}

TEST_CASE("a probe needs the header alone and asks for more when it is cut") {
  const Bytes file = png_of(test::gradient(20, 20, ColorModel::rgba), {{"gAMA", {0, 0, 0xB1, 0x8F}}});
  const std::size_t header = 8 + 25 + 16 + 8;
  for (std::size_t size = 8; size < header; ++size)
    CHECK(png_format.probe(ByteView(file).first(size), {}).error().code == ErrorCode::truncated);
  CHECK(png_format.probe(ByteView(file).first(header), {}));
}

TEST_CASE("a wrong check sum in a chunk that makes the pixels is an error") {
  const Bytes indexed =
      png_of(test::ihdr(2, 1, 8, 3), {{"PLTE", {1, 2, 3, 4, 5, 6}}, {"tRNS", {7}}}, Bytes{0, 0, 1});
  REQUIRE(decode(indexed));
  for (const std::string_view chunk : {"IHDR", "PLTE", "tRNS", "IDAT"}) {
    CAPTURE(chunk);
    CHECK(decode(damaged(indexed, chunk)).error().code == ErrorCode::malformed);
  }
}

TEST_CASE("missing rows are an error even when the chunks are whole") {
  const Bytes raw(std::size_t{19} * (1 + 60));
  const Bytes file = png_of(test::ihdr(20, 20, 8, 2), {}, raw);
  const Result<Image> image = decode(file);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::malformed);
}

TEST_CASE("a wrong Adler-32 is an error, trailing bytes after the pixels are not") {
  const Bytes raw(std::size_t{20} * (1 + 60));
  Bytes stream = test::zlib(raw);
  Bytes longer = stream;
  longer.insert(longer.end(), 5, 0);
  stream.back() ^= 1U;
  const auto file = [](const Bytes& idat) {
    return png_of({{"IHDR", test::ihdr(20, 20, 8, 2)}, {"IDAT", idat}, {"IEND", {}}});
  };
  CHECK_FALSE(decode(file(stream)));
  CHECK(decode(file(longer)));
}

TEST_CASE("an index outside the palette is an error") {
  const std::vector<test::PngChunk> palette = {{"PLTE", {1, 2, 3, 4, 5, 6}}};
  CHECK(decode(png_of(test::ihdr(2, 1, 8, 3), palette, Bytes{0, 0, 1})));
  CHECK_FALSE(decode(png_of(test::ihdr(2, 1, 8, 3), palette, Bytes{0, 0, 2})));
}

TEST_CASE("IDAT chunks that do not stand together are an error") {
  const Bytes stream = test::zlib(Bytes(std::size_t{20} * 61));
  const auto half = static_cast<std::ptrdiff_t>(stream.size() / 2);
  const Bytes first(stream.begin(), stream.begin() + half);
  const Bytes second(stream.begin() + half, stream.end());
  const Bytes together =
      png_of({{"IHDR", test::ihdr(20, 20, 8, 2)}, {"IDAT", first}, {"IDAT", second}, {"IEND", {}}});
  const Bytes apart = png_of({{"IHDR", test::ihdr(20, 20, 8, 2)},
                              {"IDAT", first},
                              {"tEXt", {'a', 0}},
                              {"IDAT", second},
                              {"IEND", {}}});
  CHECK(decode(together));
  CHECK_FALSE(decode(apart));
}

TEST_CASE("an unknown critical chunk is unsupported, an unknown ancillary one is not") {
  const Image image = test::gradient(4, 4, ColorModel::rgb);
  CHECK(decode(png_of(image, {{"CRIT", {1}}})).error().code == ErrorCode::unsupported);
  CHECK(decode(png_of(image, {{"anci", {1}}})));
}

TEST_CASE("the hostile corpus neither crashes nor lingers") {
  const auto corpus = test::shared_corpus();
  if (!corpus) return;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*corpus)) {
    if (!entry.is_regular_file()) continue;
    const Bytes file = test::read_file(entry.path());
    if (!png_format.sniff(file)) continue;
    CAPTURE(entry.path());
    const auto start = std::chrono::steady_clock::now();
    static_cast<void>(png_format.probe(file, {}));
    static_cast<void>(png_format.metadata(file, {}));
    static_cast<void>(png_format.segments(file));
    static_cast<void>(decode(file));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
    ++files;
  }
  CHECK(files > 100);
}

}  // namespace imgc
