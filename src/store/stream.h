// The key "-": standard input and output as one object each; every other key goes to another store.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include <unistd.h>

#include "imgc/store.h"

namespace imgc {

// Input is read whole, once, when something first asks for it, and kept; so its size is known and a prefix
// and the whole can both be had. Output is written when it is complete, but a reader that goes away in
// between has had a part of it. The process should ignore SIGPIPE, so that this is an error and not its end.
class StreamStore final : public Store {
 public:
  // Input above `input_limit` bytes fails with ErrorCode::limit. `other` and the descriptors must outlive
  // this.
  StreamStore(Store& other, std::uint64_t input_limit, int input = STDIN_FILENO, int output = STDOUT_FILENO);

  [[nodiscard]] Result<Blob> read(const Key& key, std::uint64_t limit) override;
  [[nodiscard]] Result<Blob> read_prefix(const Key& key, std::size_t count) override;
  void prefetch(const Key& key) override;
  // Of "-": always nothing. It is the output that asks, and a stream is free.
  [[nodiscard]] Result<std::optional<Attributes>> head(const Key& key) override;
  // Attributes mean nothing to a stream.
  [[nodiscard]] Result<void> write(const Key& key, ByteView bytes, const Attributes& attributes) override;
  [[nodiscard]] Result<void> remove(const Key& key) override;
  [[nodiscard]] bool puts_off() const override { return other_.puts_off(); }
  [[nodiscard]] std::vector<Unpublished> publish() override { return other_.publish(); }

 private:
  [[nodiscard]] const Result<Bytes>& input();

  Store& other_;
  std::uint64_t input_limit_;
  int input_fd_;
  int output_fd_;
  std::once_flag read_once_;
  std::optional<Result<Bytes>> input_;  // set by read_once_
  std::mutex output_mutex_;
};

}  // namespace imgc
