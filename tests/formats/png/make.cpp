#include "formats/png/make.h"

#include <algorithm>
#include <array>
#include <limits>

#include <doctest/doctest.h>

#include "formats/png/chunks.h"
#include "formats/png/encode.h"
#include "formats/png/png.h"
#include "image/metadata_policy.h"

namespace imgc::test {
namespace {

unsigned color_type(ColorModel model) {
  switch (model) {
    case ColorModel::gray:
      return 0;
    case ColorModel::rgb:
      return 2;
    case ColorModel::gray_alpha:
      return 4;
    case ColorModel::rgba:
    case ColorModel::cmyk:
      break;
  }
  return 6;
}

}  // namespace

Bytes text_bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

Bytes ihdr(std::uint32_t width, std::uint32_t height, unsigned depth, unsigned color, bool interlaced) {
  Bytes data;
  png::append_be32(data, width);
  png::append_be32(data, height);
  for (const unsigned value : {depth, color, 0U, 0U, interlaced ? 1U : 0U})
    data.push_back(static_cast<std::uint8_t>(value));
  return data;
}

Bytes zlib(ByteView raw) {
  return *png::compress(raw, 6, std::numeric_limits<std::size_t>::max() / 2);
}

std::vector<PngChunk> apng_chunks(Bytes ihdr_data, const std::vector<PngChunk>& before,
                                  const std::vector<PngFrame>& frames, const Bytes& hidden) {
  std::vector<PngChunk> chunks = {{"IHDR", std::move(ihdr_data)}};
  chunks.insert(chunks.end(), before.begin(), before.end());
  Bytes control;
  png::append_be32(control, static_cast<std::uint32_t>(frames.size()));
  png::append_be32(control, 3);  // plays
  chunks.push_back({"acTL", control});
  if (!hidden.empty()) chunks.push_back({"IDAT", zlib(hidden)});
  std::uint32_t sequence = 0;
  for (const PngFrame& frame : frames) {
    Bytes data;
    for (const std::uint32_t value : {sequence++, frame.width, frame.height, frame.x, frame.y})
      png::append_be32(data, value);
    for (const unsigned value : {frame.delay_ms >> 8U, frame.delay_ms & 0xFFU, 1000U >> 8U, 1000U & 0xFFU,
                                 frame.dispose, frame.blend})
      data.push_back(static_cast<std::uint8_t>(value));
    chunks.push_back({"fcTL", data});
    const bool is_static = hidden.empty() && sequence == 1;
    const Bytes stream = zlib(frame.raw);
    const std::size_t part = (stream.size() + frame.parts - 1) / frame.parts;
    for (std::size_t at = 0; at < stream.size(); at += part) {
      Bytes piece;
      if (!is_static) png::append_be32(piece, sequence++);
      const ByteView rest = ByteView(stream).subspan(at, std::min(part, stream.size() - at));
      piece.insert(piece.end(), rest.begin(), rest.end());
      chunks.push_back({is_static ? "IDAT" : "fdAT", piece});
    }
  }
  chunks.push_back({"IEND", {}});
  return chunks;
}

Bytes smooth_rows(std::size_t row_bytes, std::uint32_t height, unsigned seed) {
  Bytes rows;
  for (std::uint32_t y = 0; y < height; ++y) {
    rows.push_back(0);
    for (std::size_t x = 0; x < row_bytes; ++x)
      rows.push_back(static_cast<std::uint8_t>((x * 3 + std::size_t{y} * 5 + seed) & 0xFFU));
  }
  return rows;
}

Bytes png_of(const std::vector<PngChunk>& chunks) {
  const ByteView magic = png::signature();
  Bytes file(magic.begin(), magic.end());
  for (const PngChunk& chunk : chunks) png::append_chunk(file, png::chunk_type(chunk.type), chunk.data);
  return file;
}

Bytes png_of(Bytes ihdr_data, const std::vector<PngChunk>& before, ByteView raw,
             const std::vector<PngChunk>& after) {
  std::vector<PngChunk> chunks = {{"IHDR", std::move(ihdr_data)}};
  chunks.insert(chunks.end(), before.begin(), before.end());
  chunks.push_back({"IDAT", zlib(raw)});
  chunks.insert(chunks.end(), after.begin(), after.end());
  chunks.push_back({"IEND", {}});
  return png_of(chunks);
}

Bytes png_of(const Image& image, const std::vector<PngChunk>& before, const std::vector<PngChunk>& after) {
  Bytes raw;
  for (std::uint32_t y = 0; y < image.height; ++y) {
    raw.push_back(0);
    const std::uint8_t* row = image.row(y);
    if (image.depth == 8) {
      raw.insert(raw.end(), row, row + image.row_bytes());
      continue;
    }
    for (std::size_t i = 0; i < image.row_bytes(); i += 2) {
      const auto* sample = reinterpret_cast<const std::uint16_t*>(row + i);
      raw.push_back(static_cast<std::uint8_t>(*sample >> 8U));
      raw.push_back(static_cast<std::uint8_t>(*sample & 0xFFU));
    }
  }
  return png_of(ihdr(image.width, image.height, image.depth, color_type(image.model)), before, raw, after);
}

Bytes interlaced_png_of(const Image& image) {
  constexpr std::array<std::array<std::uint32_t, 4>, 7> passes = {
      {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};
  Bytes raw;
  for (const auto& [x0, y0, step_x, step_y] : passes) {
    if (x0 >= image.width) continue;
    for (std::uint32_t y = y0; y < image.height; y += step_y) {
      raw.push_back(0);
      for (std::uint32_t x = x0; x < image.width; x += step_x)
        raw.insert(raw.end(), image.row(y) + std::size_t{3} * x, image.row(y) + std::size_t{3} * x + 3);
    }
  }
  return png_of(ihdr(image.width, image.height, 8, 2, true), {}, raw);
}

std::vector<Made> run_all(ByteView file, const Options& options) {
  const Result<Probe> probe = png_format.probe(file, options.limits);
  REQUIRE(probe);
  const Result<Metadata> metadata = png_format.metadata(file, options.limits);
  REQUIRE(metadata);
  const Subject subject(file, *probe, apply(options.metadata, *metadata), options.limits);
  const Result<Lineup> lineup = png_format.lineup(*probe, options);
  REQUIRE(lineup);
  std::vector<Made> made;
  for (const Recipe& recipe : lineup->recipes) {
    if (recipe.estimate) {
      const Estimate estimate = recipe.estimate(subject);
      REQUIRE(estimate);
      if (std::holds_alternative<Declined>(*estimate)) continue;
    }
    const Attempt attempt = recipe.run(subject, std::numeric_limits<std::size_t>::max());
    REQUIRE(attempt);
    if (const auto* candidate = std::get_if<Candidate>(&*attempt))
      made.push_back({recipe.name, recipe.fidelity, *candidate});
  }
  return made;
}

Made smallest(const std::vector<Made>& made) {
  REQUIRE(!made.empty());
  return *std::ranges::min_element(made, {}, [](const Made& one) { return one.candidate.bytes.size(); });
}

std::vector<std::string> chunk_names(ByteView file) {
  std::vector<std::string> names;
  for (const Segment& segment : png::segments(file)) names.push_back(segment.name);
  return names;
}

std::vector<png::Color> some_colors(std::size_t count, bool translucent, std::uint32_t state) {
  std::vector<png::Color> colors;
  const auto next = [&] {
    state = state * 1664525 + 1013904223;
    return static_cast<std::uint8_t>(state >> 24U);
  };
  while (colors.size() < count) {
    png::Color color = {next(), next(), next(), 255};
    if (translucent) color[3] = next();
    colors.push_back(color);
  }
  return colors;
}

}  // namespace imgc::test
