#include "imgc/engine.h"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "formats/format.h"
#include "formats/png/make.h"
#include "image/convert.h"
#include "store/memory.h"
#include "support/contains.h"
#include "support/images.h"

namespace imgc {
namespace {

class JobList final : public JobSource {
 public:
  void add(Key input, Key output, std::shared_ptr<const Options> options, std::uint64_t made_with = 0) {
    jobs_.push_back({.id = jobs_.size(),
                     .input = std::move(input),
                     .output = std::move(output),
                     .named = true,
                     .options = std::move(options),
                     .made_with = made_with});
  }
  std::optional<Item> next() override {
    if (pulled >= jobs_.size()) return std::nullopt;
    return jobs_[pulled++];
  }

  std::size_t pulled = 0;

 private:
  std::vector<Job> jobs_;
};

struct Watcher final : Observer {
  void started(const Plan& plan) override {
    order.push_back(plan.job.id);
    running[plan.job.id] = plan.cost_bytes;
    std::uint64_t sum = 0;
    for (const auto& [id, cost] : running) sum += cost;
    most_cost = std::max(most_cost, sum);
    most_bytes = running.size() > 1 ? std::max(most_bytes, sum) : most_bytes;
    most_running = std::max(most_running, running.size());
    if (on_start) on_start();
  }
  void finished(const Record& record) override {
    running.erase(record.id);
    records[record.id] = record;
    if (on_finish) on_finish(record);
  }
  void tick() override {}

  std::vector<std::uint64_t> order;
  std::map<std::uint64_t, std::uint64_t> running;
  std::map<std::uint64_t, Record> records;
  std::uint64_t most_cost = 0;
  std::uint64_t most_bytes = 0;  // of several jobs at once
  std::size_t most_running = 0;
  std::function<void()> on_start;
  std::function<void(const Record&)> on_finish;
};

// Hands everything on, for those that change a part of it.
class PassingStore : public Store {
 public:
  explicit PassingStore(Store& other) : other_(other) {}
  Result<Blob> read(const Key& key, std::uint64_t limit) override { return other_.read(key, limit); }
  Result<Blob> read_prefix(const Key& key, std::size_t count) override {
    return other_.read_prefix(key, count);
  }
  Result<std::optional<Attributes>> head(const Key& key) override { return other_.head(key); }
  Result<void> write(const Key& key, ByteView bytes, const Attributes& attributes) override {
    return other_.write(key, bytes, attributes);
  }
  Result<void> remove(const Key& key) override { return other_.remove(key); }

 protected:
  Store& other_;
};

// Fails every write from the n-th on as a full disk does.
class FullStore final : public PassingStore {
 public:
  FullStore(Store& other, int room) : PassingStore(other), room_(room) {}
  Result<void> write(const Key& key, ByteView bytes, const Attributes& attributes) override {
    if (room_-- <= 0) return fail(ErrorCode::no_space, "No space left on device");
    return other_.write(key, bytes, attributes);
  }

 private:
  std::atomic<int> room_;
};

// Remembers what was to be prefetched.
class PrefetchedStore final : public PassingStore {
 public:
  using PassingStore::PassingStore;
  void prefetch(const Key& key) override {
    const std::lock_guard lock(mutex_);
    prefetched.insert(key);
  }

  std::set<Key> prefetched;

 private:
  std::mutex mutex_;
};

// Puts writes off, and can't publish keys that end in "0".
class LateStore final : public PassingStore {
 public:
  using PassingStore::PassingStore;
  Result<void> write(const Key& key, ByteView bytes, const Attributes&) override {
    const std::lock_guard lock(mutex_);
    late_[key] = Bytes(bytes.begin(), bytes.end());
    return {};
  }
  bool puts_off() const override { return true; }
  std::vector<Unpublished> publish() override {
    std::map<Key, Bytes> files;
    {
      const std::lock_guard lock(mutex_);
      files.swap(late_);
    }
    std::vector<Unpublished> failed;
    for (const auto& [key, bytes] : files)
      if (key.ends_with('0') || !other_.write(key, bytes, {})) failed.push_back({key, {ErrorCode::io, "no"}});
    ++publications;
    return failed;
  }

  std::atomic<int> publications = 0;

 private:
  std::mutex mutex_;
  std::map<Key, Bytes> late_;
};

const std::vector<const char*> images = {
    "png/gray-saved-as-rgba.png", "png/photo-like.png", "png/interlaced.png",
    "jpeg/photo-q95-420.jpg",     "jpeg/gray.jpg",      "webp/lossless.webp"};

void fill(Store& store, JobList& jobs, std::size_t count, const std::shared_ptr<const Options>& options) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = images[i % images.size()];
    const Key key = fmt::format("in/{}/{}", i, name);
    REQUIRE(store.write(key, test::read_file(test::testdata("images/" + name)), {}));
    jobs.add(key, "out" + key.substr(2), options);
  }
}

std::shared_ptr<const Options> fast_lossy() {
  auto options = std::make_shared<Options>();
  options->fidelity = Fidelity::perceptual;
  options->effort = Effort::fast;
  return options;
}

const std::atomic<bool> never{false};

}  // namespace

TEST_CASE("engine: every input has one outcome, and the summary is their sum") {
  MemoryStore store;
  JobList jobs;
  fill(store, jobs, 12, fast_lossy());
  Watcher watcher;
  const Summary summary = run(jobs, store, store, {2, 1U << 30U, false, {}}, watcher, never);
  CHECK(summary.status == Status::completed);
  CHECK(watcher.records.size() == 12);
  CHECK(summary.totals.files() == 12);
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  for (const auto& [id, record] : watcher.records) {
    in += record.outcome.bytes_in;
    out += record.outcome.bytes_out;
    CHECK(store.read(record.output, 1U << 24U)->bytes.size() == record.outcome.bytes_out);
    CHECK(record.outcome.bytes_out <= record.outcome.bytes_in);
  }
  CHECK(summary.totals.bytes_in == in);
  CHECK(summary.totals.bytes_out == out);
  CHECK(summary.by_format.at("png").files() + summary.by_format.at("jpeg").files() +
            summary.by_format.at("webp").files() ==
        12);
}

TEST_CASE("engine: the same bytes at any number of threads") {
  std::map<unsigned, std::map<Key, Bytes>> results;
  for (const unsigned threads : {1U, 2U, 8U}) {
    MemoryStore store;
    JobList jobs;
    fill(store, jobs, images.size(), fast_lossy());
    Watcher watcher;
    (void)run(jobs, store, store, {threads, 1U << 30U, false, {}}, watcher, never);
    for (const auto& [id, record] : watcher.records)
      results[threads][record.output] = store.read(record.output, 1U << 24U)->bytes;
  }
  CHECK(results[1].size() == images.size());
  CHECK(results[1] == results[2]);
  CHECK(results[1] == results[8]);
}

TEST_CASE("engine: copies of the same content are compressed once, whatever the threads") {
  MemoryStore store;
  JobList jobs;
  const auto options = fast_lossy();
  for (int i = 0; i < 24; ++i) {
    const std::string name = i % 3 == 0   ? "jpeg/photo-q95-420.jpg"
                             : i % 3 == 1 ? "png/gray-alpha.png"
                                          : "webp/lossy.webp";
    const Key key = fmt::format("in/{}", i);
    REQUIRE(store.write(key, test::read_file(test::testdata("images/" + name)), {}));
    jobs.add(key, fmt::format("out/{}", i), options, 7);
  }
  Watcher watcher;
  const Summary summary = run(jobs, store, store, {4, std::uint64_t{1} << 30U, false, {}}, watcher, never);
  CHECK(summary.totals.failed == 0);
  int firsts = 0;
  for (const auto& [id, record] : watcher.records) {
    CHECK(store.read(record.output, 1U << 26U)->bytes ==
          store.read(fmt::format("out/{}", id % 3), 1U << 26U)->bytes);
    const auto& first = record.outcome.duplicate_of;
    if (!first) ++firsts;
    if (first) CHECK(std::stoi(first->substr(3)) % 3 == static_cast<int>(id % 3));
  }
  CHECK(firsts == 3);
}

TEST_CASE("engine: the store hears of files that wait, up to a limit") {
  MemoryStore memory;
  PrefetchedStore store(memory);
  JobList jobs;
  const Bytes file = test::png_of(test::noise(200, 200, ColorModel::rgb));
  for (int i = 0; i < 8; ++i) {
    REQUIRE(memory.write(fmt::format("{}", i), file, {}));
    jobs.add(fmt::format("{}", i), fmt::format("out/{}", i), fast_lossy());
  }
  REQUIRE(memory.write("small", test::png_of(test::gradient(20, 20, ColorModel::rgb)), {}));
  jobs.add("small", "out/small", fast_lossy());
  Watcher watcher;
  CHECK(run(jobs, store, store, {2, std::uint64_t{1} << 30U, false, {}}, watcher, never).totals.failed == 0);
  CHECK(store.prefetched == std::set<Key>{"0", "1", "2", "3", "4", "5", "6", "7"});
}

TEST_CASE("engine: jobs in work fit the memory limit, and one that never fits says what would do") {
  MemoryStore store;
  JobList jobs;
  const auto options = fast_lossy();
  for (int i = 0; i < 12; ++i) {
    // Formats without a lean way.
    const std::string name = i % 2 == 0 ? "jpeg/photo-q95-420.jpg" : "webp/lossless.webp";
    const Key key = fmt::format("in/{}/{}", i, name);
    REQUIRE(store.write(key, test::read_file(test::testdata("images/" + name)), {}));
    jobs.add(key, "out" + key.substr(2), options);
  }
  Options converting;
  converting.convert_to = "webp";
  REQUIRE(store.write("large", test::png_of(test::gradient(1500, 1000, ColorModel::rgb)), {}));
  jobs.add("large", "out/large", std::make_shared<const Options>(converting));
  Watcher watcher;
  const std::uint64_t limit = std::uint64_t{20} << 20U;
  const Summary summary = run(jobs, store, store, {4, limit, false, {}}, watcher, never);
  CHECK(summary.totals.failed == 1);
  CHECK(summary.totals.files() == 13);
  CHECK(watcher.most_bytes <= limit);
  const auto* failed = std::get_if<Failed>(&watcher.records[12].outcome.verdict);
  REQUIRE(failed != nullptr);
  CHECK(failed->error.code == ErrorCode::out_of_memory);
  CHECK(test::contains(failed->error.message, "raise it with --memory-limit "));
}

TEST_CASE(
    "engine: a PNG above the memory limit takes its lean way, an interlaced one fails with the limit to ask "
    "for") {
  MemoryStore store;
  JobList jobs;
  const auto put = [&](const char* key, const Bytes& bytes, const std::shared_ptr<const Options>& options) {
    REQUIRE(store.write(key, bytes, {}));
    jobs.add(key, std::string("out-") + key, options);
  };
  const Image large = test::gradient(1500, 1000, ColorModel::rgba);
  put("exact", test::png_of(large), std::make_shared<const Options>());
  put("lossy", test::png_of(large), fast_lossy());
  put("small", test::read_file(test::testdata("images/png/gray-saved-as-rgba.png")), fast_lossy());
  put("interlaced", test::interlaced_png_of(test::gradient(1500, 1000, ColorModel::rgb)), fast_lossy());
  Watcher watcher;
  const std::uint64_t limit = std::uint64_t{16} << 20U;
  const Summary summary = run(jobs, store, store, {4, limit, false, {}}, watcher, never);
  CHECK(summary.totals.failed == 1);
  CHECK(watcher.most_cost <= limit);
  for (const std::uint64_t id : {0U, 1U}) {
    const Outcome& outcome = watcher.records[id].outcome;
    REQUIRE(std::holds_alternative<Compressed>(outcome.verdict));
    CHECK(std::get<Compressed>(outcome.verdict).recipe == "png-rows");
    REQUIRE(outcome.notes.size() == 1);
    CHECK(outcome.notes[0].code == "over_memory_limit");
    CHECK((outcome.notes[0].text.find("losslessly") != std::string::npos) == (id == 1));
    const Bytes made = store.read(watcher.records[id].output, 1U << 26U)->bytes;
    CHECK(same_pixels(*format_named("png")->decode(made, {}), large));
  }
  CHECK(std::get<Compressed>(watcher.records[2].outcome.verdict).recipe != "png-rows");
  const auto& failed = std::get<Failed>(watcher.records[3].outcome.verdict);
  CHECK(failed.error.code == ErrorCode::out_of_memory);
  CHECK(failed.error.message.find("interlaced") != std::string::npos);
  CHECK(watcher.records[3].outcome.format_in == "png");

  // With the limit that it names, it works.
  const std::string& message = failed.error.message;
  const auto at = message.find("--memory-limit ");
  REQUIRE(at != std::string::npos);
  JobList again;
  again.add("interlaced", "out-again", fast_lossy());
  const std::uint64_t named = *parse_size(message.substr(at + 15));
  CHECK(run(again, store, store, {4, named, false, {}}, watcher, never).totals.failed == 0);
}

TEST_CASE("engine: what not even the lean way can do in the limit fails, and says which limit would do") {
  MemoryStore store;
  JobList jobs;
  REQUIRE(store.write("in", test::png_of(test::noise(600, 600, ColorModel::rgba)), {}));
  jobs.add("in", "out", std::make_shared<const Options>());
  Watcher watcher;
  CHECK(run(jobs, store, store, {1, std::uint64_t{2} << 20U, false, {}}, watcher, never).totals.failed == 1);
  const auto& failed = std::get<Failed>(watcher.records[0].outcome.verdict);
  CHECK(failed.error.code == ErrorCode::out_of_memory);
  CHECK(failed.error.message.starts_with("even row by row"));
  const auto at = failed.error.message.find("--memory-limit ");
  REQUIRE(at != std::string::npos);
  JobList again;
  again.add("in", "out", std::make_shared<const Options>());
  const std::uint64_t named = *parse_size(failed.error.message.substr(at + 15));
  CHECK(run(again, store, store, {1, named, false, {}}, watcher, never).totals.failed == 0);
}

TEST_CASE("engine: a large image starts before most of the small ones, wherever it stands") {
  MemoryStore store;
  JobList jobs;
  const auto options = fast_lossy();
  const Bytes small = test::read_file(test::testdata("images/png/icon-tiny.png"));
  for (int i = 0; i < 200; ++i) {
    REQUIRE(store.write(fmt::format("in/{}", i), small, {}));
    jobs.add(fmt::format("in/{}", i), fmt::format("out/{}", i), options);
  }
  REQUIRE(store.write("in/large", test::read_file(test::testdata("images/png/photo-like.png")), {}));
  jobs.add("in/large", "out/large", options);
  Watcher watcher;
  (void)run(jobs, store, store, {1, 1U << 30U, false, {}}, watcher, never);
  REQUIRE(watcher.order.size() == 201);
  // Those that start before its header was read come first; the pool does not keep a strict order.
  CHECK(std::ranges::find(watcher.order, 200U) - watcher.order.begin() < 100);
}

TEST_CASE("engine: inputs are pulled only as far ahead as the window") {
  MemoryStore store;
  JobList jobs;
  const auto options = std::make_shared<const Options>();
  for (int i = 0; i < 5000; ++i) jobs.add(fmt::format("missing/{}", i), fmt::format("out/{}", i), options);
  Watcher watcher;
  std::size_t furthest = 0;
  watcher.on_finish = [&](const Record&) {
    furthest = std::max(furthest, jobs.pulled - watcher.records.size());
  };
  const Summary summary = run(jobs, store, store, {2, 1U << 30U, false, {}}, watcher, never);
  CHECK(summary.totals.failed == 5000);
  CHECK(furthest <= 1024 + 16);
}

TEST_CASE("engine: when asked to stop it drains what runs and starts no more") {
  MemoryStore store;
  JobList jobs;
  fill(store, jobs, 60, fast_lossy());
  Watcher watcher;
  std::atomic<bool> stop{false};
  watcher.on_finish = [&](const Record&) { stop = true; };
  const Summary summary = run(jobs, store, store, {2, 1U << 30U, false, {}}, watcher, stop);
  CHECK(summary.status == Status::interrupted);
  CHECK(watcher.records.size() == watcher.order.size());
  CHECK(watcher.records.size() < 60);
}

TEST_CASE("engine: a full output stops the run") {
  MemoryStore store;
  JobList jobs;
  fill(store, jobs, 60, fast_lossy());
  FullStore full(store, 3);
  Watcher watcher;
  const Summary summary = run(jobs, store, full, {2, 1U << 30U, false, {}}, watcher, never);
  CHECK(summary.status == Status::failed);
  REQUIRE(summary.stopped_by);
  CHECK(summary.stopped_by->code == ErrorCode::no_space);
  CHECK(summary.totals.files() < 60);
}

TEST_CASE("engine: stops at the first failure, or after so many, when asked") {
  const auto failures = [](const RunOptions& run_options) {
    MemoryStore store;
    JobList jobs;
    const auto options = std::make_shared<const Options>();
    for (int i = 0; i < 200; ++i) jobs.add(fmt::format("missing/{}", i), fmt::format("out/{}", i), options);
    Watcher watcher;
    return run(jobs, store, store, run_options, watcher, never);
  };
  const Summary first = failures({1, 1U << 30U, true, {}});
  CHECK(first.status == Status::failed);
  CHECK(first.totals.failed < 10);  // those that were in work end
  const Summary some = failures({1, 1U << 30U, false, 20});
  CHECK(some.status == Status::failed);
  CHECK(some.totals.failed > 20);
  CHECK(some.totals.failed < 30);
  CHECK(failures({1, 1U << 30U, false, 200}).status == Status::completed_with_errors);
}

TEST_CASE("engine: a record comes when its output is published, and fails when that does") {
  MemoryStore store;
  LateStore late(store);
  const auto options = std::make_shared<const Options>();
  const Bytes icon = test::read_file(test::testdata("images/png/icon-tiny.png"));
  JobList jobs;
  constexpr unsigned count = 300;
  for (unsigned i = 0; i < count; ++i) {
    REQUIRE(store.write(fmt::format("in/{}", i), icon, {}));
    jobs.add(fmt::format("in/{}", i), fmt::format("out/{}", i), options);
  }
  Watcher watcher;
  watcher.on_finish = [&](const Record& record) {
    const bool failed = std::holds_alternative<Failed>(record.outcome.verdict);
    CHECK(failed == record.output.ends_with('0'));
    CHECK(store.head(record.output)->has_value() != failed);
  };
  std::atomic<bool> stop = false;
  RunOptions run_options;
  run_options.jobs = 2;
  const Summary summary = run(jobs, store, late, run_options, watcher, stop);
  CHECK(watcher.records.size() == count);
  CHECK(summary.totals.failed == count / 10);
  CHECK(summary.totals.compressed == count - count / 10);
  CHECK(late.publications > 1);
}

TEST_CASE("engine: after its deadline a run begins nothing more, and says so") {
  MemoryStore store;
  JobList jobs;
  fill(store, jobs, 40, std::make_shared<const Options>());
  Watcher watcher;
  RunOptions options;
  options.deadline = std::chrono::seconds(0);
  const Summary summary = run(jobs, store, store, options, watcher, never);
  CHECK(summary.status == Status::deadline);
  CHECK(summary.totals.files() < 40);
  options.deadline = std::chrono::hours(1);
  JobList again;
  fill(store, again, 3, std::make_shared<const Options>());
  CHECK(run(again, store, store, options, watcher, never).status == Status::completed);
}

}  // namespace imgc
