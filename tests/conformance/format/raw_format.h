// A format for tests that stores any Image as it is. It is in no registry: to every format it is a foreign
// source, so it brings any pixels and metadata to a format's recipes without another codec.
#pragma once

#include <cstring>
#include <utility>

#include "imgc/image.h"

#include "formats/format.h"

namespace imgc::test {

struct RawHeader {
  std::uint32_t width;
  std::uint32_t height;
  std::uint32_t model;
  std::uint32_t depth;
};

inline Bytes raw_bytes(const Image& image) {
  const RawHeader header{image.width, image.height, static_cast<std::uint32_t>(image.model), image.depth};
  Bytes bytes(sizeof header);
  std::memcpy(bytes.data(), &header, sizeof header);
  bytes.insert(bytes.end(), image.pixels.begin(), image.pixels.end());
  return bytes;
}

inline Image raw_image(ByteView bytes) {
  RawHeader header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  const ByteView pixels = bytes.subspan(sizeof header);
  return {header.width, header.height, static_cast<ColorModel>(header.model), header.depth,
          Bytes(pixels.begin(), pixels.end())};
}

inline const Format raw_format = {
    .name = "raw",
    .extensions = {},
    .library = "none",
    .library_version = [] { return std::string("1"); },
    .holds_alpha = true,
    .sniff = [](ByteView) { return false; },
    .probe = [](ByteView, const Limits&) -> Result<Probe> {
      return fail(ErrorCode::unsupported, "raw has no header to probe");
    },
    .metadata = [](ByteView, const Limits&) -> Result<Metadata> { return Metadata{}; },
    .decode = [](ByteView bytes, const Limits&) -> Result<Image> { return raw_image(bytes); },
    .segments = [](ByteView) { return std::vector<Segment>(); },
    .lineup = [](const Probe&, const Options&) -> Result<Lineup> {
      return fail(ErrorCode::unsupported, "raw is not written");
    },
};

inline Probe raw_probe(const Image& image) {
  Probe probe;
  probe.format = &raw_format;
  probe.width = image.width;
  probe.height = image.height;
  probe.depth = image.depth;
  probe.model = image.model;
  probe.encoding = "raw";
  return probe;
}

// A subject and the bytes it looks at. Not to be moved, so made in place.
class RawSubject {
 public:
  explicit RawSubject(const Image& image, Metadata outgoing = {})
      : bytes_(raw_bytes(image)), subject_(bytes_, raw_probe(image), std::move(outgoing), Limits{}) {}

  [[nodiscard]] const Subject& operator*() const { return subject_; }
  [[nodiscard]] const Subject* operator->() const { return &subject_; }

 private:
  Bytes bytes_;
  Subject subject_;
};

}  // namespace imgc::test
