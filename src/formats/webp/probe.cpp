#include "formats/webp/probe.h"

#include <algorithm>

#include <fmt/format.h>

#include "formats/webp/metadata.h"
#include "formats/webp/vp8_quality.h"
#include "formats/webp/webp.h"

namespace imgc::webp {
namespace {

tl::unexpected<Error> cut_off() {
  return fail(ErrorCode::truncated, "the file ends within its header");
}

// Whether the bytes could be the beginning of a WebP.
bool may_begin_webp(ByteView file) {
  constexpr std::string_view riff = "RIFF";
  constexpr std::string_view webp = "WEBP";
  for (std::size_t i = 0; i < std::min<std::size_t>(file.size(), file_header_bytes); ++i) {
    if (i < 4 && file[i] != static_cast<std::uint8_t>(riff[i])) return false;
    if (i >= 8 && file[i] != static_cast<std::uint8_t>(webp[i - 8])) return false;
  }
  return true;
}

std::optional<Reason> untouchable(const Container& container) {
  if (container.animated)
    return Reason{"animated", container.frames > 1 && container.whole
                                  ? fmt::format("an animation of {} frames", container.frames)
                                  : "an animation"};
  if (container.trailing_data)
    return Reason{"trailing_data", "it has data behind the image that would be lost"};
  return ambiguity(container);
}

Result<void> describe(const Container& container, Probe& probe) {
  const Bitstream& bitstream = *container.bitstream;
  if (bitstream.has_alpha) probe.model = ColorModel::rgba;
  if (bitstream.lossless()) {
    probe.encoding = "lossless";
    return {};
  }
  probe.lossy = true;
  probe.encoding = bitstream.alpha ? "lossy, alpha" : "lossy";
  if (const auto quantisers = read_quantisers(bitstream.image)) {
    probe.quality = estimate_quality(*quantisers);
  } else if (!container.bitstream_is_whole) {
    return cut_off();
  }
  return {};
}

}  // namespace

Result<void> check_pixels(const Container& container, const Limits& limits) {
  if (std::uint64_t{container.width} * container.height <= limits.max_pixels) return {};
  return fail(
      ErrorCode::limit,
      fmt::format("{}x{} is {} pixels, over the limit of {}; raise it with --max-pixels", container.width,
                  container.height, std::uint64_t{container.width} * container.height, limits.max_pixels));
}

Result<Probe> probe(ByteView file, const Limits& limits) {
  if (file.size() < file_header_bytes && may_begin_webp(file)) return cut_off();
  const Result<Container> container = walk(file);
  if (!container) return tl::unexpected(container.error());
  if (auto few = check_pixels(*container, limits); !few) return tl::unexpected(std::move(few.error()));

  Probe probe;
  probe.format = &webp_format;
  probe.width = container->width;
  probe.height = container->height;
  probe.untouchable = untouchable(*container);
  probe.orientation = orientation(*container);
  if (container->animated) {
    if ((container->announced & flags::alpha) != 0) probe.model = ColorModel::rgba;
    probe.animated = true;
    probe.encoding = "animated";
    probe.lossy = container->lossy_frames;
    probe.frames = std::max(1U, container->frames);
    return probe;
  }
  if (!container->bitstream) {
    if (container->whole) return fail(ErrorCode::malformed, "it has no image in it");
    return cut_off();
  }
  if (auto described = describe(*container, probe); !described)
    return tl::unexpected(std::move(described.error()));
  return probe;
}

}  // namespace imgc::webp
