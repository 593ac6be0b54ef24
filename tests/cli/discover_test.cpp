#include "cli/discover.h"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "store/local.h"
#include "store/temp_dir.h"
#include "support/images.h"

namespace imgc {
namespace {

const std::atomic<bool> never{false};

struct Tree {
  void put(const std::string& path, const std::string& testdata = {}) {
    const std::filesystem::path full = std::filesystem::path(dir.path()) / path;
    std::filesystem::create_directories(full.parent_path());
    if (testdata.empty())
      std::ofstream(full) << "text";
    else
      std::filesystem::copy_file(test::testdata("images/" + testdata), full);
  }
  [[nodiscard]] std::string at(const std::string& path) const { return std::string(dir.path()) + "/" + path; }

  Result<std::unique_ptr<Discovery>> open(Options options = {}) {
    return Discovery::open(discover, std::make_shared<const Options>(std::move(options)), store);
  }

  // "input -> output" of every job, relative to the directory.
  std::vector<std::string> jobs(Options options = {}) {
    auto discovery = open(std::move(options));
    REQUIRE(discovery);
    census = (*discovery)->census(never);
    std::vector<std::string> lines;
    const std::size_t cut = std::string(dir.path()).size() + 1;
    while (auto item = (*discovery)->next()) {
      if (const auto* job = std::get_if<Job>(&*item))
        lines.push_back(job->input.substr(cut) + " -> " + job->output.substr(cut));
      else
        lines.push_back("rejected " + std::get<Rejected>(*item).input);
    }
    return lines;
  }

  test::TempDir dir;
  LocalStore store;
  DiscoverOptions discover;
  Census census;
};

Options to_webp() {
  Options options;
  options.convert_to = "webp";
  return options;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("discover: a tree comes in byte order within each directory, with its structure") {
  Tree tree;
  for (const char* file : {"in/b.png", "in/a/z.png", "in/a/y.png", "in/B.png", "in/a.png"}) tree.put(file);
  tree.discover.invocation.inputs = {tree.at("in")};
  tree.discover.invocation.output = tree.at("out");
  CHECK(tree.jobs() == Lines{"in/B.png -> out/B.png", "in/a/y.png -> out/a/y.png",
                             "in/a/z.png -> out/a/z.png", "in/a.png -> out/a.png", "in/b.png -> out/b.png"});
  CHECK(tree.census.files == 5);
}

TEST_CASE("discover: conversion renames images by content, and nothing else") {
  Tree tree;
  tree.put("in/a.png", "png/icon-tiny.png");
  tree.put("in/b", "png/icon-tiny.png");
  tree.put("in/c.v2", "png/icon-tiny.png");
  tree.put("in/d.webp", "webp/lossy.webp");
  tree.put("in/e.txt");
  tree.put("in/f.PNG", "png/icon-tiny.png");
  tree.discover.invocation.inputs = {tree.at("in")};
  tree.discover.invocation.output = tree.at("out");
  CHECK(tree.jobs(to_webp()) == Lines{"in/a.png -> out/a.webp", "in/b -> out/b.webp",
                                      "in/c.v2 -> out/c.v2.webp", "in/d.webp -> out/d.webp",
                                      "in/e.txt -> out/e.txt", "in/f.PNG -> out/f.webp"});
}

TEST_CASE("discover: outputs that two inputs share are found, and told apart when asked") {
  Tree tree;
  tree.put("in/a.png", "png/icon-tiny.png");
  tree.put("in/a.jpg", "jpeg/gray.jpg");
  tree.put("in/c.png", "png/icon-tiny.png");
  tree.discover.invocation.inputs = {tree.at("in")};
  tree.discover.invocation.output = tree.at("out");
  (void)tree.jobs(to_webp());
  REQUIRE(tree.census.collisions.size() == 1);
  CHECK(tree.census.collisions[0].output == tree.at("out/a.webp"));
  CHECK(tree.census.collisions[0].inputs.size() == 2);

  tree.discover.suffix_on_collision = true;
  CHECK(tree.jobs(to_webp()) ==
        Lines{"in/a.jpg -> out/a.jpg.webp", "in/a.png -> out/a.png.webp", "in/c.png -> out/c.webp"});
  CHECK(tree.census.collisions.empty());
}

TEST_CASE("discover: telling apart that leads to a new collision is found too") {
  Tree tree;
  tree.put("in/a.png", "png/icon-tiny.png");
  tree.put("in/a.jpg", "jpeg/gray.jpg");
  tree.put("in/a.png.webp", "webp/lossy.webp");
  tree.discover.invocation.inputs = {tree.at("in")};
  tree.discover.invocation.output = tree.at("out");
  tree.discover.suffix_on_collision = true;
  (void)tree.jobs(to_webp());
  REQUIRE(tree.census.collisions.size() == 1);
  CHECK(tree.census.collisions[0].output == tree.at("out/a.png.webp"));
}

TEST_CASE("discover: an output inside the input is left out; the same directory is refused") {
  Tree tree;
  tree.put("in/a.png");
  tree.put("in/out/a.png");
  tree.discover.invocation.inputs = {tree.at("in")};
  tree.discover.invocation.output = tree.at("in/out");
  CHECK(tree.jobs() == Lines{"in/a.png -> in/out/a.png"});
  tree.discover.invocation.output = tree.at("in/../in");
  CHECK_FALSE(tree.open());
}

TEST_CASE("discover: an input inside the output is refused when it would be written over") {
  Tree tree;
  tree.put("out/in/a.png");
  tree.discover.invocation.inputs = {tree.at("out/in")};
  tree.discover.invocation.output = tree.at("out");
  CHECK(tree.jobs() == Lines{"out/in/a.png -> out/a.png"});
  tree.put("out/in/in/b.png");
  CHECK_FALSE(tree.open());
}

TEST_CASE("discover: lists keep directories, and can't lead out of the output") {
  Tree tree;
  tree.put("list");
  std::ofstream(tree.at("list")) << "x/a.png\n./y//b.png\n../c.png\n";
  tree.discover.invocation.files_from = tree.at("list");
  tree.discover.invocation.output = tree.at("out");
  auto discovery = tree.open();
  REQUIRE(discovery);
  CHECK(std::get<Job>(*(*discovery)->next()).output == tree.at("out/x/a.png"));
  CHECK(std::get<Job>(*(*discovery)->next()).output == tree.at("out/y/b.png"));
  CHECK(std::get<Rejected>(*(*discovery)->next()).error.code == ErrorCode::usage);
}

TEST_CASE("discover: a directory that can't be listed is told, and the rest goes on") {
  Tree tree;
  tree.put("in/a.png");
  tree.discover.invocation.inputs = {tree.at("in"), tree.at("gone/")};
  tree.discover.invocation.output = tree.at("out");
  auto discovery = tree.open();
  REQUIRE(discovery);
  CHECK(std::holds_alternative<Job>(*(*discovery)->next()));
  CHECK((*discovery)->next().has_value());  // a job that will say that the file is not there
  CHECK_FALSE((*discovery)->next().has_value());
}

TEST_CASE("discover: globs without a slash are held against the name, with one against the path") {
  CHECK(matches_glob("*.png", "a/b/c.png"));
  CHECK(matches_glob("a/*.png", "a/b/c.png"));
  CHECK_FALSE(matches_glob("b/*.png", "a/b/c.png"));
  CHECK(matches_glob("/a/*", "a/b"));
  CHECK_FALSE(matches_glob("*.png", "a.png/b.jpg"));
  CHECK(matches_glob("[ab].png", "x/b.png"));
}

}  // namespace imgc
