#include <array>
#include <string>
#include <string_view>

#include <png.h>

#include "formats/png/chunks.h"
#include "formats/png/decode.h"
#include "formats/png/header.h"
#include "formats/png/lean.h"
#include "formats/png/lineup.h"
#include "formats/png/metadata.h"
#include "formats/png/png.h"
#include "formats/png/same_picture.h"

namespace imgc {
namespace {

constexpr std::array<std::string_view, 1> extensions = {"png"};

std::string library_version() {
  return png_get_libpng_ver(nullptr);
}

}  // namespace

const Format png_format = {
    .name = "png",
    .extensions = extensions,
    .library = "libpng",
    .library_version = library_version,
    .holds_alpha = true,
    .rounds = true,
    .codes_photographs = false,
    .sniff = png::has_signature,
    .probe = png::probe,
    .metadata = png::read_metadata,
    .decode = png::decode,
    .segments = png::segments,
    .lineup = png::lineup,
    .scouts = png::scouts,
    .lean_lineup = png::lean_lineup,
    .same_picture = png::same_picture,
};

}  // namespace imgc
