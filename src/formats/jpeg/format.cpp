#include <array>
#include <string>
#include <string_view>

#include "formats/jpeg/codec.h"
#include "formats/jpeg/decode.h"
#include "formats/jpeg/header.h"
#include "formats/jpeg/jpeg.h"
#include "formats/jpeg/lineup.h"
#include "formats/jpeg/markers.h"
#include "formats/jpeg/metadata.h"
#include "formats/jpeg/turn.h"

namespace imgc {
namespace {

constexpr std::array<std::string_view, 5> extensions = {"jpg", "jpeg", "jpe", "jfif", "jif"};

#define IMGC_TEXT_OF(token) #token
#define IMGC_TEXT(macro) IMGC_TEXT_OF(macro)
// libjpeg-turbo's own version can only be asked for when compiling.
std::string library_version() {
  return IMGC_TEXT(LIBJPEG_TURBO_VERSION);
}
#undef IMGC_TEXT
#undef IMGC_TEXT_OF

bool sniff_jpeg(ByteView bytes) {
  return jpeg::starts_with(bytes, "\xFF\xD8\xFF");
}

Result<Metadata> metadata(ByteView bytes, const Limits& /*limits*/) {
  return jpeg::read_metadata(bytes);
}

}  // namespace

const Format jpeg_format = {
    .name = "jpeg",
    .extensions = extensions,
    .library = "libjpeg-turbo",
    .library_version = library_version,
    .holds_alpha = false,
    .codes_photographs = true,
    .sniff = sniff_jpeg,
    .probe = jpeg::probe,
    .metadata = metadata,
    .decode = jpeg::decode,
    .decoding_bytes = jpeg::decoding_bytes,
    .read_strips = jpeg::read_strips,
    .segments = jpeg::list_segments,
    .turn_file = jpeg::turn_file,
    .turning_bytes = jpeg::turning_bytes,
    .lineup = jpeg::lineup,
};

}  // namespace imgc
