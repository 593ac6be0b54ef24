// Publishing a file all or nothing: a temporary beside the target, then a rename over it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "imgc/bytes.h"
#include "imgc/result.h"
#include "imgc/store.h"

#include "base/fd.h"

namespace imgc {

// What a published file survives.
enum class Durability : std::uint8_t {
  none,   // this process being killed
  batch,  // a power cut too: files are synced many at a time, and then get their names
  each,   // a power cut too: the file and its directory are synced before commit() returns
};

struct Publishing {
  Durability durability = Durability::none;
  std::uint32_t default_mode = 0644;  // of a file whose Attributes name none
};
// Durability::none, and the mode that this process's umask leaves a new file.
[[nodiscard]] Publishing default_publishing();

// Where a name's bytes really go: the directory, and the name in it. Symbolic links in the last component are
// followed, so that publishing to a link replaces the file that it points to and the link stays, and so that
// reading and writing a name always mean the same object. Missing directories are made.
struct Target {
  Fd directory;
  std::string name;
  bool through_link = false;  // `directory` is not the one that the path named
};
// Fails when a directory has that name (io), or a device, FIFO or socket (refused): a rename would replace
// it.
[[nodiscard]] Result<Target> resolve_target(std::string_view path, Durability durability);

// Its bytes become visible at the target in one step in commit(), or never: destroyed before that, or after a
// failure, it leaves no trace and the old file untouched.
class AtomicFile {
 public:
  // The first also removes litter beside the target; the second leaves that to its caller.
  [[nodiscard]] static Result<AtomicFile> create(std::string_view path, const Publishing& publishing);
  [[nodiscard]] static Result<AtomicFile> create(Target target, const Publishing& publishing);
  AtomicFile(AtomicFile&& other) noexcept = default;
  AtomicFile& operator=(AtomicFile&& other) noexcept = default;

  // Gathers small pieces into writes of 64 KiB.
  [[nodiscard]] Result<void> append(ByteView bytes);
  [[nodiscard]] Result<void> append(std::string_view text);
  // Publishes, and under Durability::each syncs. These four in their order do the same one by one.
  [[nodiscard]] Result<void> commit(const Attributes& attributes);

  // Gives it those of mode, owner, group and times that have values. One that can't be given is an
  // error: whoever can do without it leaves it out. Nothing may be appended afterwards.
  [[nodiscard]] Result<void> complete(const Attributes& attributes);
  // What it holds survives a power cut, if it is published.
  [[nodiscard]] Result<void> sync() const;
  [[nodiscard]] Result<void> publish();
  // That it was published survives a power cut.
  [[nodiscard]] Result<void> sync_name() const;

  // The file's and its directory's descriptors.
  [[nodiscard]] int file() const { return temporary_->file.get(); }
  [[nodiscard]] int directory() const { return temporary_->target.directory.get(); }

 private:
  // Removes the temporary's name unless it was published.
  struct Temporary {
    Target target;
    std::string name;
    Fd file;  // holds the lock that tells a live temporary from litter

    Temporary() = default;
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary();
  };

  AtomicFile(std::unique_ptr<Temporary> temporary, const Publishing& publishing);
  [[nodiscard]] Result<void> flush();
  [[nodiscard]] Result<void> put(ByteView bytes);
  [[nodiscard]] Result<void> apply(const Attributes& attributes);

  std::unique_ptr<Temporary> temporary_;
  Publishing publishing_;
  Bytes buffer_;
  std::optional<Error> failed_;  // of an append(): what is there now has a hole
};

// Whether a file's name (without directories) is one that AtomicFile gives: discovery leaves these out.
[[nodiscard]] bool is_temporary_name(std::string_view name);

// Litter is a temporary that no process has locked: what wrote it was killed. These remove it and leave the
// temporaries of processes that live. They do what they can: litter they may not remove stays, and is no
// error.
void remove_litter(int directory);
void remove_if_litter(int directory, const std::string& name);

}  // namespace imgc
