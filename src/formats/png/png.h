#pragma once

#include "formats/format.h"

namespace imgc {

extern const Format png_format;

}  // namespace imgc
