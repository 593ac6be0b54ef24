#include "formats/png/animation.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace imgc::png {
namespace {

constexpr std::size_t acTL_bytes = 8;
constexpr std::size_t fcTL_bytes = 26;
constexpr std::size_t sequence_bytes = 4;

// Goes over the chunks in their order. What `take` returns is what is odd.
class Walk {
 public:
  explicit Walk(Animation& animation) : animation_(animation) {}

  std::optional<std::string> take(const Chunk& chunk) {
    if (chunk.type == chunks::acTL) return take_acTL(chunk);
    if (chunk.type == chunks::fcTL) return take_fcTL(chunk);
    if (chunk.type == chunks::IDAT) return take_IDAT(chunk);
    if (chunk.type == chunks::fdAT) return take_fdAT(chunk);
    inside_data_ = false;
    const bool shapes_pixels = !is_ancillary(chunk.type) || chunk.type == chunks::tRNS;
    if (shapes_pixels && !animation_.pictures.empty())
      return fmt::format("{} behind its pixels", name(chunk.type));
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::string> end() const {
    if (pending_) return "an fcTL without a frame";
    if (frames_ != announced_) return fmt::format("{} frames where acTL says {}", frames_, announced_);
    return std::nullopt;
  }

 private:
  std::optional<std::string> take_acTL(const Chunk& chunk) {
    if (!animation_.control.empty()) return "two acTL chunks";
    if (!animation_.pictures.empty()) return "acTL behind its pixels";
    if (!chunk.is_intact() || chunk.data.size() != acTL_bytes) return "a damaged acTL";
    animation_.control = chunk.data;
    announced_ = read_be32(chunk.data.data());
    return announced_ == 0 ? std::optional<std::string>("no frames") : std::nullopt;
  }

  std::optional<std::string> take_fcTL(const Chunk& chunk) {
    inside_data_ = false;
    if (!chunk.is_intact() || chunk.data.size() != fcTL_bytes) return "a damaged fcTL";
    if (pending_) return "an fcTL without a frame";
    if (auto wrong = count_sequence(chunk.data)) return wrong;
    // Before acTL there is nothing to hold their number against.
    if (animation_.control.empty() || frames_ == announced_) return "more frames than acTL says";
    if (auto wrong = check_place(chunk.data)) return wrong;
    ++frames_;
    pending_ = chunk.data;
    return std::nullopt;
  }

  // Section 11.3.6.2.
  [[nodiscard]] std::optional<std::string> check_place(ByteView control) const {
    const Ihdr& canvas = animation_.header.ihdr;
    const std::uint64_t width = read_be32(&control[4]);
    const std::uint64_t height = read_be32(&control[8]);
    const std::uint64_t x = read_be32(&control[12]);
    const std::uint64_t y = read_be32(&control[16]);
    if (width == 0 || height == 0 || x + width > canvas.width || y + height > canvas.height)
      return fmt::format("a frame of {}x{} at {},{}, outside its {}x{}", width, height, x, y, canvas.width,
                         canvas.height);
    if (animation_.pictures.empty() && (width != canvas.width || height != canvas.height))
      return "a static image that is a frame of another size";
    if (control[24] > 2 || control[25] > 1) return "a way to dispose or blend that does not exist";
    return std::nullopt;
  }

  // That IDAT chunks are whole and stand together has been checked.
  std::optional<std::string> take_IDAT(const Chunk& chunk) {
    if (animation_.pictures.empty()) {
      animation_.pictures.push_back({animation_.header.ihdr, pending_.value_or(ByteView{}), {}});
      pending_.reset();
    }
    animation_.pictures.front().data.push_back(chunk.data);
    return std::nullopt;
  }

  std::optional<std::string> take_fdAT(const Chunk& chunk) {
    if (!chunk.is_intact() || chunk.data.size() < sequence_bytes) return "a damaged fdAT";
    if (auto wrong = count_sequence(chunk.data)) return wrong;
    if (animation_.pictures.empty()) return "fdAT before the static image";
    if (pending_) {
      Ihdr ihdr = animation_.header.ihdr;
      ihdr.width = read_be32(&(*pending_)[4]);
      ihdr.height = read_be32(&(*pending_)[8]);
      animation_.pictures.push_back({ihdr, *pending_, {}});
      pending_.reset();
    } else if (!inside_data_) {
      return "fdAT without an fcTL";
    }
    inside_data_ = true;
    animation_.pictures.back().data.push_back(chunk.data.subspan(sequence_bytes));
    return std::nullopt;
  }

  std::optional<std::string> count_sequence(ByteView data) {
    const std::uint32_t found = read_be32(data.data());
    if (found == sequence_++) return std::nullopt;
    return fmt::format("sequence number {} where {} must be", found, sequence_ - 1);
  }

  Animation& animation_;
  std::uint32_t announced_ = 0;
  std::uint32_t frames_ = 0;
  std::uint32_t sequence_ = 0;
  std::optional<ByteView> pending_;  // an fcTL whose frame has not begun
  bool inside_data_ = false;         // between the fdAT chunks of a frame
};

Reason odd(const std::string& what) {
  return {"odd_animation", "its animation has " + what + ", so it was left as it is"};
}

}  // namespace

std::uint64_t Picture::bytes() const {
  std::uint64_t sum = 0;
  for (const ByteView part : data) sum += part.size();
  return sum;
}

Result<std::variant<Animation, Reason>> read_animation(ByteView file, const Limits& limits) {
  const Result<Still> still = find_still(file, limits);
  if (!still) return tl::unexpected(still.error());
  Animation animation;
  animation.header = still->header;
  Walk walk(animation);
  ChunkReader reader(file, limits);
  for (Result<Chunk> chunk = reader.next();; chunk = reader.next()) {
    if (!chunk) return tl::unexpected(std::move(chunk.error()));
    if (chunk->type == chunks::IEND) break;
    if (auto what = walk.take(*chunk)) return odd(*what);
  }
  if (auto what = walk.end()) return odd(*what);
  return animation;
}

Bytes renumbered(ByteView control, std::uint32_t sequence) {
  Bytes data;
  append_be32(data, sequence);
  data.insert(data.end(), control.begin() + sequence_bytes, control.end());
  return data;
}

StandAlone::StandAlone(const Header& header, const Picture& picture) {
  Bytes payload;
  append_be32(payload, picture.ihdr.width);
  append_be32(payload, picture.ihdr.height);
  const ByteView rest = header.ihdr_chunk.data.subspan(payload.size());
  payload.insert(payload.end(), rest.begin(), rest.end());
  append_chunk(ihdr_, chunks::IHDR, payload);
  pixels_.reserve(picture.bytes() + picture.data.size() * chunk_overhead);
  for (const ByteView part : picture.data) append_chunk(pixels_, chunks::IDAT, part);
  still_.header = header;
  still_.header.ihdr = picture.ihdr;
  still_.header.ihdr_chunk = {chunks::IHDR, ByteView(ihdr_).subspan(8, payload.size()), ihdr_};
  still_.pixels = pixels_;
}

}  // namespace imgc::png
