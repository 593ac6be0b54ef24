// same-pixels A B: prints "same" when both files decode to the same pixels, else what differs.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "formats/format.h"
#include "image/convert.h"

namespace {

imgc::Result<imgc::Image> load(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const imgc::Bytes bytes(std::istreambuf_iterator<char>(file), {});
  const imgc::Format* format = imgc::sniff(bytes);
  if (format == nullptr) return imgc::fail(imgc::ErrorCode::malformed, "not an image");
  return format->decode(bytes, imgc::Limits{});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto a = load(argv[1]);
  const auto b = load(argv[2]);
  if (!a || !b) return std::puts("can't decode"), 2;
  const bool same = imgc::same_pixels(*a, *b);
  std::puts(same ? "same" : "different");
  return same ? 0 : 1;
}
