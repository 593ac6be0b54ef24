#include <chrono>
#include <mutex>
#include <utility>

#include "formats/format.h"

namespace imgc {

struct Subject::Decoded {
  std::once_flag once;
  Result<Image> image = Image{};
  double milliseconds = 0;
};

Subject::Subject(ByteView bytes, Probe probe, Metadata outgoing, const Limits& limits)
    : bytes_(bytes),
      probe_(std::move(probe)),
      outgoing_(std::move(outgoing)),
      limits_(limits),
      decoded_(std::make_unique<Decoded>()) {}

Subject::~Subject() = default;

const Result<Image>& Subject::pixels() const {
  std::call_once(decoded_->once, [this] {
    const auto start = std::chrono::steady_clock::now();
    decoded_->image = probe_.format->decode(bytes_, limits_);
    decoded_->milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  });
  return decoded_->image;
}

double Subject::decode_ms() const {
  return decoded_->milliseconds;
}

}  // namespace imgc
