#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <libdeflate.h>
#include <png.h>

#include "formats/png/chunks.h"
#include "formats/png/decode.h"
#include "formats/png/header.h"
#include "formats/png/lineup.h"
#include "formats/png/metadata.h"
#include "formats/png/png.h"
#include "formats/png/quantise.h"

namespace imgc {
namespace {

constexpr std::array<std::string_view, 1> extensions = {"png"};

std::string library_version() {
  const std::string quantiser =
      png::quantiser_version() ? ", libimagequant " + *png::quantiser_version() : std::string();
  return fmt::format("libpng {}, libdeflate {}{}", png_get_libpng_ver(nullptr), LIBDEFLATE_VERSION_STRING,
                     quantiser);
}

}  // namespace

const Format png_format = {
    .name = "png",
    .extensions = extensions,
    .library = png::quantiser_in_build,
    .library_version = library_version,
    .holds_alpha = true,
    .sniff = png::has_signature,
    .probe = png::probe,
    .metadata = png::read_metadata,
    .decode = png::decode,
    .segments = png::segments,
    .lineup = png::lineup,
};

}  // namespace imgc
