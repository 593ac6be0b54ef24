#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>

#include "formats/format.h"

namespace imgc {

struct Subject::Decoded {
  std::once_flag once;
  std::atomic<bool> begun = false;
  Result<Image> image = Image{};
  double milliseconds = 0;
};

Subject::Subject(ByteView bytes, Probe probe, Metadata outgoing, const Limits& limits, Turn turn)
    : bytes_(bytes),
      probe_(turn.is_none() ? std::move(probe) : turned(std::move(probe), turn)),
      outgoing_(std::move(outgoing)),
      limits_(limits),
      turn_(turn),
      decoded_(std::make_unique<Decoded>()) {}

Subject::~Subject() = default;

const Result<Image>& Subject::pixels() const {
  std::call_once(decoded_->once, [this] {
    decoded_->begun = true;
    const auto start = std::chrono::steady_clock::now();
    decoded_->image = probe_.format->decode(bytes_, limits_);
    if (decoded_->image && !turn_.is_none()) decoded_->image = turned(*decoded_->image, turn_);
    decoded_->milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  });
  return decoded_->image;
}

Probe turned(Probe probe, Turn turn) {
  if (turn.transposed) std::swap(probe.width, probe.height);
  probe.turned = true;
  return probe;
}

bool is_coded_as(const Probe& probe, const Format& format) {
  return probe.format == &format && !probe.turned;
}

bool Subject::is_decoded() const {
  return decoded_->begun;
}

double Subject::decode_ms() const {
  return decoded_->milliseconds;
}

}  // namespace imgc
