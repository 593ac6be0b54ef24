#include "base/fd.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/text.h"

namespace imgc {
namespace {

// What a buffer is given at first, however large the file says it is.
constexpr std::uint64_t largest_first_buffer = std::uint64_t{16} << 20U;
constexpr std::uint64_t buffer_of_unknown = std::uint64_t{4} << 10U;  // where it says nothing

ErrorCode code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::access;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::no_space;
    case ENOMEM:
      return ErrorCode::out_of_memory;
    default:
      return ErrorCode::io;
  }
}

// Of a disk, a network or a crowded machine.
bool passes(int error) {
  switch (error) {
    case EIO:
    case ESTALE:
    case ETIMEDOUT:
    case EREMOTEIO:
    case ENOLINK:
    case ECONNRESET:
    case EAGAIN:
    case EMFILE:
    case ENFILE:
      return true;
    default:
      return false;
  }
}

// For descriptors that someone else made non-blocking, as a shell may do with stdin and stdout.
Result<void> wait_for(int fd, short events, std::string_view attempted) {
  pollfd waiting{fd, events, 0};
  while (::poll(&waiting, 1, -1) < 0) {
    if (errno != EINTR) return tl::unexpected(system_error(errno, attempted));
  }
  return {};
}

// What is left of `path` begins with neither '/' nor the chunk, which is short enough for the system.
std::string take_chunk(std::string_view& path) {
  const std::size_t slash = path.rfind('/', PATH_MAX - 2);
  if (slash == std::string_view::npos) return std::string(std::exchange(path, {}));
  std::string chunk(path.substr(0, slash + 1));
  path.remove_prefix(slash);
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  return chunk;
}

Result<Fd> open_directory(int at, const std::string& name) {
  Fd directory(::openat(at, name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return tl::unexpected(system_error(errno, "can't enter the directory"));
  return directory;
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> Fd::close() {
  // After EINTR Linux has closed the descriptor all the same, and another thread may have it by now.
  if (::close(std::exchange(fd_, -1)) != 0 && errno != EINTR)
    return tl::unexpected(system_error(errno, "can't close"));
  return {};
}

Error system_error(int error, std::string_view attempted) {
  std::string message(attempted);
  message += ": ";
  message += std::generic_category().message(error);
  if (error == EMFILE || error == ENFILE) message += "; raise the limit (ulimit -n) or lower --jobs";
  return Error{code_of(error), std::move(message), passes(error)};
}

Error at_path(std::string_view path, Error error) {
  error.message = printable(path) + ": " + error.message;
  return error;
}

Error over_limit(std::uint64_t limit) {
  return Error{ErrorCode::limit, "larger than the limit of " + human_size(limit)};
}

Result<std::size_t> read_full(int fd, std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::read(fd, out.data() + done, out.size() - done);
    if (got == 0) break;
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(fd, POLLIN, "can't read"); !ready) return tl::unexpected(ready.error());
    } else if (errno != EINTR) {
      return tl::unexpected(system_error(errno, "can't read"));
    }
  }
  return done;
}

Result<Bytes> read_up_to(int fd, std::uint64_t count, std::uint64_t expected) {
  Bytes bytes;
  expected = std::min(expected, UINT64_MAX / 4);
  std::uint64_t room = expected == 0 ? buffer_of_unknown : std::min(expected + 1, largest_first_buffer);
  std::size_t filled = 0;
  do {
    room = std::min(room, count);
    bytes.resize(room);
    const auto got = read_full(fd, std::span(bytes).subspan(filled));
    if (!got) return tl::unexpected(got.error());
    filled += *got;
    // Twice what has really come, or straight to what was expected when that is nearer.
    room = expected >= filled && expected < 2 * room ? expected + 1 : 2 * room;
  } while (filled == bytes.size() && filled < count);
  bytes.resize(filled);
  return bytes;
}

Result<Bytes> read_all(int fd, std::uint64_t limit, std::uint64_t expected) {
  if (expected > limit) return tl::unexpected(over_limit(limit));
  auto bytes = read_up_to(fd, limit == UINT64_MAX ? limit : limit + 1, expected);
  if (bytes && bytes->size() > limit) return tl::unexpected(over_limit(limit));
  return bytes;
}

Result<void> write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(put));
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(fd, POLLOUT, "can't write"); !ready) return ready;
    } else if (errno != EINTR) {
      return tl::unexpected(system_error(errno, "can't write"));
    }
  }
  return {};
}

int Location::at() const {
  return directory ? directory.get() : AT_FDCWD;
}

Result<Location> locate(std::string_view path) {
  if (path.empty()) return fail(ErrorCode::not_found, "the name is empty");
  if (path.find('\0') != std::string_view::npos) return fail(ErrorCode::io, "the name has a NUL byte in it");
  Location location;
  while (path.size() >= PATH_MAX) {
    auto next = open_directory(location.at(), take_chunk(path));
    if (!next) return tl::unexpected(next.error());
    location.directory = std::move(*next);
  }
  location.rest = path.empty() ? "." : path;
  return location;
}

Result<Fd> open_path(std::string_view path, int flags, std::string_view attempted) {
  const auto location = locate(path);
  if (!location) return tl::unexpected(location.error());
  constexpr mode_t mode = 0666;  // less the umask, of a file that O_CREAT makes
  Fd fd(::openat(location->at(), location->rest.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) return tl::unexpected(system_error(errno, attempted));
  return fd;
}

Result<struct stat> stat_path(std::string_view path, bool follow_links) {
  const auto location = locate(path);
  if (!location) return tl::unexpected(location.error());
  struct stat status {};
  if (::fstatat(location->at(), location->rest.c_str(), &status, follow_links ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
    return tl::unexpected(system_error(errno, "can't look at it"));
  return status;
}

Result<void> rename_path(std::string_view from, std::string_view to) {
  const auto source = locate(from);
  if (!source) return tl::unexpected(source.error());
  const auto target = locate(to);
  if (!target) return tl::unexpected(target.error());
  if (::renameat(source->at(), source->rest.c_str(), target->at(), target->rest.c_str()) != 0)
    return tl::unexpected(system_error(errno, "can't rename"));
  return {};
}

Result<void> unlink_path(std::string_view path) {
  const auto location = locate(path);
  if (!location) return tl::unexpected(location.error());
  if (::unlinkat(location->at(), location->rest.c_str(), 0) != 0)
    return tl::unexpected(system_error(errno, "can't remove"));
  return {};
}

Result<void> sync_directory(int directory) {
  const Fd readable(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!readable || ::fsync(readable.get()) != 0)
    return tl::unexpected(system_error(errno, "can't sync the directory"));
  return {};
}

Result<bool> make_directories(std::string_view path, bool sync) {
  if (path.find('\0') != std::string_view::npos) return fail(ErrorCode::io, "the name has a NUL byte in it");
  Location here;
  bool made = false;
  if (path.starts_with('/')) here.directory = Fd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  while (true) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    if (path.empty()) return made;
    const std::string name(path.substr(0, path.find('/')));
    path.remove_prefix(name.size());
    auto next = open_directory(here.at(), name);
    if (!next && next.error().code == ErrorCode::not_found) {
      const bool is_ours = ::mkdirat(here.at(), name.c_str(), 0777) == 0;
      if (!is_ours && errno != EEXIST) return tl::unexpected(system_error(errno, "can't make the directory"));
      made |= is_ours;
      if (is_ours && sync)
        if (auto synced = sync_directory(here.at()); !synced) return tl::unexpected(synced.error());
      next = open_directory(here.at(), name);
    }
    if (!next) return tl::unexpected(next.error());
    here.directory = std::move(*next);
  }
}

std::string join_path(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && !path.ends_with('/')) path += '/';
  return path.append(name);
}

SplitPath split_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace imgc
