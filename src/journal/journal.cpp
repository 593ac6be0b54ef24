#include "journal/journal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/text.h"
#include "journal/journal_line.h"
#include "store/atomic_file.h"

namespace imgc {
namespace {

constexpr std::string_view file_name = "/journal.ndjson";
constexpr std::string_view lock_name = "/lock";
// Rewriting pays when more than this share of the lines says nothing any more, and there are some.
constexpr std::uint64_t outdated_share = 2;
constexpr std::size_t chunk_bytes = std::size_t{64} << 10U;
constexpr std::uint64_t shortest_line = 300;  // of an output, nearly always
constexpr std::uint64_t lines_worth_it = 10'000;

// Calls `take` with each line that has its end, without it, and where it begins; says where the last one
// ends.
template <class Take>
Result<std::uint64_t> each_line(int fd, const Take& take) {
  Bytes piece(chunk_bytes);
  std::string line;  // the beginning of one that goes on in the next piece
  std::uint64_t start = 0;
  if (::lseek(fd, 0, SEEK_SET) < 0) return tl::unexpected(system_error(errno, "can't read it"));
  while (true) {
    const auto count = read_full(fd, piece);
    if (!count) return tl::unexpected(count.error());
    std::string_view text(reinterpret_cast<const char*>(piece.data()), *count);
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos;
         text.remove_prefix(end + 1)) {
      const std::string_view rest = text.substr(0, end);
      if (!line.empty()) line += rest;
      const std::string_view whole = line.empty() ? rest : line;
      take(whole, start);
      start += whole.size() + 1;
      line.clear();
    }
    line += text;
    if (*count < piece.size()) return start;
  }
}

}  // namespace

Result<Journal> Journal::open(const std::string& directory) {
  if (auto made = make_directories(directory); !made) return tl::unexpected(at_path(directory, made.error()));
  Journal journal;
  const std::string lock_path = directory + std::string(lock_name);
  auto lock = open_path(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, "can't open");
  if (!lock) return tl::unexpected(at_path(lock_path, lock.error()));
  if (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return fail(ErrorCode::refused,
                fmt::format("{}: another imgc works with it; wait for that, or give another --state",
                            printable(directory)));
  journal.lock_ = *std::move(lock);
  journal.path_ = directory + std::string(file_name);
  if (auto loaded = journal.load(); !loaded) return tl::unexpected(at_path(journal.path_, loaded.error()));
  if (journal.lines_ > lines_worth_it && journal.lines_ > outdated_share * journal.slots_.size())
    if (auto done = journal.compact(); !done) return tl::unexpected(at_path(journal.path_, done.error()));
  return journal;
}

Result<void> Journal::load() {
  auto file = open_path(path_, O_RDWR | O_CREAT | O_CLOEXEC, "can't open");
  if (!file) return tl::unexpected(file.error());
  file_ = *std::move(file);
  slots_.clear();
  lines_ = 0;
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return tl::unexpected(system_error(errno, "can't look at it"));
  slots_.reserve(static_cast<std::size_t>(status.st_size) / shortest_line);
  const auto end =
      each_line(file_.get(), [this](std::string_view line, std::uint64_t at) { take_line(line, at); });
  if (!end) return tl::unexpected(end.error());
  // A line that was cut off must not swallow the next one.
  if (*end != static_cast<std::uint64_t>(status.st_size) &&
      ::ftruncate(file_.get(), static_cast<off_t>(*end)) != 0)
    return tl::unexpected(system_error(errno, "can't cut off a torn line"));

  const auto by_id = [](const JournalSlot& a, const JournalSlot& b) {
    return a.id != b.id ? a.id < b.id : a.offset > b.offset;
  };
  std::ranges::sort(slots_, by_id);  // the last line of an output first
  const auto same = [](const JournalSlot& a, const JournalSlot& b) { return a.id == b.id; };
  slots_.erase(std::unique(slots_.begin(), slots_.end(), same), slots_.end());
  std::erase_if(slots_, [](const JournalSlot& slot) { return slot.outcome == 'd'; });
  return {};
}

void Journal::take_line(std::string_view line, std::uint64_t offset) {
  if (auto slot = slot_in(line)) {
    slot->offset = offset;
    slots_.push_back(*slot);
    ++lines_;
  } else if (auto run = run_in(line)) {
    last_run_ = run;
  }
}

Result<void> Journal::compact() {
  auto next = AtomicFile::create(path_, default_publishing());
  if (!next) return tl::unexpected(next.error());
  Result<void> copied;
  if (last_run_) copied = next->append(line_of(*last_run_));
  const auto end = each_line(file_.get(), [&](std::string_view line, std::uint64_t at) {
    const auto read = slot_in(line);
    const JournalSlot* slot = read ? find_id(read->id) : nullptr;
    if (!copied || slot == nullptr || slot->offset != at) return;
    copied = next->append(line);
    if (copied) copied = next->append(std::string_view("\n"));
  });
  if (!end) return tl::unexpected(end.error());
  if (!copied) return copied;
  if (auto put = next->commit({}); !put) return put;
  return load();
}

JournalSlot* Journal::find(std::string_view output) {
  return find_id(output_id(output));
}

JournalSlot* Journal::find_id(const Digest& id) {
  const auto found = std::ranges::lower_bound(slots_, id, std::less<>(), &JournalSlot::id);
  return found == slots_.end() || found->id != id ? nullptr : &*found;
}

Result<JournalEntry> Journal::read(const JournalSlot& slot) const {
  std::string line;
  std::array<char, 1024> piece{};
  for (std::uint64_t at = slot.offset;;) {
    const ssize_t count = ::pread(file_.get(), piece.data(), piece.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(ErrorCode::io, fmt::format("{}: can't be read again", printable(path_)));
    line.append(piece.data(), static_cast<std::size_t>(count));
    at += static_cast<std::uint64_t>(count);
    if (const std::size_t end = line.find('\n'); end != std::string::npos) {
      line.resize(end);
      break;
    }
  }
  if (auto entry = entry_in(line)) return *std::move(entry);
  return fail(ErrorCode::malformed, fmt::format("{}: has changed while it was in use", printable(path_)));
}

Result<void> Journal::begin_run(std::uint64_t made_with) {
  last_run_ = JournalRun{made_with, false};
  return put(line_of(*last_run_));
}

Result<void> Journal::append(const JournalEntry& entry) {
  return put(line_of(entry));
}

Result<void> Journal::end_run() {
  if (!last_run_) return {};
  last_run_->completed = true;
  return put(line_of(*last_run_));
}

Result<void> Journal::put(std::string_view line) {
  pending_ += line;
  return pending_.size() < chunk_bytes ? Result<void>{} : flush();
}

Result<void> Journal::flush() {
  if (pending_.empty()) return {};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(pending_.data());
  if (::lseek(file_.get(), 0, SEEK_END) < 0) return tl::unexpected(system_error(errno, "can't append to it"));
  auto written = write_all(file_.get(), {bytes, pending_.size()});
  pending_.clear();
  if (!written) return tl::unexpected(at_path(path_, written.error()));
  return {};
}

}  // namespace imgc
