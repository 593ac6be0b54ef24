#include "journal/journal.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "journal/journal_line.h"
#include "journal/made_with.h"
#include "store/temp_dir.h"

namespace imgc {
namespace {

struct StateDirectory {
  [[nodiscard]] std::string file() const { return path + "/journal.ndjson"; }
  [[nodiscard]] std::string text() const {
    std::ostringstream all;
    all << std::ifstream(file(), std::ios::binary).rdbuf();
    return all.str();
  }
  void put(const std::string& text) const {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << text;
  }
  [[nodiscard]] Journal open() const {
    auto journal = Journal::open(path);
    REQUIRE_MESSAGE(journal, (journal ? "" : journal.error().message));
    return *std::move(journal);
  }

  test::TempDir directory;
  std::string path = directory.path().string();
};

JournalEntry entry(const std::string& output, std::uint64_t size = 10) {
  JournalEntry entry;
  entry.output = output;
  entry.input = "/in/" + output;
  entry.source = {size, 1'700'000'000'123'456'789, 1'700'000'000'223'456'789, 77};
  entry.digest = Digest{0x0123456789ABCDEF, 42};
  entry.made_with = 0xFEDCBA9876543210;
  entry.outcome = "compressed";
  entry.target = Look{size / 2, 1'700'000'001'000'000'000, 0, 0};
  return entry;
}

bool equal(const JournalEntry& a, const JournalEntry& b) {
  return line_of(a) == line_of(b);
}

void add(const StateDirectory& state, const std::vector<JournalEntry>& entries) {
  Journal journal = state.open();
  for (const JournalEntry& one : entries) REQUIRE(journal.append(one));
  REQUIRE(journal.flush());
}

}  // namespace

TEST_CASE("journal: its owner may open it again, and others by the umask") {
  const StateDirectory state;
  add(state, {entry("a.png")});
  const mode_t mask = ::umask(0);
  ::umask(mask);
  for (const char* name : {"/journal.ndjson", "/lock"}) {
    CAPTURE(name);
    struct stat status {};
    REQUIRE(::stat((state.path + name).c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == (0666U & ~mask));
  }
}

TEST_CASE("journal: what was put in is found by its output and read back whole") {
  const StateDirectory state;
  JournalEntry odd = entry("name \"with\\ quotes\n and \xFF bytes.png");
  odd.outcome = "failed";
  odd.target.reset();
  odd.error = Error{ErrorCode::truncated, "ends early"};
  JournalEntry unsure = entry("b.png");
  unsure.source_is_sure = false;
  unsure.written = "b.webp";
  add(state, {entry("a.png"), odd, unsure});

  Journal journal = state.open();
  CHECK(journal.slots().size() == 3);
  for (const JournalEntry& one : {entry("a.png"), odd, unsure}) {
    JournalSlot* slot = journal.find(one.output);
    REQUIRE(slot != nullptr);
    const auto read = journal.read(*slot);
    REQUIRE(read);
    CHECK(equal(*read, one));
    CHECK(slot->outcome == one.outcome[0]);
    CHECK((slot->source == 0) == !one.source_is_sure);
    CHECK((slot->target == 0) == !one.target.has_value());
  }
  CHECK(journal.find("c.png") == nullptr);
  CHECK(journal.find("a.png")->source == source_mark(entry("a.png").source, entry("a.png").made_with));
}

TEST_CASE("journal: the last line of an output holds, and one that was deleted is gone") {
  const StateDirectory state;
  JournalEntry deleted = entry("b.png");
  deleted.outcome = "deleted";
  add(state, {entry("a.png", 10), entry("b.png"), entry("a.png", 30), deleted});
  Journal journal = state.open();
  CHECK(journal.slots().size() == 1);
  CHECK(journal.read(*journal.find("a.png"))->source.size == 30);
}

TEST_CASE("journal: any change to what a mark stands for changes the mark") {
  const Look look = entry("a").source;
  const std::uint64_t mark = source_mark(look, 5);
  CHECK(source_mark({look.size + 1, look.modified_ns, look.changed_ns, look.inode}, 5) != mark);
  CHECK(source_mark({look.size, look.modified_ns + 1, look.changed_ns, look.inode}, 5) != mark);
  CHECK(source_mark({look.size, look.modified_ns, look.changed_ns + 1, look.inode}, 5) != mark);
  CHECK(source_mark({look.size, look.modified_ns, look.changed_ns, look.inode + 1}, 5) != mark);
  CHECK(source_mark(look, 6) != mark);
  CHECK(target_mark({1, 2, 3, 4}) != target_mark({1, 3, 3, 4}));
  CHECK(target_mark({1, 2, 3, 4}) == target_mark({1, 2, 5, 6}));
}

TEST_CASE("journal: cut at any byte it holds the lines before, and goes on behind them") {
  const StateDirectory whole;
  add(whole, {entry("a.png"), entry("b.png"), entry("c.png")});
  const std::string text = whole.text();
  const StateDirectory state;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    state.put(text.substr(0, size));
    const auto lines = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), '\n');
    {
      Journal journal = state.open();
      CHECK(journal.slots().size() == static_cast<std::size_t>(lines));
      REQUIRE(journal.append(entry("d.png")));
      REQUIRE(journal.flush());
    }
    Journal journal = state.open();
    CHECK(journal.slots().size() == static_cast<std::size_t>(lines) + 1);
    CHECK(journal.find("d.png") != nullptr);
  }
}

TEST_CASE("journal: no flipped byte makes an output look up to date that is not") {
  const StateDirectory whole;
  add(whole, {entry("a.png", 10), entry("b.png"), entry("a.png", 30)});
  const std::string text = whole.text();
  const StateDirectory state;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x20U, 0x80U, 0xFFU}) {
      std::string damaged = text;
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
      state.put(damaged);
      Journal journal = state.open();
      // What is left says what some line said: an older one at worst, which no longer fits the files.
      for (const JournalSlot& slot : journal.slots()) {
        const auto read = journal.read(slot);
        REQUIRE(read);
        const bool was_said = equal(*read, entry("a.png", 10)) || equal(*read, entry("b.png")) ||
                              equal(*read, entry("a.png", 30));
        REQUIRE(was_said);
        REQUIRE(slot.source == source_mark(read->source, read->made_with));
      }
    }
  }
}

TEST_CASE("journal: a second process is told who has it") {
  const StateDirectory state;
  const Journal journal = state.open();
  const auto second = Journal::open(state.path);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::refused);
}

TEST_CASE("journal: it says whether the last run came to its end, and what it was made with") {
  const StateDirectory state;
  CHECK_FALSE(state.open().last_run());
  {
    Journal journal = state.open();
    REQUIRE(journal.begin_run(7));
    REQUIRE(journal.flush());
  }
  {
    Journal journal = state.open();
    REQUIRE(journal.last_run());
    CHECK(journal.last_run()->made_with == 7);
    CHECK_FALSE(journal.last_run()->completed);
    REQUIRE(journal.begin_run(8));
    REQUIRE(journal.end_run());
    REQUIRE(journal.flush());
  }
  CHECK(state.open().last_run()->completed);
  CHECK(state.open().last_run()->made_with == 8);
}

TEST_CASE("journal: when most of it is outdated it is written anew, and says the same") {
  const StateDirectory state;
  {
    Journal journal = state.open();
    REQUIRE(journal.begin_run(9));
    for (int round = 0; round < 3; ++round)
      for (std::uint64_t i = 0; i < 4000; ++i)
        REQUIRE(journal.append(entry(fmt::format("{}.png", i), i + 1 + static_cast<std::uint64_t>(round))));
    REQUIRE(journal.flush());
  }
  const std::size_t before = state.text().size();
  Journal journal = state.open();
  CHECK(state.text().size() < before / 2);
  CHECK(journal.slots().size() == 4000);
  CHECK(journal.last_run()->made_with == 9);
  CHECK(journal.read(*journal.find("17.png"))->source.size == 17 + 3);
}

TEST_CASE("made_with: what changes bytes changes it, and what does not does not") {
  const Options options;
  Options other = options;
  other.effort = Effort::fast;
  CHECK(made_with(other) != made_with(options));
  other = options;
  other.limits.memory = 5;
  other.overwrite = Overwrite::never;
  CHECK(made_with(other) == made_with(options));
  other = options;
  other.rotate = 90;
  CHECK(made_with(other) != made_with(options));
}

}  // namespace imgc
