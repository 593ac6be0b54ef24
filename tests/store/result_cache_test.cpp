#include "store/result_cache.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "store/temp_dir.h"

namespace imgc {
namespace {

namespace fs = std::filesystem;

CachedResult result_of(std::size_t size) {
  CachedResult result;
  result.format_in = "png";
  result.format_out = "webp";
  result.width = 5;
  result.height = 6;
  result.recipe = "webp-lossy";
  result.quality = 70;
  result.score = 81.5;
  result.notes = {{"wrong_extension", "named .png, but it is jpeg"}};
  result.bytes.assign(size, '\n');  // which also ends the line in front
  return result;
}

bool same(const CachedResult& a, const CachedResult& b) {
  return a.format_in == b.format_in && a.format_out == b.format_out && a.width == b.width &&
         a.height == b.height && a.kept == b.kept && a.recipe == b.recipe && a.quality == b.quality &&
         a.score == b.score && a.notes == b.notes && a.bytes == b.bytes;
}

std::vector<fs::path> files_in(const test::TempDir& dir) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(dir.path()))
    if (entry.is_regular_file()) files.push_back(entry.path());
  return files;
}

std::unique_ptr<DirectoryCache> open_in(const test::TempDir& dir) {
  auto cache = DirectoryCache::open(dir.path().string());
  REQUIRE(cache);
  return *std::move(cache);
}

const CacheKey key{{0xAB00000000000001, 2}, 1000, 7};

}  // namespace

TEST_CASE("cache: what was put in is found by all that it was made from, and by nothing else") {
  const test::TempDir dir;
  const auto cache = open_in(dir);
  CHECK_FALSE(cache->find(key));
  cache->put(key, result_of(300));
  REQUIRE(cache->find(key));
  CHECK(same(*cache->find(key), result_of(300)));
  for (const CacheKey& other : {CacheKey{{key.content.high, 3}, 1000, 7}, CacheKey{key.content, 1001, 7},
                                CacheKey{key.content, 1000, 8}})
    CHECK_FALSE(cache->find(other));

  CachedResult kept;
  kept.format_in = kept.format_out = "jpeg";
  kept.kept = Reason{"no_gain", "nothing made it smaller"};
  cache->put(key, kept);
  CHECK(same(*cache->find(key), kept));
}

TEST_CASE("cache: an entry with any byte wrong, cut anywhere, is dropped") {
  const test::TempDir dir;
  const auto cache = open_in(dir);
  cache->put(key, result_of(40));
  const fs::path file = files_in(dir).at(0);
  std::ifstream stream(file, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(stream)), {});
  const auto put = [&](const std::string& text) { std::ofstream(file, std::ios::binary) << text; };
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    put(bad);
    REQUIRE_FALSE(cache->find(key));
    CHECK_FALSE(fs::exists(file));
    put(good.substr(0, at));
    REQUIRE_FALSE(cache->find(key));
  }
  put(good);
  CHECK(cache->find(key));
}

TEST_CASE("cache: what was not used for longest goes when there is too much") {
  const test::TempDir dir;
  const auto cache = open_in(dir);
  for (std::uint64_t i = 0; i < 10; ++i) {
    cache->put({{i << 56U, i}, 1, 1}, result_of(1000));
    for (const fs::path& file : files_in(dir))
      fs::last_write_time(file, fs::last_write_time(file) - std::chrono::minutes(1));
  }
  CHECK(cache->find({{0, 0}, 1, 1}));  // the oldest, but used now
  cache->shrink(4000);
  CHECK(files_in(dir).size() == 3);
  CHECK(cache->find({{0, 0}, 1, 1}));
  CHECK(cache->find({{std::uint64_t{9} << 56U, 9}, 1, 1}));
  CHECK_FALSE(cache->find({{std::uint64_t{1} << 56U, 1}, 1, 1}));
}

TEST_CASE("cache: runs that share it never see half of an entry") {
  const test::TempDir dir;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      const auto cache = DirectoryCache::open(dir.path().string());
      for (int round = 0; round < 200; ++round) {
        (*cache)->put(key, result_of(5000));
        const auto found = (*cache)->find(key);
        if (found && !same(*found, result_of(5000))) ++wrong;
        if (round % 50 == 0) (*cache)->shrink(0);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace imgc
