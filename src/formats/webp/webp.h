#pragma once

#include "formats/format.h"

namespace imgc {

extern const Format webp_format;

}  // namespace imgc
