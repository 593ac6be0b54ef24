// A directory tree as a stream of files, in a fixed order and in little memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <sys/types.h>

#include "imgc/result.h"

#include "base/fd.h"

namespace imgc {

struct DirectoryId {
  dev_t device = 0;
  ino_t inode = 0;

  bool operator==(const DirectoryId&) const = default;
};

// Nothing when there is no such directory.
std::optional<DirectoryId> directory_id(const std::string& path);

struct WalkOptions {
  bool follow_links = false;           // to files and directories; loops end where they close
  std::vector<std::string> exclude;    // globs: what matches is left out, a directory with all below it
  std::vector<std::string> include;    // globs: when there are any, only files that match
  std::optional<DirectoryId> skipped;  // a directory that is not descended: the output, when it lies inside
};

// Whether `relative` matches: a glob without '/' is held against the last component, one with '/' against the
// whole. '*' also crosses '/', as in rsync's "**".
bool matches_glob(const std::string& glob, const std::string& relative);

struct WalkedFile {
  std::string path;      // root + '/' + relative
  std::string relative;  // to the root
};
// A directory that can't be listed; the walk goes on beside it.
struct WalkProblem {
  std::string path;
  Error error;
};

// Whether the globs let this file pass.
bool passes(const WalkOptions& options, const std::string& relative);

// Yields regular files, in byte order of their names within each directory. Everything else, and imgc's own
// temporaries, is passed over. Holds one directory's names and one descriptor a level.
class Walk {
 public:
  Walk(std::string root, WalkOptions options);

  std::optional<std::variant<WalkedFile, WalkProblem>> next();

 private:
  enum class Kind : std::uint8_t { file, directory, other };
  struct Level {
    Fd directory;
    DirectoryId id;
    std::string relative;  // of the directory, with a '/' at its end unless it is the root
    // Names one after another, each ended by NUL, and where each starts: a tenth of a vector of strings.
    std::string names;
    std::vector<std::uint32_t> starts;
    std::size_t next = 0;
  };

  std::optional<WalkProblem> enter(int parent, const std::string& name, std::string relative);
  [[nodiscard]] Kind kind_of(int directory, const char* name, unsigned char type) const;

  std::string root_;
  WalkOptions options_;
  bool started_ = false;
  std::vector<Level> levels_;
};

}  // namespace imgc
