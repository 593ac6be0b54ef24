// WebP files for tests, made through libwebp and the writer under test.
#pragma once

#include <limits>

#include <doctest/doctest.h>

#include "imgc/bytes.h"
#include "imgc/image.h"

#include "formats/webp/encode.h"
#include "formats/webp/riff.h"

namespace imgc::test {

inline constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

inline Bytes taken(Result<std::optional<Bytes>> encoded) {
  REQUIRE(encoded.has_value());
  REQUIRE(encoded->has_value());
  return **std::move(encoded);
}

inline Bytes lossless_webp(const Image& image) {
  return taken(webp::encode(image, webp::Lossless{Effort::fast}, unbounded));
}

inline Bytes lossy_webp(const Image& image, int quality, Effort effort = Effort::fast) {
  return taken(webp::encode(image, webp::Lossy{quality, effort}, unbounded));
}

// The same image with `extras` beside it.
inline Bytes with_extras(const Bytes& file, const webp::Extras& extras) {
  const auto container = webp::walk(file);
  REQUIRE(container.has_value());
  REQUIRE(container->bitstream.has_value());
  auto made = webp::assemble(*container->bitstream, extras, unbounded);
  REQUIRE(made.has_value());
  return *std::move(made);
}

// A file of those chunks, as they are; the sizes fit.
inline Bytes riff_of(const std::vector<std::pair<std::string_view, Bytes>>& chunks) {
  const auto put = [](Bytes& out, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8U * i)));
  };
  Bytes body = {'W', 'E', 'B', 'P'};
  for (const auto& [name, data] : chunks) {
    body.insert(body.end(), name.begin(), name.end());
    put(body, static_cast<std::uint32_t>(data.size()));
    body.insert(body.end(), data.begin(), data.end());
    if (data.size() % 2 != 0) body.push_back(0);
  }
  Bytes file = {'R', 'I', 'F', 'F'};
  put(file, static_cast<std::uint32_t>(body.size()));
  file.insert(file.end(), body.begin(), body.end());
  return file;
}

// VP8X's payload.
inline Bytes vp8x(std::uint8_t flags, std::uint32_t width, std::uint32_t height) {
  const auto byte = [](std::uint32_t value, unsigned index) {
    return static_cast<std::uint8_t>(value >> (8U * index));
  };
  return {flags,
          0,
          0,
          0,
          byte(width - 1, 0),
          byte(width - 1, 1),
          byte(width - 1, 2),
          byte(height - 1, 0),
          byte(height - 1, 1),
          byte(height - 1, 2)};
}

inline Bytes payload(const Bytes& file) {
  const auto container = webp::walk(file);
  REQUIRE(container.has_value());
  REQUIRE(container->bitstream.has_value());
  const ByteView image = container->bitstream->image;
  return Bytes(image.begin(), image.end());
}

}  // namespace imgc::test
