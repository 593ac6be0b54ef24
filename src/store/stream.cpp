#include "store/stream.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/fd.h"

namespace imgc {
namespace {

constexpr std::string_view stream = "-";

Blob first_bytes(const Bytes& all, std::size_t count) {
  Blob blob;
  blob.bytes.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(count, all.size())));
  blob.attributes.size = all.size();
  return blob;
}

}  // namespace

StreamStore::StreamStore(Store& other, std::uint64_t input_limit, int input, int output)
    : other_(other), input_limit_(input_limit), input_fd_(input), output_fd_(output) {}

const Result<Bytes>& StreamStore::input() {
  std::call_once(read_once_, [&] { input_ = read_all(input_fd_, input_limit_); });
  return *input_;
}

Result<Blob> StreamStore::read(const Key& key, std::uint64_t limit) {
  if (key != stream) return other_.read(key, limit);
  const Result<Bytes>& all = input();
  if (!all) return tl::unexpected(all.error());
  if (all->size() > limit) return tl::unexpected(over_limit(limit));
  return first_bytes(*all, all->size());
}

Result<Blob> StreamStore::read_prefix(const Key& key, std::size_t count) {
  if (key != stream) return other_.read_prefix(key, count);
  const Result<Bytes>& all = input();
  if (!all) return tl::unexpected(all.error());
  return first_bytes(*all, count);
}

void StreamStore::prefetch(const Key& key) {
  if (key != stream) other_.prefetch(key);
}

Result<std::optional<Attributes>> StreamStore::head(const Key& key) {
  if (key != stream) return other_.head(key);
  return std::nullopt;
}

Result<void> StreamStore::write(const Key& key, ByteView bytes, const Attributes& attributes) {
  if (key != stream) return other_.write(key, bytes, attributes);
  const std::lock_guard lock(output_mutex_);
  return write_all(output_fd_, bytes);
}

Result<void> StreamStore::remove(const Key& key) {
  if (key != stream) return other_.remove(key);
  return fail(ErrorCode::unsupported, "a stream can't be removed");
}

}  // namespace imgc
