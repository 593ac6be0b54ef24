#include "store/local.h"

#include <cerrno>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

namespace imgc {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string identity(const struct stat& status) {
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

Attributes attributes_of(const struct stat& status) {
  Attributes attributes;
  attributes.mode = status.st_mode & 07777U;
  attributes.owner = status.st_uid;
  attributes.group = status.st_gid;
  attributes.modified_ns = nanoseconds(status.st_mtim);
  attributes.accessed_ns = nanoseconds(status.st_atim);
  attributes.changed_ns = nanoseconds(status.st_ctim);
  attributes.inode = status.st_ino;
  attributes.size = static_cast<std::uint64_t>(status.st_size);
  attributes.links = status.st_nlink;
  attributes.object = identity(status);
  return attributes;
}

Result<void> must_be_regular(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return {};
  const char* kind = S_ISDIR(status.st_mode)    ? "a directory"
                     : S_ISFIFO(status.st_mode) ? "a FIFO"
                     : S_ISSOCK(status.st_mode) ? "a socket"
                                                : "a device";
  return fail(ErrorCode::unsupported, std::string("is ") + kind + ", not a regular file");
}

struct OpenFile {
  Fd fd;
  struct stat status;
};

Result<struct stat> status_of(const Fd& fd) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return tl::unexpected(system_error(errno, "can't look at it"));
  return status;
}

Result<OpenFile> open_regular(const Key& key) {
  constexpr std::string_view attempted = "can't open for reading";
  const auto location = locate(key);
  if (!location) return tl::unexpected(location.error());
  // Asked before opening, since opening alone wakes a FIFO's writer or rewinds a tape.
  OpenFile file{};
  if (::fstatat(location->at(), location->rest.c_str(), &file.status, 0) != 0)
    return tl::unexpected(system_error(errno, attempted));
  if (auto regular = must_be_regular(file.status); !regular) return tl::unexpected(regular.error());
  file.fd =
      Fd(::openat(location->at(), location->rest.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.fd) return tl::unexpected(system_error(errno, attempted));
  // And again of what was opened, should the name have changed hands in between.
  const auto status = status_of(file.fd);
  if (!status) return tl::unexpected(status.error());
  if (auto regular = must_be_regular(*status); !regular) return tl::unexpected(regular.error());
  file.status = *status;
  return file;
}

// Up to this many files each sync its own: a whole file system may have much that is not ours to write.
constexpr std::size_t worth_syncing_all = 24;

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

LocalStore::LocalStore(const LocalOptions& options)
    : publishing_(default_publishing()), remove_litter_(options.remove_litter) {
  publishing_.durability = options.durability;
}

Result<Blob> LocalStore::read(const Key& key, std::uint64_t limit) {
  const auto file = open_regular(key);
  if (!file) return tl::unexpected(file.error());
  const struct stat& before = file->status;
  // Advice only: that a file system takes none is no reason to fail.
  static_cast<void>(::posix_fadvise(file->fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL));
  auto bytes = read_all(file->fd.get(), limit, static_cast<std::uint64_t>(before.st_size));
  if (!bytes) return tl::unexpected(bytes.error());

  const auto after = status_of(file->fd);
  if (!after) return tl::unexpected(after.error());
  if (after->st_size != before.st_size || !same_time(after->st_mtim, before.st_mtim) ||
      !same_time(after->st_ctim, before.st_ctim))
    return fail(ErrorCode::changed, "changed while it was read; run again");
  Blob blob{std::move(*bytes), attributes_of(*after)};
  blob.attributes.accessed_ns = nanoseconds(before.st_atim);  // reading it is what has changed that one
  return blob;
}

Result<Blob> LocalStore::read_prefix(const Key& key, std::size_t count) {
  const auto file = open_regular(key);
  if (!file) return tl::unexpected(file.error());
  auto bytes = read_up_to(file->fd.get(), count, static_cast<std::uint64_t>(file->status.st_size));
  if (!bytes) return tl::unexpected(bytes.error());
  return Blob{std::move(*bytes), attributes_of(file->status)};
}

void LocalStore::prefetch(const Key& key) {
  // What is wrong with it, reading it will say.
  if (const auto file = open_regular(key))
    static_cast<void>(::posix_fadvise(file->fd.get(), 0, 0, POSIX_FADV_WILLNEED));
}

Result<std::optional<Attributes>> LocalStore::head(const Key& key) {
  if (remove_litter_) {
    const SplitPath parts = split_path(key);
    if (first_visit(parts.parent)) {
      const auto directory = open_path(parts.parent, O_RDONLY | O_DIRECTORY, "can't list");
      if (directory) remove_litter(directory->get());
    }
  }
  const auto status = stat_path(key);
  if (status) return attributes_of(*status);
  if (status.error().code == ErrorCode::not_found) return std::nullopt;
  return tl::unexpected(status.error());
}

Result<void> LocalStore::write(const Key& key, ByteView bytes, const Attributes& attributes) {
  auto target = resolve_target(key, publishing_.durability);
  if (!target) return tl::unexpected(target.error());
  if (remove_litter_) {
    std::string directory(split_path(key).parent);
    if (target->through_link) {
      const auto status = status_of(target->directory);
      if (!status) return tl::unexpected(status.error());
      directory = identity(*status);
    }
    if (first_visit(directory)) remove_litter(target->directory.get());
  }
  auto file = AtomicFile::create(std::move(*target), publishing_);
  if (!file) return tl::unexpected(file.error());
  if (auto appended = file->append(bytes); !appended) return appended;
  if (!puts_off()) return file->commit(attributes);
  if (auto completed = file->complete(attributes); !completed) return completed;
  const std::lock_guard lock(put_off_mutex_);
  put_off_.push_back({key, *std::move(file)});
  return {};
}

// Every file system that one of them lies on.
Result<void> LocalStore::sync_file_systems(const std::vector<PutOff>& files) {
  std::set<dev_t> synced;
  for (const PutOff& file : files) {
    struct stat status {};
    if (::fstat(file.file.file(), &status) != 0)
      return tl::unexpected(system_error(errno, "can't look at it"));
    if (!synced.insert(status.st_dev).second) continue;
    if (::syncfs(file.file.file()) != 0)
      return tl::unexpected(system_error(errno, "can't sync the file system"));
  }
  return {};
}

std::vector<Store::Unpublished> LocalStore::publish() {
  std::vector<PutOff> files;
  {
    const std::lock_guard lock(put_off_mutex_);
    files.swap(put_off_);
  }
  std::vector<Unpublished> failed;
  const auto fails = [&failed](const PutOff& file, const Result<void>& result) {
    if (!result) failed.push_back({file.key, result.error()});
    return !result;
  };
  std::optional<Error> all_failed;
  if (files.size() >= worth_syncing_all)
    if (auto synced = sync_file_systems(files); !synced) all_failed = synced.error();
  std::erase_if(files, [&](PutOff& file) {
    if (all_failed) return fails(file, tl::unexpected(*all_failed));
    if (files.size() < worth_syncing_all && fails(file, file.file.sync())) return true;
    return fails(file, file.file.publish());
  });
  std::set<std::pair<dev_t, ino_t>> synced;
  for (PutOff& file : files) {
    struct stat status {};
    const bool known = ::fstat(file.file.directory(), &status) == 0;
    if (!known || synced.insert({status.st_dev, status.st_ino}).second) fails(file, file.file.sync_name());
  }
  return failed;
}

Result<void> LocalStore::remove(const Key& key) {
  return unlink_path(key);
}

bool LocalStore::first_visit(std::string_view directory) {
  const std::uint64_t hash = std::hash<std::string_view>{}(directory);
  const std::lock_guard lock(mutex_);
  return visited_.insert(hash);
}

}  // namespace imgc
