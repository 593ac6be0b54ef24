#include "formats/png/apng.h"

#include <string>

#include <doctest/doctest.h>

#include "formats/png/animation.h"
#include "formats/png/chunks.h"
#include "formats/png/make.h"
#include "formats/png/png.h"
#include "image/convert.h"
#include "image/metadata_policy.h"
#include "support/images.h"

namespace imgc {
namespace {

using test::apng_chunks;
using test::png_of;
using test::PngChunk;
using test::PngFrame;
using test::smooth_rows;
using test::unbounded;

Attempt attempt(ByteView file, bool lean = false, std::size_t bound = unbounded,
                const Options& options = {}) {
  const Result<Probe> probe = png_format.probe(file, {});
  REQUIRE(probe);
  REQUIRE(probe->animated);
  const Result<Metadata> metadata = png_format.metadata(file, {});
  REQUIRE(metadata);
  const Subject subject(file, *probe, apply(options.metadata, *metadata), {});
  const Result<Lineup> lineup = (lean ? png_format.lean_lineup : png_format.lineup)(*probe, options);
  if (!lineup) return tl::unexpected(lineup.error());
  REQUIRE(lineup->recipes.size() == 1);
  return lineup->recipes[0].run(subject, bound);
}

std::vector<png::Chunk> chunks_of(ByteView file) {
  std::vector<png::Chunk> chunks;
  png::ChunkReader reader(file, {});
  for (auto chunk = reader.next(); chunk; chunk = reader.next()) {
    chunks.push_back(*chunk);
    if (chunk->type == png::chunks::IEND) break;
  }
  return chunks;
}

// acTL's payload, and fcTL's without their sequence numbers: what may not change.
std::vector<Bytes> controls(ByteView file) {
  std::vector<Bytes> found;
  for (const png::Chunk& chunk : chunks_of(file)) {
    if (chunk.type == png::chunks::acTL) found.emplace_back(chunk.data.begin(), chunk.data.end());
    if (chunk.type == png::chunks::fcTL) found.emplace_back(chunk.data.begin() + 4, chunk.data.end());
  }
  return found;
}

// Counted here and not by the code under test.
void check_sequence(ByteView file) {
  std::uint32_t expected = 0;
  for (const png::Chunk& chunk : chunks_of(file)) {
    CHECK(chunk.is_intact());
    if (chunk.type == png::chunks::fcTL || chunk.type == png::chunks::fdAT)
      CHECK(png::read_be32(chunk.data.data()) == expected++);
  }
  CHECK(expected > 0);
}

// What comes out, smaller and showing the same, both ways.
Bytes made(ByteView file) {
  Bytes usual;
  for (const bool lean : {true, false}) {
    CAPTURE(lean);
    Attempt result = attempt(file, lean);
    if (!result) FAIL(result.error().message);
    REQUIRE(std::holds_alternative<Candidate>(*result));
    usual = std::get<Candidate>(*std::move(result)).bytes;
    CHECK(usual.size() < file.size());
    CHECK(controls(usual) == controls(file));
    check_sequence(usual);
    CHECK(*png_format.same_picture(file, usual, {}));
    CHECK(same_pixels(*png_format.decode(file, {}), *png_format.decode(usual, {})));
  }
  return usual;
}

std::string kept_because(const std::vector<PngChunk>& chunks) {
  for (const bool lean : {true, false}) {
    const Attempt result = attempt(png_of(chunks), lean);
    REQUIRE(result);
    const auto* declined = std::get_if<Declined>(&*result);
    REQUIRE(declined != nullptr);
    REQUIRE(declined->reason);
    CHECK(declined->conclusive);
    CHECK(declined->reason->code == "odd_animation");
    if (!lean) return declined->reason->text;
  }
  return {};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr std::uint32_t side = 40;

std::vector<PngFrame> rgba_frames() {
  return {{side, side, 0, 0, 100, 0, 0, smooth_rows(4 * side, side, 0), 3},
          {20, 10, 5, 30, 50, 1, 1, smooth_rows(80, 10, 7), 4},
          {1, 1, 39, 39, 0, 2, 0, smooth_rows(4, 1, 9), 1},
          {30, 40, 10, 0, 65535, 0, 1, smooth_rows(120, 40, 3), 2}};
}

// The n-th chunk of that type.
PngChunk& nth(std::vector<PngChunk>& chunks, std::string_view type, std::size_t n) {
  for (PngChunk& chunk : chunks)
    if (chunk.type == type && n-- == 0) return chunk;
  FAIL("no such chunk");
  return chunks.front();
}

}  // namespace

TEST_CASE("apng: frames of any place, several chunks each, are compressed and numbered anew") {
  const Bytes out = made(png_of(apng_chunks(test::ihdr(side, side, 8, 6), {}, rgba_frames())));
  CHECK(test::chunk_names(out) == std::vector<std::string>{"IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT",
                                                           "fcTL", "fdAT", "fcTL", "fdAT", "IEND"});
}

TEST_CASE("apng: a static image that is no frame stays in front of the frames") {
  const Bytes hidden = smooth_rows(4 * side, side, 77);
  const Bytes out = made(png_of(apng_chunks(test::ihdr(side, side, 8, 6), {}, rgba_frames(), hidden)));
  const std::vector<std::string> names = test::chunk_names(out);
  REQUIRE(names.size() > 4);
  CHECK(names[2] == "IDAT");
  CHECK(names[3] == "fcTL");
}

TEST_CASE("apng: palettes, low depths, 16 bits and a single frame keep their layout") {
  const std::vector<PngChunk> palette = {{"PLTE", Bytes(48, 9)}, {"tRNS", Bytes(5, 100)}};
  const auto check = [](unsigned depth, unsigned color, std::size_t row, std::size_t part,
                        const std::vector<PngChunk>& before, Bytes first) {
    const Bytes out = made(png_of(apng_chunks(test::ihdr(side, side, depth, color), before,
                                              {{side, side, 0, 0, 100, 0, 0, std::move(first), 3},
                                               {side / 2, 8, 4, 4, 100, 0, 0, smooth_rows(part, 8, 1), 5}})));
    CHECK(out[24] == depth);
    CHECK(out[25] == color);
    static_cast<void>(row);
  };
  check(4, 3, side / 2, side / 4, palette, smooth_rows(side / 2, side, 0));
  check(16, 2, 6 * side, 3 * side, {}, smooth_rows(6 * side, side, 0));
  check(1, 0, 5, 3, {}, smooth_rows(5, side, 0));
  check(8, 4, 2 * side, side, {}, smooth_rows(2 * side, side, 0));
  static_cast<void>(
      made(png_of(apng_chunks(test::ihdr(side, side, 8, 2), {},
                              {{side, side, 0, 0, 100, 0, 0, smooth_rows(3 * side, side, 0), 9}}))));
}

TEST_CASE("apng: an interlaced one comes out without, frame by frame, and has no lean way") {
  const Image image = test::gradient(19, 23, ColorModel::rgb);
  const Bytes interlaced = test::interlaced_png_of(image);
  const std::vector<png::Chunk> still = chunks_of(interlaced);
  std::vector<PngChunk> chunks =
      apng_chunks(test::ihdr(19, 23, 8, 2, true), {}, {{19, 23, 0, 0, 1, 0, 0, Bytes(9), 1}});
  for (const png::Chunk& chunk : still)
    if (chunk.type == png::chunks::IDAT)
      nth(chunks, "IDAT", 0).data.assign(chunk.data.begin(), chunk.data.end());
  const Bytes file = png_of(chunks);
  const Attempt result = attempt(file);
  REQUIRE(result);
  const Bytes& out = std::get<Candidate>(*result).bytes;
  CHECK_FALSE(png_format.probe(out, {})->interlaced);
  CHECK(same_pixels(*png_format.decode(out, {}), image));
  CHECK(*png_format.same_picture(file, out, {}));
  CHECK_FALSE(attempt(file, true));
}

TEST_CASE("apng: metadata goes out by the policy, wherever it stood") {
  std::vector<PngChunk> chunks =
      apng_chunks(test::ihdr(side, side, 8, 6), {{"gAMA", {0, 0, 0xB1, 0x8F}}}, rgba_frames());
  chunks.insert(chunks.end() - 3, {"tEXt", test::text_bytes(std::string_view("a\0b", 3))});
  const Bytes out = made(png_of(chunks));
  const Result<Metadata> metadata = png_format.metadata(out, {});
  REQUIRE(metadata->items.size() == 1);
  CHECK(metadata->items[0].name == "gAMA");
  Options all;
  all.metadata.kinds.insert(MetadataKind::text);
  const Attempt kept = attempt(png_of(chunks), false, unbounded, all);
  CHECK(png_format.metadata(std::get<Candidate>(*kept).bytes, {})->items.size() == 2);
}

TEST_CASE("apng: a result of exactly the bound is returned, and a larger one declined without a reason") {
  const Bytes file = png_of(apng_chunks(test::ihdr(side, side, 8, 6), {}, rgba_frames()));
  for (const bool lean : {true, false}) {
    const Bytes whole = std::get<Candidate>(attempt(file, lean).value()).bytes;
    CHECK(std::get<Candidate>(attempt(file, lean, whole.size()).value()).bytes == whole);
    const Attempt below = attempt(file, lean, whole.size() - 1);
    CHECK_FALSE(std::get<Declined>(*below).reason);
  }
}

TEST_CASE("apng: lossy is lossless too, and says so") {
  Options options;
  options.fidelity = Fidelity::perceptual;
  const Bytes file = png_of(apng_chunks(test::ihdr(side, side, 8, 6), {}, rgba_frames()));
  const Result<Lineup> lineup = png_format.lineup(*png_format.probe(file, {}), options);
  REQUIRE(lineup);
  REQUIRE(lineup->note);
  CHECK(lineup->note->code == "animated");
  CHECK(lineup->recipes[0].fidelity == Fidelity::exact);
}

TEST_CASE("apng: what is odd is kept, with what is odd") {
  const auto good = apng_chunks(test::ihdr(side, side, 8, 6), {}, rgba_frames());
  static_cast<void>(made(png_of(good)));
  const auto changed = [&](std::string_view type, std::size_t n, std::size_t at, std::uint8_t value) {
    std::vector<PngChunk> chunks = good;
    nth(chunks, type, n).data.at(at) = value;
    return kept_because(chunks);
  };
  CHECK(has(changed("acTL", 0, 3, 3), "more frames"));
  CHECK(has(changed("acTL", 0, 3, 5), "4 frames where acTL says 5"));
  CHECK(has(changed("acTL", 0, 3, 0), "no frames"));
  CHECK(has(changed("fcTL", 0, 3, 1), "sequence number 1 where 0 must be"));
  CHECK(has(changed("fdAT", 2, 3, 77), "sequence number 77"));
  CHECK(has(changed("fcTL", 1, 15, 21), "outside"));    // x
  CHECK(has(changed("fcTL", 1, 16, 0xFF), "outside"));  // y near 2^32
  CHECK(has(changed("fcTL", 1, 7, 0), "outside"));      // no width
  CHECK(has(changed("fcTL", 0, 7, side - 1), "another size"));
  CHECK(has(changed("fcTL", 1, 24, 3), "dispose"));
  CHECK(has(changed("fcTL", 3, 25, 2), "blend"));
}

TEST_CASE("apng: chunks out of place or cut short are kept") {
  const auto good = apng_chunks(test::ihdr(side, side, 8, 6), {}, rgba_frames());
  const auto without = [&](std::string_view type, std::size_t n) {
    std::vector<PngChunk> chunks = good;
    const PngChunk* gone = &nth(chunks, type, n);
    chunks.erase(chunks.begin() + (gone - chunks.data()));
    return kept_because(chunks);
  };
  CHECK(has(without("fcTL", 0), "sequence number"));
  CHECK(has(without("fdAT", 0), "sequence number"));
  std::vector<PngChunk> chunks = good;
  nth(chunks, "fdAT", 1).data.resize(3);
  CHECK(has(kept_because(chunks), "damaged fdAT"));
  chunks = good;
  nth(chunks, "fcTL", 2).data.push_back(0);
  CHECK(has(kept_because(chunks), "damaged fcTL"));
  chunks = good;
  chunks.insert(chunks.end() - 1, {"PLTE", {1, 2, 3}});
  CHECK(has(kept_because(chunks), "PLTE behind"));
  chunks = good;
  chunks.insert(chunks.begin() + 2, chunks[1]);
  CHECK(has(kept_because(chunks), "two acTL"));
  chunks = good;
  nth(chunks, "fdAT", 1).data.at(9) ^= 0xFFU;  // the stream, with a good check sum
  CHECK(has(kept_because(chunks), "2. picture can't be decoded"));
}

TEST_CASE("apng: a static image that is damaged fails as a still one does") {
  auto chunks = apng_chunks(test::ihdr(side, side, 8, 6), {}, rgba_frames());
  nth(chunks, "IDAT", 1).data.at(5) ^= 0xFFU;
  CHECK(attempt(png_of(chunks)).error().code == ErrorCode::malformed);
}

TEST_CASE("apng: cutting or flipping bytes never crashes, and never makes another animation") {
  const Bytes good = png_of(apng_chunks(test::ihdr(side, side, 8, 6), {}, rgba_frames()));
  const auto check = [](const Bytes& file) {
    const Result<Probe> probe = png_format.probe(file, {});
    if (!probe || !probe->animated || !png_format.metadata(file, {})) return;
    const Attempt result = attempt(file);
    if (!result) return;
    if (const auto* candidate = std::get_if<Candidate>(&*result))
      CHECK(png_format.same_picture(file, candidate->bytes, {}).value_or(false));
  };
  for (std::size_t size = 0; size < good.size(); size += 7) check(Bytes(good.begin(), good.begin() + size));
  for (std::size_t at = 8; at < good.size(); at += 3) {
    Bytes file = good;
    file[at] ^= 1U << at % 8;
    check(file);
  }
}

TEST_CASE("same_picture: of animations every frame, place and delay counts, not the numbers of chunks") {
  const auto one = apng_chunks(test::ihdr(side, side, 8, 6), {}, rgba_frames());
  std::vector<PngFrame> frames = rgba_frames();
  frames[1].parts = 1;
  const auto same = [&](const std::vector<PngFrame>& other, const Bytes& hidden = {}) {
    return *png_format.same_picture(png_of(one),
                                    png_of(apng_chunks(test::ihdr(side, side, 8, 6), {}, other, hidden)), {});
  };
  CHECK(same(frames));
  const auto changed = [&](const auto& change) {
    std::vector<PngFrame> other = rgba_frames();
    change(other);
    return same(other);
  };
  CHECK_FALSE(changed([](auto& f) { f[2].delay_ms = 1; }));
  CHECK_FALSE(changed([](auto& f) { f[1].x = 4; }));
  CHECK_FALSE(changed([](auto& f) { f[1].dispose = 0; }));
  CHECK_FALSE(changed([](auto& f) { f[3].blend = 0; }));
  CHECK_FALSE(changed([](auto& f) { f[3].raw.back() ^= 1U; }));
  CHECK_FALSE(changed([](auto& f) { f.pop_back(); }));
  CHECK_FALSE(same(rgba_frames(), rgba_frames()[0].raw));
  CHECK_FALSE(
      *png_format.same_picture(png_of(one), png_of(test::gradient(side, side, ColorModel::rgba)), {}));
}

}  // namespace imgc
