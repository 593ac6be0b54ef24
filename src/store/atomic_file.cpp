#include "store/atomic_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace imgc {
namespace {

constexpr std::string_view prefix = ".imgc-";
constexpr std::string_view suffix = ".tmp";
constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::size_t random_digits = 16;
constexpr std::size_t buffer_size = std::size_t{64} << 10U;
constexpr int most_links = 40;  // as the kernel's own limit

// Says nothing of the target's name, which may have no room left for a suffix.
Result<std::string> random_name() {
  std::array<std::uint8_t, random_digits / 2> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
    return tl::unexpected(system_error(errno, "can't get random bytes"));
  std::string name(prefix);
  for (const std::uint8_t byte : random) {
    name += hex_digits[byte >> 4U];
    name += hex_digits[byte & 15U];
  }
  return name += suffix;
}

Result<Fd> open_parent(std::string_view parent, Durability durability) {
  auto directory = open_path(parent, O_PATH | O_DIRECTORY, "can't enter the directory");
  if (directory || directory.error().code != ErrorCode::not_found) return directory;
  if (auto made = make_directories(parent, durability != Durability::none); !made)
    return tl::unexpected(made.error());
  return open_path(parent, O_PATH | O_DIRECTORY, "can't enter the directory");
}

// Where the link `name` points, read from its own directory.
Result<std::string> link_target(int directory, const std::string& name) {
  std::string target(PATH_MAX, '\0');
  const ssize_t length = ::readlinkat(directory, name.c_str(), target.data(), target.size());
  if (length < 0) return tl::unexpected(system_error(errno, "can't follow the link"));
  target.resize(static_cast<std::size_t>(length));
  return target;
}

// Moves `target` to what its name, a symbolic link, points to.
Result<void> follow(Target& target) {
  const auto link = link_target(target.directory.get(), target.name);
  if (!link) return tl::unexpected(link.error());
  const SplitPath parts = split_path(*link);
  const std::string parent(parts.parent);
  Fd directory(::openat(target.directory.get(), parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return tl::unexpected(system_error(errno, "can't follow the link"));
  target.directory = std::move(directory);
  target.name = parts.name;
  target.through_link = true;
  return {};
}

timespec from_nanoseconds(const std::optional<std::int64_t>& value) {
  if (!value) return timespec{0, UTIME_OMIT};
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t nanoseconds = (*value % second + second) % second;  // before 1970 too
  return timespec{(*value - nanoseconds) / second, nanoseconds};
}

}  // namespace

Publishing default_publishing() {
  // umask() can only be read by setting it, which other threads would notice.
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("Umask:")) continue;
    const auto mask = std::strtoul(line.c_str() + 6, nullptr, 8);
    return Publishing{Durability::none, static_cast<std::uint32_t>(0666U & ~mask)};
  }
  const mode_t mask = ::umask(077);
  ::umask(mask);
  return Publishing{Durability::none, 0666U & ~mask};
}

Result<Target> resolve_target(std::string_view path, Durability durability) {
  if (path.empty()) return fail(ErrorCode::not_found, "the name is empty");
  if (path.find('\0') != std::string_view::npos) return fail(ErrorCode::io, "the name has a NUL byte in it");
  const SplitPath parts = split_path(path);
  Target target;
  auto directory = open_parent(parts.parent, durability);
  if (!directory) return tl::unexpected(directory.error());
  target.directory = std::move(*directory);
  target.name = parts.name;

  for (int links = 0; links <= most_links; ++links) {
    struct stat status {};
    if (target.name.empty()) return fail(ErrorCode::io, "can't write: that is a directory's name");
    if (::fstatat(target.directory.get(), target.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return target;
      return tl::unexpected(system_error(errno, "can't write"));
    }
    if (S_ISREG(status.st_mode)) return target;
    if (S_ISDIR(status.st_mode)) return fail(ErrorCode::io, "can't write: a directory has that name");
    if (!S_ISLNK(status.st_mode))
      return fail(ErrorCode::refused,
                  "that is a device, FIFO or socket, which writing would replace by a file");
    if (auto followed = follow(target); !followed) return tl::unexpected(followed.error());
  }
  return tl::unexpected(system_error(ELOOP, "can't follow the link"));
}

AtomicFile::Temporary::~Temporary() {
  if (!name.empty()) ::unlinkat(target.directory.get(), name.c_str(), 0);
}

AtomicFile::AtomicFile(std::unique_ptr<Temporary> temporary, const Publishing& publishing)
    : temporary_(std::move(temporary)), publishing_(publishing) {}

Result<AtomicFile> AtomicFile::create(std::string_view path, const Publishing& publishing) {
  auto target = resolve_target(path, publishing.durability);
  if (!target) return tl::unexpected(target.error());
  remove_litter(target->directory.get());
  return create(std::move(*target), publishing);
}

Result<AtomicFile> AtomicFile::create(Target target, const Publishing& publishing) {
  auto temporary = std::make_unique<Temporary>();
  temporary->target = std::move(target);
  while (true) {
    auto name = random_name();
    if (!name) return tl::unexpected(name.error());
    Fd file(::openat(temporary->target.directory.get(), name->c_str(),
                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) {
      if (errno == EEXIST) continue;
      const int code = errno;
      Error error = system_error(code, "can't make a file in its directory");
      if (code == EACCES && temporary->target.through_link)
        error.message += "; it is a link, and --no-sandbox allows those to elsewhere";
      return tl::unexpected(std::move(error));
    }
    // Between the two calls another process may have locked the file as litter. Then it is not ours any more.
    // Where the file system has no locks nobody can take it for litter either.
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) continue;
    struct stat status {};
    if (::fstat(file.get(), &status) == 0 && status.st_nlink == 0) continue;
    temporary->file = std::move(file);
    temporary->name = std::move(*name);
    return AtomicFile(std::move(temporary), publishing);
  }
}

Result<void> AtomicFile::append(ByteView bytes) {
  if (buffer_.size() + bytes.size() > buffer_size) {
    if (auto flushed = flush(); !flushed) return flushed;
    if (bytes.size() > buffer_size) return put(bytes);
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return {};
}

Result<void> AtomicFile::append(std::string_view text) {
  return append(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Result<void> AtomicFile::flush() {
  auto written = put(buffer_);
  buffer_.clear();
  return written;
}

Result<void> AtomicFile::put(ByteView bytes) {
  if (failed_) return tl::unexpected(*failed_);
  auto written = write_all(temporary_->file.get(), bytes);
  if (!written) failed_ = written.error();
  return written;
}

Result<void> AtomicFile::apply(const Attributes& attributes) {
  const int file = temporary_->file.get();
  constexpr auto unchanged = static_cast<std::uint32_t>(-1);
  if (attributes.owner || attributes.group) {
    if (::fchown(file, attributes.owner.value_or(unchanged), attributes.group.value_or(unchanged)) != 0)
      return tl::unexpected(system_error(errno, "can't give the file its owner"));
  }
  // After the owner, whose change takes the set-user-ID bits away.
  if (::fchmod(file, attributes.mode.value_or(publishing_.default_mode) & 07777U) != 0)
    return tl::unexpected(system_error(errno, "can't give the file its mode"));
  if (attributes.modified_ns || attributes.accessed_ns) {
    const std::array<timespec, 2> times = {from_nanoseconds(attributes.accessed_ns),
                                           from_nanoseconds(attributes.modified_ns)};
    if (::futimens(file, times.data()) != 0)
      return tl::unexpected(system_error(errno, "can't give the file its times"));
  }
  return {};
}

Result<void> AtomicFile::commit(const Attributes& attributes) {
  const bool durable = publishing_.durability == Durability::each;
  if (auto completed = complete(attributes); !completed) return completed;
  if (durable)
    if (auto synced = sync(); !synced) return synced;
  if (auto published = publish(); !published) return published;
  // The file is there, complete, from here on; what can still fail is only the promise about power cuts.
  return durable ? sync_name() : Result<void>{};
}

Result<void> AtomicFile::complete(const Attributes& attributes) {
  if (auto flushed = flush(); !flushed) return flushed;
  buffer_ = {};
  return apply(attributes);
}

Result<void> AtomicFile::sync() const {
  // Not fdatasync: the mode must be there after a power cut, too, and a new file's inode is written anyway.
  if (::fsync(file()) != 0) return tl::unexpected(system_error(errno, "can't sync the file"));
  return {};
}

Result<void> AtomicFile::publish() {
  // Closing a duplicate tells what closing tells, while the lock stays until the file has its name.
  Fd duplicate(::fcntl(file(), F_DUPFD_CLOEXEC, 0));
  if (!duplicate) return tl::unexpected(system_error(errno, "can't close"));
  if (auto closed = duplicate.close(); !closed) return closed;
  if (::renameat(directory(), temporary_->name.c_str(), directory(), temporary_->target.name.c_str()) != 0)
    return tl::unexpected(system_error(errno, "can't put the file in its place"));
  temporary_->name.clear();
  return {};
}

Result<void> AtomicFile::sync_name() const {
  return sync_directory(directory());
}

bool is_temporary_name(std::string_view name) {
  if (name.size() != prefix.size() + random_digits + suffix.size()) return false;
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return false;
  const std::string_view digits = name.substr(prefix.size(), random_digits);
  return digits.find_first_not_of(hex_digits) == std::string_view::npos;
}

void remove_if_litter(int directory, const std::string& name) {
  // Opened for writing because NFS needs that for an exclusive lock.
  const Fd file(::openat(directory, name.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  // With the lock in hand it is either litter or was published meanwhile, and then the name is gone.
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) ::unlinkat(directory, name.c_str(), 0);
}

void remove_litter(int directory) {
  const int listing = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (listing < 0) return;
  const std::unique_ptr<DIR, void (*)(DIR*)> stream(::fdopendir(listing),
                                                    [](DIR* open) { ::closedir(open); });
  if (!stream) {
    ::close(listing);
    return;
  }
  while (const dirent* entry = ::readdir(stream.get()))
    if (is_temporary_name(entry->d_name)) remove_if_litter(directory, entry->d_name);
}

}  // namespace imgc
