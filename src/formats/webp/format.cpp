#include <array>

#include <fmt/format.h>
#include <webp/decode.h>

#include "formats/webp/decode.h"
#include "formats/webp/lineup.h"
#include "formats/webp/metadata.h"
#include "formats/webp/probe.h"
#include "formats/webp/riff.h"
#include "formats/webp/webp.h"

namespace imgc {
namespace {

constexpr std::array<std::string_view, 1> extensions = {"webp"};

std::string library_version() {
  const auto version = static_cast<unsigned>(WebPGetDecoderVersion());
  return fmt::format("{}.{}.{}", version >> 16U & 0xFFU, version >> 8U & 0xFFU, version & 0xFFU);
}

Result<Metadata> metadata(ByteView file, const Limits& /*limits*/) {
  const Result<webp::Container> container = webp::walk(file);
  if (!container) return tl::unexpected(container.error());
  if (!container->whole) return fail(ErrorCode::truncated, "the file ends before its metadata may");
  return webp::read_metadata(*container);
}

}  // namespace

const Format webp_format = {
    .name = "webp",
    .extensions = extensions,
    .library = "libwebp",
    .library_version = library_version,
    .holds_alpha = true,
    .codes_photographs = true,
    .sniff = webp::has_signature,
    .probe = webp::probe,
    .metadata = metadata,
    .decode = webp::decode,
    .decoding_bytes = webp::decoding_bytes,
    .segments = webp::segments,
    .lineup = webp::lineup,
};

}  // namespace imgc
