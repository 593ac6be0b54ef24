// Owned file descriptors, whole reads and writes, and paths longer than PATH_MAX.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <sys/stat.h>
#include <sys/types.h>

#include "imgc/bytes.h"
#include "imgc/result.h"

namespace imgc {

// Owns a descriptor. The destructor closes it and can't say whether that worked: what was written to is
// closed with close() first.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  // Closing can be what reports that earlier writes were lost (NFS, quotas). The descriptor is gone either
  // way.
  [[nodiscard]] Result<void> close();

 private:
  int fd_ = -1;
};

// What errno `error` means: a code, and "<attempted>: <the system's words>", for example
// "can't open for reading: Permission denied".
[[nodiscard]] Error system_error(int error, std::string_view attempted);

// The error with the path, as it can be printed, in front.
[[nodiscard]] Error at_path(std::string_view path, Error error);

// These take interrupted and short calls in their stride, and wait on descriptors that are non-blocking.

// Until `out` is full or the data ends; says how many bytes came.
[[nodiscard]] Result<std::size_t> read_full(int fd, std::span<std::uint8_t> out);
// Until the end, or until `count` bytes have come. `expected` is a hint at how many there will be: memory
// grows with what really comes, so a hint that is a lie costs little.
[[nodiscard]] Result<Bytes> read_up_to(int fd, std::uint64_t count, std::uint64_t expected = 0);
// Until the end; fails with ErrorCode::limit when there are more than `limit` bytes.
[[nodiscard]] Result<Bytes> read_all(int fd, std::uint64_t limit, std::uint64_t expected = 0);
[[nodiscard]] Result<void> write_all(int fd, ByteView bytes);
[[nodiscard]] Error over_limit(std::uint64_t limit);

// A path cut so that the *at calls accept it whatever its length: `rest` is below PATH_MAX and relative to
// at().
struct Location {
  Fd directory;  // unset when `rest` is the whole path
  std::string rest;

  [[nodiscard]] int at() const;
};
// Fails with not_found for an empty path and io for one with a NUL byte in it, which the system would cut
// off.
[[nodiscard]] Result<Location> locate(std::string_view path);

// The system calls of these names on paths of any length. `attempted` begins the error's message.
[[nodiscard]] Result<Fd> open_path(std::string_view path, int flags, std::string_view attempted);
[[nodiscard]] Result<struct stat> stat_path(std::string_view path, bool follow_links = true);
[[nodiscard]] Result<void> rename_path(std::string_view from, std::string_view to);
[[nodiscard]] Result<void> unlink_path(std::string_view path);
// mkdir -p, with mode 0777 less the umask: says whether it made any. Directories that others make at the same
// time are welcome. With `sync` those that it made survive a power cut.
[[nodiscard]] Result<bool> make_directories(std::string_view path, bool sync = false);
// fsync of a directory, which may be open as O_PATH: what was renamed or made in it survives a power cut.
[[nodiscard]] Result<void> sync_directory(int directory);

// `name` below `directory`, which is as it is when that is empty.
[[nodiscard]] std::string join_path(std::string_view directory, std::string_view name);

// The path before the last component ("." when there is none), and that component. Trailing slashes stay, so
// the last component of "a/" is empty.
struct SplitPath {
  std::string_view parent;
  std::string_view name;
};
[[nodiscard]] SplitPath split_path(std::string_view path);

}  // namespace imgc
