// Whatever the near-optimal encoder makes, zlib inflates to the same bytes.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <zlib.h>

#include "deflate/deflate.h"

namespace {

[[noreturn]] void broken(const char* what) {
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imgc;
  if (size < 1) return 0;
  const ByteView bytes(data + 1, size - 1);
  const unsigned choice = data[0];
  const unsigned rounds = choice / 64U;
  const deflate::Settings settings = {{1U + choice % 64U, choice % 2 == 0 ? 16U : 258U},
                                      1U + choice % 3U,
                                      4,
                                      1U + rounds,
                                      rounds == 1 ? 64000U : 0U,
                                      rounds == 3};
  const std::optional<Bytes> stream = deflate::compress(bytes, settings, ~std::size_t{0});
  if (!stream) broken("no stream without a bound");
  Bytes back(bytes.size() + 1);
  uLongf length = back.size();
  if (uncompress(back.data(), &length, stream->data(), stream->size()) != Z_OK)
    broken("zlib does not inflate it");
  back.resize(length);
  if (!std::equal(back.begin(), back.end(), bytes.begin(), bytes.end())) broken("other bytes");
  if (!deflate::compress(bytes, settings, stream->size())) broken("gives up at its own size");
  if (deflate::compress(bytes, settings, stream->size() - 1)) broken("longer than its bound");
  return 0;
}
