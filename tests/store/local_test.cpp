#include "store/local.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "store/temp_dir.h"

namespace imgc {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t plenty = std::uint64_t{1} << 40U;
constexpr const char* litter_name = ".imgc-0123456789abcdef.tmp";
const Bytes some = {1, 2, 3};
const Bytes other = {9, 8, 7, 6};

void put(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    names.push_back(entry.path().filename().string());
  return names;
}

// Acts as the user nobody while it lives; only root can.
class AsNobody {
 public:
  AsNobody() : changed_(::geteuid() == 0 && ::seteuid(65534) == 0) {}
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (changed_) CHECK(::seteuid(0) == 0);
  }

 private:
  bool changed_;
};

class SmallDisk {
 public:
  explicit SmallDisk(fs::path at)
      : at_(std::move(at)), mounted_(::mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=256k") == 0) {}
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) CHECK(::umount(at_.c_str()) == 0);
  }
  [[nodiscard]] bool mounted() const { return mounted_; }

 private:
  fs::path at_;
  bool mounted_;
};

void check_refuses_to_read(LocalStore& store, const Key& key, ErrorCode code, const std::string& words) {
  const auto start = std::chrono::steady_clock::now();
  for (const auto& result : {store.read(key, plenty), store.read_prefix(key, 100)}) {
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == code);
    INFO(result.error().message);
    CHECK(result.error().message.find(words) != std::string::npos);
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

}  // namespace

TEST_CASE("what is not a regular file is refused without blocking") {
  const test::TempDir dir;
  LocalStore store;
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  check_refuses_to_read(store, dir / "fifo", ErrorCode::unsupported, "is a FIFO");
  check_refuses_to_read(store, dir.path().string(), ErrorCode::unsupported, "is a directory");
  check_refuses_to_read(store, "/dev/zero", ErrorCode::unsupported, "is a device");

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = dir / "socket";
  REQUIRE(name.size() < sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  check_refuses_to_read(store, name, ErrorCode::unsupported, "is a socket");
}

TEST_CASE("links that lead nowhere or in a circle are errors, and free names where that is true") {
  const test::TempDir dir;
  LocalStore store;
  fs::create_symlink("gone", dir / "dangling");
  fs::create_symlink("loop", dir / "loop");
  check_refuses_to_read(store, dir / "dangling", ErrorCode::not_found, "No such file");
  check_refuses_to_read(store, dir / "loop", ErrorCode::io, "symbolic links");
  CHECK_FALSE(store.head(dir / "dangling")->has_value());
  CHECK_FALSE(store.head(dir / "loop").has_value());
  CHECK_FALSE(store.write(dir / "loop", some, {}).has_value());
}

TEST_CASE("a sparse file of a terabyte costs nothing") {
  const test::TempDir dir;
  LocalStore store;
  const std::string name = dir / "huge.png";
  put(name, "head");
  if (::truncate(name.c_str(), off_t{1} << 40U) != 0) {
    MESSAGE("skipped: this file system has no sparse files of 1 TB");
    return;
  }
  const auto start = std::chrono::steady_clock::now();
  CHECK(store.read(name, std::uint64_t{1} << 30U).error().code == ErrorCode::limit);
  const auto prefix = store.read_prefix(name, 4);
  REQUIRE(prefix.has_value());
  CHECK(prefix->bytes == Bytes{'h', 'e', 'a', 'd'});
  CHECK(prefix->attributes.size == std::uint64_t{1} << 40U);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
}

TEST_CASE("a file whose size says nothing is read all the same") {
  LocalStore store;
  const auto status = store.read("/proc/self/status", plenty);  // its st_size is 0
  REQUIRE(status.has_value());
  CHECK(status->bytes.size() > 100);
}

TEST_CASE("a file that changes while it is read is not taken for what it was") {
  const test::TempDir dir;
  LocalStore store;
  const std::string name = dir / "log";
  put(name, std::string(3'000'000, 'a'));
  std::atomic<bool> done = false;
  std::thread mutator([&] {
    std::ofstream file(name, std::ios::binary | std::ios::app);
    while (!done) file << 'b' << std::flush;
  });
  bool seen = false;
  for (int i = 0; i < 1000 && !seen; ++i) {
    const auto blob = store.read(name, plenty);
    seen = !blob && blob.error().code == ErrorCode::changed;
  }
  done = true;
  mutator.join();
  CHECK(seen);
  CHECK(store.read(name, plenty).has_value());
}

TEST_CASE("permission denied is ErrorCode::access, for reading and for writing") {
  const test::TempDir dir;
  LocalStore store;
  put(dir / "secret", "x");
  fs::create_directory(dir / "fixed");
  fs::permissions(dir.path(), fs::perms(0755));
  fs::permissions(dir / "secret", fs::perms::none);
  fs::permissions(dir / "fixed", fs::perms(0555));
  {
    const AsNobody nobody;
    check_refuses_to_read(store, dir / "secret", ErrorCode::access,
                          "can't open for reading: Permission denied");
    const auto written = store.write(dir / "fixed/x", some, {});
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().code == ErrorCode::access);
    CHECK(store.write(dir / "fixed/new/x", some, {}).error().code == ErrorCode::access);
  }
  CHECK(names_in(dir / "fixed").empty());
}

TEST_CASE("attributes come from the file: mode, owner, times, size, links, object") {
  const test::TempDir dir;
  LocalStore store;
  put(dir / "a", "12345");
  fs::create_hard_link(dir / "a", dir / "b");
  fs::create_symlink("a", dir / "link");
  REQUIRE(::chmod((dir / "a").c_str(), 02751) == 0);
  const auto a = store.head(dir / "a").value().value();
  CHECK(a.mode == 02751U);
  CHECK(a.owner == ::geteuid());
  CHECK(a.size == 5);
  CHECK(a.links == 2);
  CHECK(a.object == store.head(dir / "b").value().value().object);
  CHECK(a.object == store.head(dir / "link").value().value().object);
  CHECK(store.read(dir / "link", plenty)->attributes.object == a.object);
}

TEST_CASE("a new file has the mode that the umask leaves, whatever it replaces") {
  const test::TempDir dir;
  const mode_t before = ::umask(027);
  LocalStore store;
  ::umask(before);
  put(dir / "old", "x");
  REQUIRE(::chmod((dir / "old").c_str(), 0600) == 0);
  REQUIRE(store.write(dir / "old", some, {}).has_value());
  REQUIRE(store.write(dir / "new", some, {}).has_value());
  CHECK(store.head(dir / "old").value().value().mode == 0640U);
  CHECK(store.head(dir / "new").value().value().mode == 0640U);
}

TEST_CASE("root gives a file its owner; others fail rather than give it the wrong one") {
  const test::TempDir dir;
  LocalStore store;
  fs::permissions(dir.path(), fs::perms(0777));
  Attributes asked;
  asked.owner = 12345;
  asked.group = 23456;
  asked.mode = 06755;
  if (::geteuid() == 0) {
    REQUIRE(store.write(dir / "x", some, asked).has_value());
    const auto head = store.head(dir / "x").value().value();
    CHECK(head.owner == 12345U);
    CHECK(head.group == 23456U);
    CHECK(head.mode == 06755U);
  } else {
    MESSAGE("skipped in part: only root can give files away");
  }
  const AsNobody nobody;
  CHECK(store.write(dir / "y", some, asked).error().code == ErrorCode::access);
  CHECK_FALSE(fs::exists(dir / "y"));
}

TEST_CASE("a failed write leaves the old file and no temporary") {
  const test::TempDir dir;
  fs::create_directory(dir / "disk");
  const SmallDisk disk(dir / "disk");
  if (!disk.mounted()) {
    MESSAGE("skipped: mounting a small tmpfs takes root");
    return;
  }
  LocalStore store;
  const Key key = dir / "disk/x.png";
  REQUIRE(store.write(key, Bytes(100'000, 1), {}).has_value());
  const auto full = store.write(key, Bytes(1'000'000, 2), {});
  REQUIRE_FALSE(full.has_value());
  CHECK(full.error().code == ErrorCode::no_space);
  CHECK(store.read(key, plenty)->bytes == Bytes(100'000, 1));
  CHECK(names_in(dir / "disk") == std::vector<std::string>{"x.png"});
}

TEST_CASE("writing to a symbolic link replaces the file behind it, and the link stays") {
  const test::TempDir dir;
  LocalStore store;
  fs::create_directories(dir / "far/off");
  put(dir / "far/off/real", "old");
  fs::create_symlink("far/off/real", dir / "one");
  fs::create_symlink(dir / "one", dir / "two");
  fs::create_symlink("far/new", dir / "dangling");
  REQUIRE(store.write(dir / "two", some, {}).has_value());
  REQUIRE(store.write(dir / "dangling", other, {}).has_value());
  CHECK(fs::is_symlink(dir / "one"));
  CHECK(fs::is_symlink(dir / "two"));
  CHECK(fs::is_symlink(dir / "dangling"));
  CHECK(store.read(dir / "far/off/real", plenty)->bytes == some);
  CHECK(store.read(dir / "far/new", plenty)->bytes == other);
}

TEST_CASE("a directory, FIFO or device is never replaced") {
  const test::TempDir dir;
  LocalStore store;
  fs::create_directory(dir / "sub");
  fs::create_directory_symlink("sub", dir / "link");
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  for (const char* name : {"sub", "sub/", "sub/.", "sub/..", "link", "link/"}) {
    const auto written = store.write(dir / name, some, {});
    INFO(name);
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().message.find("directory") != std::string::npos);
  }
  CHECK(store.write(dir / "fifo", some, {}).error().code == ErrorCode::refused);
  CHECK(store.write("/dev/null", some, {}).error().code == ErrorCode::refused);
  CHECK(fs::is_fifo(dir / "fifo"));
  CHECK(fs::is_empty(dir / "sub"));
  CHECK(store.write(dir / "fifo/x", some, {}).has_value() == false);
}

TEST_CASE("writes that are put off leave the old files until they are published, all of them") {
  const test::TempDir dir;
  LocalStore store({Durability::batch, true});
  REQUIRE(store.puts_off());
  constexpr unsigned files = 60;  // above what is synced one by one, and below
  for (const unsigned count : {files, 3U}) {
    const Bytes fresh(count, 7);
    for (unsigned i = 0; i < count; ++i) {
      const Key key = dir / (std::to_string(i % 5) + "/" + std::to_string(i));
      REQUIRE(store.write(key, fresh, {}));
      const auto before = store.head(key);
      REQUIRE(before);
      CHECK((!*before || (*before)->size != count));
    }
    CHECK(store.publish().empty());
    for (unsigned i = 0; i < count; ++i)
      CHECK(store.read(dir / (std::to_string(i % 5) + "/" + std::to_string(i)), 1000)->bytes == fresh);
  }
  CHECK(store.publish().empty());
}

TEST_CASE("of writes that are put off, those that fail are named, and the others are done") {
  const test::TempDir dir;
  LocalStore store({Durability::batch, true});
  REQUIRE(store.write(dir / "good", some, {}));
  REQUIRE(store.write(dir / "bad", some, {}));
  fs::create_directory(dir.path() / "bad");  // a file can't be renamed over it
  const auto failed = store.publish();
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].key == dir / "bad");
  CHECK(failed[0].error.code == ErrorCode::io);
  CHECK(names_in(dir.path()) == std::vector<std::string>{"bad", "good"});
}

TEST_CASE("litter of killed runs goes with the first write and the first head; what lives stays") {
  const test::TempDir dir;
  for (const bool by_head : {false, true}) {
    LocalStore store;
    const std::string live = dir / ".imgc-00000000000000aa.tmp";
    put(dir / litter_name, "half an ima");
    put(live, "half");
    put(dir / ".imgc-notes.tmp", "the user's own");
    put(dir / "x", "x");
    const Fd held(::open(live.c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(::flock(held.get(), LOCK_EX | LOCK_NB) == 0);
    if (by_head)
      CHECK(store.head(dir / "x")->has_value());
    else
      CHECK(store.write(dir / "x", some, {}).has_value());
    CHECK_FALSE(fs::exists(dir / litter_name));
    CHECK(fs::exists(live));
    CHECK(fs::exists(dir / ".imgc-notes.tmp"));
  }
}

TEST_CASE("litter is found behind a link, too") {
  const test::TempDir dir;
  LocalStore store;
  fs::create_directory(dir / "far");
  put(dir / "far/real", "old");
  put(dir / ("far/" + std::string(litter_name)), "half");
  fs::create_symlink("far/real", dir / "link");
  REQUIRE(store.write(dir / "plain", some, {}).has_value());
  REQUIRE(store.write(dir / "link", some, {}).has_value());
  CHECK(names_in(dir / "far") == std::vector<std::string>{"real"});
}

TEST_CASE("litter stays when nothing is to be changed, and is never another thing of that name") {
  const test::TempDir dir;
  put(dir / litter_name, "half");
  LocalStore careful(LocalOptions{Durability::none, false});
  CHECK_FALSE(careful.head(dir / "x")->has_value());
  CHECK(fs::exists(dir / litter_name));

  fs::remove(dir / litter_name);
  put(dir / "real", "r");
  fs::create_symlink("real", dir / litter_name);
  fs::create_directory(dir / ".imgc-0123456789abcde0.tmp");
  LocalStore store;
  CHECK(store.write(dir / "x", some, {}).has_value());
  CHECK(fs::is_symlink(dir / litter_name));
  CHECK(fs::is_directory(dir / ".imgc-0123456789abcde0.tmp"));
  CHECK(fs::exists(dir / "real"));
}

TEST_CASE("two stores, as two processes would be, write to one directory and clean each other nothing away") {
  const test::TempDir dir;
  std::atomic<unsigned> failures = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      for (unsigned round = 0; round < 100; ++round) {
        LocalStore store;  // each one looks for litter anew
        if (!store.write(dir / std::to_string(i), some, {})) ++failures;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(names_in(dir.path()).size() == 8);
}

}  // namespace imgc
