// Options as JSON, for the report and as what a result of an earlier run was made with.
#pragma once

#include <nlohmann/json.hpp>

#include "imgc/options.h"

namespace imgc {

// Keeps the order of insertion, so that a report reads from the general to the particular.
using Json = nlohmann::ordered_json;

// Every field, under the names of the long options.
Json to_json(const Options& options);

}  // namespace imgc
