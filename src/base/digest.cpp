#include "imgc/digest.h"

#include <xxhash.h>

namespace imgc {

Digest digest_of(ByteView bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

}  // namespace imgc
