#include "cli/walk.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/journal.h"
#include "store/atomic_file.h"

namespace imgc {
namespace {

// Each level holds a descriptor, and 1,024 is the usual limit.
constexpr std::size_t deepest = 512;

struct DirectoryCloser {
  void operator()(DIR* directory) const { closedir(directory); }
};

bool left_out(const WalkOptions& options, const std::string& relative) {
  return std::ranges::any_of(options.exclude, [&](std::string glob) {
    if (glob.size() > 1 && glob.ends_with('/')) glob.pop_back();
    return matches_glob(glob, relative);
  });
}

bool wanted(const WalkOptions& options, const std::string& relative) {
  return options.include.empty() || std::ranges::any_of(options.include, [&](const std::string& glob) {
           return matches_glob(glob, relative);
         });
}

Result<DirectoryId> id_of(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return tl::unexpected(system_error(errno, "can't list the directory"));
  return DirectoryId{status.st_dev, status.st_ino};
}

}  // namespace

std::optional<DirectoryId> directory_id(const std::string& path) {
  const Result<struct stat> status = stat_path(path);
  if (!status || !S_ISDIR(status->st_mode)) return std::nullopt;
  return DirectoryId{status->st_dev, status->st_ino};
}

bool matches_glob(const std::string& glob, const std::string& relative) {
  const bool whole = glob.find('/') != std::string::npos;
  const std::size_t slash = relative.rfind('/');
  const std::string name = whole || slash == std::string::npos ? relative : relative.substr(slash + 1);
  // A leading '/' ties the glob to the root, where every relative path starts anyway.
  const char* pattern = glob.c_str() + (glob.starts_with('/') ? 1 : 0);
  return fnmatch(pattern, name.c_str(), 0) == 0;
}

bool passes(const WalkOptions& options, const std::string& relative) {
  return !left_out(options, relative) && wanted(options, relative);
}

Walk::Walk(std::string root, WalkOptions options) : root_(std::move(root)), options_(std::move(options)) {
  while (root_.size() > 1 && root_.ends_with('/')) root_.pop_back();
}

std::optional<std::variant<WalkedFile, WalkProblem>> Walk::next() {
  if (!started_) {
    started_ = true;
    if (auto problem = enter(AT_FDCWD, root_, {})) return *std::move(problem);
  }
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.next == level.starts.size()) {
      levels_.pop_back();
      continue;
    }
    const char* entry = level.names.data() + level.starts[level.next++];
    const auto type = static_cast<unsigned char>(entry[0]);
    const std::string name(entry + 1);
    std::string relative = level.relative + name;
    if (is_temporary_name(name) || name == state_name || left_out(options_, relative)) continue;
    switch (kind_of(level.directory.get(), name.c_str(), type)) {
      case Kind::file:
        if (!wanted(options_, relative)) continue;
        return WalkedFile{root_ == "/" ? root_ + relative : root_ + '/' + relative, std::move(relative)};
      case Kind::directory:
        if (auto problem = enter(level.directory.get(), name, relative + '/')) return *std::move(problem);
        break;
      case Kind::other:
        break;
    }
  }
  return std::nullopt;
}

std::optional<WalkProblem> Walk::enter(int parent, const std::string& name, std::string relative) {
  const auto problem = [&](Error error) { return WalkProblem{root_ + '/' + relative, std::move(error)}; };
  if (levels_.size() >= deepest)
    return problem({ErrorCode::limit, "nested more than 512 directories deep; start a run further down"});
  Fd fd;
  if (parent == AT_FDCWD) {
    Result<Fd> opened = open_path(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, "can't list the directory");
    if (!opened) return WalkProblem{root_, std::move(opened.error())};
    fd = *std::move(opened);
  } else {
    const int links = options_.follow_links ? 0 : O_NOFOLLOW;
    fd = Fd(openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | links));
    if (!fd) return problem(system_error(errno, "can't list the directory"));
  }
  const Result<DirectoryId> id = id_of(fd.get());
  if (!id) return problem(id.error());
  if (options_.skipped == *id) return std::nullopt;
  // A link that leads back to a directory we are in would never end.
  if (std::ranges::any_of(levels_, [&](const Level& level) { return level.id == *id; })) return std::nullopt;

  // A second descriptor for the listing, since closing the stream closes what it reads.
  const int listing = fcntl(fd.get(), F_DUPFD_CLOEXEC, 0);
  const std::unique_ptr<DIR, DirectoryCloser> stream(listing < 0 ? nullptr : fdopendir(listing));
  if (!stream) {
    const Error error = system_error(errno, "can't list the directory");
    if (listing >= 0) ::close(listing);
    return problem(error);
  }

  Level level{std::move(fd), *id, std::move(relative), {}, {}, 0};
  while (true) {
    errno = 0;
    const dirent* entry = readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view entry_name(entry->d_name);
    if (entry_name == "." || entry_name == "..") continue;
    if (level.names.size() > std::numeric_limits<std::uint32_t>::max() - 512)
      return problem({ErrorCode::limit, "holds too many names; list them with --files-from"});
    level.starts.push_back(static_cast<std::uint32_t>(level.names.size()));
    level.names += static_cast<char>(entry->d_type);
    level.names.append(entry->d_name, entry_name.size() + 1);
  }
  if (errno != 0) return problem(system_error(errno, "can't list the whole directory"));
  std::ranges::sort(level.starts, [&](std::uint32_t a, std::uint32_t b) {
    return std::strcmp(level.names.data() + a + 1, level.names.data() + b + 1) < 0;
  });
  levels_.push_back(std::move(level));
  return std::nullopt;
}

Walk::Kind Walk::kind_of(int directory, const char* name, unsigned char type) const {
  if (type == DT_REG) return Kind::file;
  if (type == DT_DIR) return Kind::directory;
  if (type != DT_UNKNOWN && (type != DT_LNK || !options_.follow_links)) return Kind::other;
  struct stat status {};
  if (fstatat(directory, name, &status, options_.follow_links ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
    return Kind::other;
  return S_ISREG(status.st_mode) ? Kind::file : S_ISDIR(status.st_mode) ? Kind::directory : Kind::other;
}

}  // namespace imgc
