// The cache as a directory of files, one a result, that runs may share at the same time.
//
// A file is a line of JSON, which says how long the bytes behind it are and what XXH3 both have, and those
// bytes. What does not agree with itself is removed. A file's time is that of its last use.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "imgc/cache.h"
#include "imgc/result.h"

namespace imgc {

class DirectoryCache final : public ResultCache {
 public:
  // The directory is made when there is none.
  static Result<std::unique_ptr<DirectoryCache>> open(const std::string& directory);

  [[nodiscard]] std::optional<CachedResult> find(const CacheKey& key) override;
  void put(const CacheKey& key, const CachedResult& result) override;

  // Removes those that were not used for longest until the rest has at most so many bytes. Other processes
  // may do the same.
  void shrink(std::uint64_t most_bytes);

 private:
  explicit DirectoryCache(std::string directory) : directory_(std::move(directory)) {}
  [[nodiscard]] std::string path_of(const CacheKey& key) const;

  std::string directory_;
};

}  // namespace imgc
