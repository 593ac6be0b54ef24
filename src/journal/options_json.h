// Options as JSON, for the report and as what a result of an earlier run was made with.
#pragma once

#include "imgc/options.h"

#include "base/json.h"

namespace imgc {

// Every field, under the names of the long options.
Json to_json(const Options& options);

}  // namespace imgc
