#include <cstdio>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/inspection.h"
#include "cli/output.h"
#include "store/local.h"
#include "store/stream.h"

namespace imgc {
namespace {

Result<Inspection> inspect_one(Store& store, const std::string& file, const Limits& limits) {
  Result<Blob> blob = store.read(file, limits.memory);
  if (!blob) return tl::unexpected(std::move(blob.error()));
  return inspect_image(file, blob->bytes, limits);
}

Json error_json(const std::string& file, const Error& error) {
  Json json = Json::object();
  put_name(json, "file", file);
  json["error"] = {{"code", name(error.code)}, {"message", replace_invalid_utf8(error.message)}};
  return json;
}

}  // namespace

int inspect(const std::vector<std::string>& files, bool json, const Limits& limits) {
  LocalStore local({.remove_litter = false});
  StreamStore store(local, limits.memory);
  int exit_code = exit_done;
  bool first = true;
  for (const std::string& file : files) {
    const Result<Inspection> inspection = inspect_one(store, file, limits);
    std::string text;
    if (inspection) {
      text = json ? compact(inspection_json(file, *inspection)) + '\n' : inspection_text(file, *inspection);
      // A blank line parts what people read.
      if (!json && !std::exchange(first, false)) text.insert(0, 1, '\n');
    } else {
      fmt::print(stderr, "imgc: {}: {}\n", printable(file), printable(inspection.error().message));
      exit_code = exit_some_failed;
      if (json) text = compact(error_json(file, inspection.error())) + '\n';
    }
    if (print_output(text) != exit_done) return exit_some_failed;
  }
  return exit_code;
}

}  // namespace imgc
