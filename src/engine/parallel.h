#pragma once

#include "base/for_each.h"

namespace imgc {

// On the threads of the calling thread's task arena. Isolated: without that a thread that waits for the
// others would take up another whole image and stack it on this one.
ForEach in_parallel();

}  // namespace imgc
