// The store of files: a key is a path, absolute or from the current directory, of any length.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "imgc/store.h"

#include "store/atomic_file.h"
#include "store/seen_set.h"

namespace imgc {

struct LocalOptions {
  Durability durability = Durability::none;
  // Remove what killed runs left behind from every directory that head() and write() come to. Off for a run
  // that must change nothing.
  bool remove_litter = true;
};

// Only regular files are objects; FIFOs, sockets and devices are refused without blocking. Symbolic links are
// followed by every function, so a key means one object to all of them: writing to a link replaces the file
// it points to. Safe to use from many threads, and beside other processes that do the same.
//
// write() makes missing directories. It gives exactly the attributes that have a value, and fails when it
// can't (the owner needs privileges); without a mode, that of a new file under the umask at construction.
class LocalStore final : public Store {
 public:
  explicit LocalStore(const LocalOptions& options = {});

  [[nodiscard]] Result<Blob> read(const Key& key, std::uint64_t limit) override;
  [[nodiscard]] Result<Blob> read_prefix(const Key& key, std::size_t count) override;
  void prefetch(const Key& key) override;
  [[nodiscard]] Result<std::optional<Attributes>> head(const Key& key) override;
  [[nodiscard]] Result<void> write(const Key& key, ByteView bytes, const Attributes& attributes) override;
  [[nodiscard]] Result<void> remove(const Key& key) override;
  // With Durability::batch.
  [[nodiscard]] bool puts_off() const override { return publishing_.durability == Durability::batch; }
  [[nodiscard]] std::vector<Unpublished> publish() override;

 private:
  struct PutOff {
    Key key;
    AtomicFile file;
  };
  [[nodiscard]] static Result<void> sync_file_systems(const std::vector<PutOff>& files);
  // Whether this is the first call for that directory, however it is identified.
  [[nodiscard]] bool first_visit(std::string_view directory);

  Publishing publishing_;
  bool remove_litter_;
  std::mutex put_off_mutex_;
  std::vector<PutOff> put_off_;  // complete, in the order of their writes
  std::mutex mutex_;
  SeenSet visited_;  // directories, under mutex_
};

}  // namespace imgc
