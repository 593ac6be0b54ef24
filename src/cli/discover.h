// From what the user named to jobs: which files, in which order, and under which names they go out.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "imgc/job.h"
#include "imgc/options.h"
#include "imgc/store.h"

#include "cli/origin.h"
#include "cli/shard.h"
#include "journal/report_json.h"

namespace imgc {

struct DiscoverOptions {
  Invocation invocation;
  bool follow_links = false;
  bool output_is_file = false;       // OUTPUT is the name of the one output
  bool replaces_inputs = false;      // --in-place, and --check, which looks at inputs as if it were
  bool suffix_on_collision = false;  // a.png and a.jpg become a.png.webp and a.jpg.webp
  Shard shard;
  std::string report;  // its path: no input, and no output either
};

struct Collision {
  std::string output;
  std::vector<std::string> inputs;  // that would all be written there
};

// What a pass over all inputs found before anything is written.
struct Census {
  std::uint64_t files = 0;
  std::vector<Collision> collisions;
};

class Discovery final : public JobSource {
 public:
  // `input` is asked for the first bytes of files whose output name depends on their format.
  static Result<std::unique_ptr<Discovery>> open(const DiscoverOptions& options,
                                                 const std::shared_ptr<const Options>& job_options,
                                                 Store& input);

  // Counts the inputs and looks for outputs that two of them share, in 8 bytes of memory an input, or none
  // where names can't collide. Ends early, with what it has, when `stop` turns true.
  Census census(const std::atomic<bool>& stop);

  std::optional<Item> next() override;

 private:
  Discovery(DiscoverOptions options, Store& input) : options_(std::move(options)), input_(input) {}

  Result<void> add_origins(const std::shared_ptr<const Options>& job_options);
  std::optional<std::variant<Found, Problem>> next_found();
  void rewind();
  [[nodiscard]] bool is_ours(const std::variant<Found, Problem>& item) const;
  Result<std::string> output_name(const Found& found);
  // Whether the extension is left to the format that the output will have.
  [[nodiscard]] bool follows_format(const Found& found) const;
  // What no other input may have: the name, or all names that differ from it in the format's extension.
  Result<std::string> claimed_name(const Found& found);
  [[nodiscard]] std::string converted_name(const std::string& relative, const std::string& input,
                                           const Options& options);
  [[nodiscard]] bool names_can_collide() const;
  std::vector<std::uint64_t> shared_hashes(const std::atomic<bool>& stop, std::uint64_t& files);
  std::vector<Collision> collisions_among(const std::vector<std::uint64_t>& hashes,
                                          const std::atomic<bool>& stop);

  DiscoverOptions options_;
  Store& input_;
  bool converts_ = false;
  std::vector<std::unique_ptr<Origin>> origins_;
  std::size_t origin_ = 0;
  std::uint64_t id_ = 0;
  std::shared_ptr<const Options> last_options_;  // what last_made_with_ is of
  std::uint64_t last_made_with_ = 0;
  std::unordered_set<std::uint64_t> suffixed_;  // hashes of outputs that get their input's full name
};

}  // namespace imgc
