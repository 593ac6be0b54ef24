#include "journal/made_with.h"

#include <string>

#include <xxhash.h>

#include "journal/options_json.h"
#include "journal/report_json.h"

namespace imgc {
namespace {

// Raised when the same version makes other bytes than before.
constexpr int epoch = 1;

}  // namespace

std::uint64_t made_with(const Options& options) {
  Json json = to_json(options);
  // Whether to write, and beside which copy; how much memory there is differs from machine to machine.
  for (const char* field : {"overwrite", "in_place", "backup", "break_hardlinks", "score", "limits"})
    json.erase(field);
  json["epoch"] = epoch;
  json["imgc"] = IMGC_VERSION;
  for (const LibraryVersion& library : library_versions()) json[library.name] = library.version;
  const std::string text = compact(json);
  return XXH3_64bits(text.data(), text.size());
}

}  // namespace imgc
