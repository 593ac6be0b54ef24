#pragma once

#include "formats/format.h"

namespace imgc {

extern const Format jpeg_format;

}  // namespace imgc
