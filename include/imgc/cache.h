// Results of earlier runs, found by what they were made from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgc/bytes.h"
#include "imgc/digest.h"
#include "imgc/image.h"

namespace imgc {

// All that a result depends on.
struct CacheKey {
  Digest content;  // of the input
  std::uint64_t size = 0;
  std::uint64_t made_with = 0;  // stands for the options and the encoders

  bool operator==(const CacheKey&) const = default;
};

struct CachedResult {
  std::string format_in;  // Format::name
  std::string format_out;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::optional<Reason> kept;  // why the input's bytes are the result; then `bytes` is empty
  std::string recipe;
  std::optional<int> quality;
  std::optional<double> score;
  std::vector<Reason> notes;
  Bytes bytes;
};

// Safe to use from many threads. What can't be read or written is no error: it is made anew.
class ResultCache {
 public:
  ResultCache() = default;
  ResultCache(const ResultCache&) = delete;
  ResultCache& operator=(const ResultCache&) = delete;
  virtual ~ResultCache() = default;

  [[nodiscard]] virtual std::optional<CachedResult> find(const CacheKey& key) = 0;
  virtual void put(const CacheKey& key, const CachedResult& result) = 0;
};

}  // namespace imgc
