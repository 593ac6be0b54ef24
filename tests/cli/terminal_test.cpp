#include "cli/terminal.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "imgc/job.h"
#include "imgc/report.h"

#include "cli/columns.h"
#include "support/records.h"

using namespace imgc;

namespace {

// A terminal whose clock, width and screen belong to the test.
struct Screen {
  double now = 100;
  std::size_t width = 80;
  std::string out;
  Terminal terminal;

  explicit Screen(const TerminalOptions& options)
      : terminal(options, {[this](std::string_view text) { out += text; }, [this] { return now; },
                           [this] { return width; }}) {}

  std::string take() {
    std::string taken;
    taken.swap(out);
    return taken;
  }
  void start(std::uint64_t id, const std::string& name) {
    Plan plan;
    plan.job.id = id;
    plan.job.input = name;
    terminal.started(plan);
  }
  void finish(std::uint64_t id, const std::string& name, const Verdict& verdict, std::uint64_t before = 0,
              std::uint64_t after = 0) {
    terminal.finished(test::record_of(id, name, verdict, before, after));
  }
};

TerminalOptions on_a_terminal() {
  TerminalOptions options;
  options.tty = true;
  return options;
}

Failed broken() {
  return Failed{{ErrorCode::malformed, "not a PNG"}};
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("terminal: the live line is redrawn at most ten times a second") {
  Screen screen(on_a_terminal());
  for (int i = 0; i < 1000; ++i) {
    screen.now += 0.001;
    screen.finish(static_cast<std::uint64_t>(i), "a", Compressed{}, 10, 5);
    screen.terminal.tick();
  }
  CHECK(count(screen.out, "\r\x1b[K") <= 10);
  CHECK(count(screen.out, "\r\x1b[K") >= 9);
  CHECK(count(screen.out, "\n") == 0);
}

TEST_CASE("terminal: the live line says how far the run is and how long it will take") {
  Screen screen(on_a_terminal());
  screen.width = 200;
  screen.terminal.set_total(100);
  for (std::uint64_t i = 0; i < 20; ++i) screen.finish(i, "a", Compressed{}, 1'000'000, 250'000);
  screen.finish(20, "b", broken());
  screen.now += 10.5;
  screen.terminal.tick();
  CHECK(screen.take() ==
        "\r\x1b[K21/100 files  1 failed  20.0 MB  saved 75.0 %  2.00 files/s  1.90 MB/s  ETA 40 s");
}

TEST_CASE("terminal: without a total there is no ETA, and one that proved too low does not look silly") {
  Screen screen(on_a_terminal());
  screen.width = 200;
  for (std::uint64_t i = 0; i < 5; ++i) screen.finish(i, "a", Kept{}, 10, 10);
  screen.now += 2;
  screen.terminal.tick();
  CHECK(screen.take().find("ETA") == std::string::npos);
  screen.terminal.set_total(3);
  screen.now += 1;
  screen.terminal.tick();
  const std::string line = screen.take();
  CHECK(line.find("5/5 files") != std::string::npos);
  CHECK(line.find("ETA") == std::string::npos);
}

TEST_CASE("terminal: the job that has run longest is named after two seconds, until it ends") {
  Screen screen(on_a_terminal());
  screen.width = 120;
  screen.start(1, "slow.png");
  screen.now += 1;
  screen.start(2, "later.png");
  screen.now += 0.9;
  screen.terminal.tick();
  CHECK(screen.take().find("slow.png") == std::string::npos);
  screen.now += 2;
  screen.terminal.tick();
  std::string line = screen.take();
  CHECK(line.find("slow.png 3.9 s") != std::string::npos);
  CHECK(line.find("later.png") == std::string::npos);
  screen.finish(1, "slow.png", Kept{}, 1, 1);
  screen.now += 1;
  screen.terminal.tick();
  line = screen.take();
  CHECK(line.find("slow.png") == std::string::npos);
  CHECK(line.find("later.png") != std::string::npos);
}

TEST_CASE("terminal: the live line fits any width, and what matters least goes first") {
  for (std::size_t width = 1; width <= 160; ++width) {
    CAPTURE(width);
    Screen screen(on_a_terminal());
    screen.width = width;
    screen.terminal.set_total(1000);
    screen.start(1, "a/very/long/path/with/many/parts/and/日本語の名前/photo-0001.png");
    screen.finish(0, "x", Compressed{}, 5'000'000, 1'000'000);
    screen.now += 3;
    screen.terminal.tick();
    REQUIRE(screen.out.starts_with("\r\x1b[K"));
    const std::string shown = screen.out.substr(4);
    const auto shows = [&](std::string_view what) { return shown.find(what) != std::string::npos; };
    CHECK(display_columns(shown) < width);
    CHECK_FALSE(shows("\n"));
    CHECK(shows("1/1000 files") == (width > 12));
    CHECK(shows("ETA 49 min 57 s") == (width > 29));
    CHECK(shows("saved 80.0 %") == (width > 43));
    CHECK(shows("photo-0001.png 3.0 s") == (width > 75));
    CHECK(shows("files/s") == (width > 89));
    CHECK(shows("MB/s") == (width > 109));
    if (width < 140) CHECK(shows("…") == (width > 75));
  }
}

TEST_CASE("terminal: a name can't move the cursor or forge a line") {
  Screen screen(on_a_terminal());
  screen.width = 150;
  screen.start(1, "evil\r\x1b[2J\nname.png");
  screen.now += 3;
  screen.terminal.tick();
  const std::string line = screen.take().substr(4);
  CHECK(line.find('\x1b') == std::string::npos);
  CHECK(line.find('\r') == std::string::npos);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find("name.png") != std::string::npos);
  screen.finish(2, "bad\x1b[31m.png", Failed{{ErrorCode::malformed, "chunk \x1b]0;x\x07"}});
  Summary summary;
  summary.totals.failed = 1;
  screen.terminal.summarize(summary, "rep\x1bort");
  CHECK(screen.take().substr(4).find('\x1b') == std::string::npos);
}

TEST_CASE("terminal: the live line is gone before anything else is written") {
  Screen screen(on_a_terminal());
  screen.now += 1;
  screen.terminal.tick();
  screen.take();
  screen.terminal.message("hello");
  CHECK(screen.take() == "\r\x1b[Kimgc: hello\n");
  screen.terminal.message("again");
  CHECK(screen.take() == "imgc: again\n");
  screen.now += 1;
  screen.terminal.tick();
  screen.take();
  screen.terminal.clear();
  CHECK(screen.take() == "\r\x1b[K");
  screen.terminal.clear();
  CHECK(screen.take().empty());
  screen.now += 1;
  screen.terminal.tick();
  screen.take();
  screen.terminal.summarize(Summary{}, "");
  CHECK(screen.take().starts_with("\r\x1b[K"));
}

TEST_CASE("terminal: colours only where they were asked for") {
  TerminalOptions options = on_a_terminal();
  for (const bool color : {false, true}) {
    options.style.color = color;
    Screen screen(options);
    screen.finish(0, "b", broken());
    screen.now += 1;
    screen.terminal.tick();
    Summary summary;
    summary.totals.failed = 1;
    screen.terminal.summarize(summary, "");
    CHECK((count(screen.out, "\x1b[1;31m") > 1) == color);
    CHECK((count(screen.out, "\x1b[0m") > 0) == color);
  }
}

TEST_CASE("terminal: a log gets one line at most every ten seconds, without escapes") {
  Screen screen(TerminalOptions{});
  screen.terminal.set_total(4000);
  screen.start(9999, "big.png");
  for (std::uint64_t i = 0; i < 350; ++i) {
    screen.now += 0.1;
    screen.finish(i, "a", Compressed{}, 1000, 500);
    screen.terminal.tick();
  }
  CHECK(count(screen.out, "\n") == 3);
  CHECK(screen.out.find('\x1b') == std::string::npos);
  CHECK(screen.out.find('\r') == std::string::npos);
  CHECK(screen.out.starts_with("imgc: "));
  CHECK(screen.out.find("/4000 files, ") != std::string::npos);
  CHECK(screen.out.find(", ETA ") != std::string::npos);
  CHECK(screen.out.find("; big.png for 10 s\n") != std::string::npos);
}

TEST_CASE("terminal: a log names a failure at once, and the summary counts it only") {
  Screen screen(TerminalOptions{});
  screen.finish(0, "in/a\n.png", broken());
  CHECK(screen.take() == "imgc: in/a\\n.png: not a PNG\n");
  Summary summary;
  summary.totals.failed = 1;
  screen.terminal.summarize(summary, "");
  CHECK(screen.out.find("a\\n.png") == std::string::npos);
  CHECK(screen.out.find("1 file, named above") != std::string::npos);
}

TEST_CASE("terminal: on a terminal failures wait for the summary") {
  Screen screen(on_a_terminal());
  screen.finish(0, "in/a.png", broken());
  CHECK(screen.take().empty());
  Summary summary;
  summary.totals.failed = 1;
  screen.terminal.summarize(summary, "out/imgc-report.json");
  CHECK(screen.out.find("  in/a.png: not a PNG\n") != std::string::npos);
  CHECK(screen.out.find("Report: out/imgc-report.json\n") != std::string::npos);
}

TEST_CASE("terminal: quiet shows failures and what stopped the run, nothing else") {
  for (const bool tty : {false, true}) {
    TerminalOptions options;
    options.tty = tty;
    options.quiet = true;
    Screen screen(options);
    screen.start(1, "slow.png");
    screen.finish(2, "ok.png", Compressed{}, 10, 1);
    screen.now += 60;
    screen.terminal.tick();
    CHECK(screen.take().empty());
    screen.finish(3, "bad.png", broken());
    CHECK(screen.take() == "imgc: bad.png: not a PNG\n");
    Summary summary;
    screen.terminal.summarize(summary, "report");
    CHECK(screen.take().empty());
    summary.stopped_by = Error{ErrorCode::no_space, "the disk is full"};
    screen.terminal.summarize(summary, "report");
    CHECK(screen.take() == "imgc: the run ended early: the disk is full\n");
  }
}

TEST_CASE("terminal: a flood of failures is cut short, with one word about it") {
  TerminalOptions options;
  options.max_failures = 3;
  Screen screen(options);
  for (std::uint64_t i = 0; i < 100; ++i) screen.finish(i, "bad.png", broken());
  CHECK(count(screen.out, "bad.png") == 3);
  CHECK(count(screen.out, "\n") == 4);
  CHECK(screen.out.find("more than 3 files failed") != std::string::npos);
}
