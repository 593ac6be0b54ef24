// The run's report as JSON. Field names and units are those of man/imgc-report.5 and are bound to
// `report_schema`: a reader of schema 1 may rely on every field that schema 1 has.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgc/engine.h"
#include "imgc/options.h"
#include "imgc/report.h"

#include "base/json.h"
#include "base/json_writer.h"

namespace imgc {

inline constexpr int report_schema = 1;

struct LibraryVersion {
  std::string name;  // "libpng"
  std::string version;

  bool operator==(const LibraryVersion&) const = default;
};

// What the user gave that is neither an Option nor a RunOption. Empty text: not given.
struct Invocation {
  std::vector<std::string> inputs;
  std::string output;
  std::string files_from;
  std::string files0_from;
  std::string manifest;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  std::optional<bool> follow;  // symbolic links inside directories
  std::string on_collision;    // "refuse" or "suffix"
  std::string durability;      // "none", "batch" or "each"
  bool dry_run = false;
  bool check = false;
  std::string shard;  // "2-of-4"
  unsigned retries = 0;
};

// All that is known before the first file.
struct RunHeader {
  std::chrono::system_clock::time_point started;
  Invocation invocation;
  Options options;
  RunOptions run;
  unsigned cpus = 1;    // that this process may use
  std::string sandbox;  // what keeps the process to its files; empty for nothing
  // "oneTBB 2021.8": those that this layer does not see.
  std::vector<std::string> more_libraries;
};

// The libraries that read and write the formats, then `more`, whose names end at the last space; each name
// once.
std::vector<LibraryVersion> library_versions(const std::vector<std::string>& more = {});

// The members of the document before "files": schema, imgc, started, options and machine.
Json to_json(const RunHeader& header);
Json to_json(const Summary& summary);
// The members of an element of "files".
void put_members(JsonWriter& json, const Record& record);

// Times in UTC as RFC 3339 writes them, with milliseconds: "2026-01-31T09:05:00.250Z".
std::string rfc3339(std::chrono::system_clock::time_point time);

}  // namespace imgc
