#include "cli/origin.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/settings.h"

namespace imgc {
namespace {

class Tree final : public Origin {
 public:
  Tree(std::string root, WalkOptions options, std::shared_ptr<const Options> job_options)
      : root_(std::move(root)),
        options_(std::move(options)),
        job_options_(std::move(job_options)),
        walk_(root_, options_) {}

  std::optional<std::variant<Found, Problem>> next() override {
    auto item = walk_.next();
    if (!item) return std::nullopt;
    if (auto* problem = std::get_if<WalkProblem>(&*item)) return std::move(*problem);
    auto& file = std::get<WalkedFile>(*item);
    return Found{std::move(file.path), std::move(file.relative), false, std::nullopt, job_options_};
  }

  void rewind() override { walk_ = Walk(root_, options_); }

 private:
  std::string root_;
  WalkOptions options_;
  std::shared_ptr<const Options> job_options_;
  Walk walk_;
};

class SingleFile final : public Origin {
 public:
  SingleFile(std::string path, std::shared_ptr<const Options> job_options)
      : path_(std::move(path)), job_options_(std::move(job_options)) {}

  std::optional<std::variant<Found, Problem>> next() override {
    if (std::exchange(given_, true)) return std::nullopt;
    return Found{path_, path_ == "-" ? path_ : std::string(split_path(path_).name), true, std::nullopt,
                 job_options_};
  }

  void rewind() override { given_ = false; }

 private:
  std::string path_;
  std::shared_ptr<const Options> job_options_;
  bool given_ = false;
};

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

// Standard input can be read once only, so it is laid down in an unnamed temporary file.
Result<File> spool_stdin() {
  File copy(std::tmpfile());
  if (!copy)
    return tl::unexpected(system_error(errno, "can't make a temporary file for the list on standard input"));
  char buffer[1U << 16U];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, stdin))
    if (std::fwrite(buffer, 1, count, copy.get()) != count)
      return tl::unexpected(
          system_error(errno, "can't write to the temporary file for the list on standard input"));
  if (std::ferror(stdin) != 0) return fail(ErrorCode::io, "can't read standard input");
  std::rewind(copy.get());
  return copy;
}

Result<File> open_list(const std::string& path) {
  if (path == "-") return spool_stdin();
  File file(std::fopen(path.c_str(), "re"));
  if (!file) return tl::unexpected(system_error(errno, path + ": can't open for reading"));
  return file;
}

// The lines of a list, without their delimiter; empty ones are passed over.
class Lines {
 public:
  Lines(File file, char delimiter) : file_(std::move(file)), delimiter_(delimiter) {}
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines() { std::free(line_); }

  std::optional<std::string> next() {
    while (true) {
      ssize_t length = getdelim(&line_, &capacity_, delimiter_, file_.get());
      if (length < 0) return std::nullopt;
      ++number_;
      if (length > 0 && line_[length - 1] == delimiter_) --length;
      if (length > 0) return std::string(line_, static_cast<std::size_t>(length));
    }
  }

  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] bool broken() const { return std::ferror(file_.get()) != 0; }

  void rewind() {
    std::rewind(file_.get());
    number_ = 0;
  }

 private:
  File file_;
  char delimiter_;
  char* line_ = nullptr;
  std::size_t capacity_ = 0;
  std::uint64_t number_ = 0;
};

class List final : public Origin {
 public:
  List(std::string name, File file, char delimiter, WalkOptions options,
       std::shared_ptr<const Options> job_options)
      : name_(std::move(name)),
        lines_(std::move(file), delimiter),
        options_(std::move(options)),
        job_options_(std::move(job_options)) {}

  std::optional<std::variant<Found, Problem>> next() override {
    while (std::optional<std::string> path = lines_.next())
      if (passes(options_, *path)) return Found{*path, *path, false, std::nullopt, job_options_};
    if (lines_.broken() && !std::exchange(complained_, true))
      return Problem{name_, {ErrorCode::io, "can't read the whole list"}};
    return std::nullopt;
  }

  void rewind() override { lines_.rewind(); }

 private:
  std::string name_;
  Lines lines_;
  WalkOptions options_;
  std::shared_ptr<const Options> job_options_;
  bool complained_ = false;
};

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

class Manifest final : public Origin {
 public:
  Manifest(std::string name, File file, std::shared_ptr<const Options> job_options)
      : name_(std::move(name)), lines_(std::move(file), '\n'), job_options_(std::move(job_options)) {}

  std::optional<std::variant<Found, Problem>> next() override {
    const std::optional<std::string> line = lines_.next();
    if (!line) {
      if (lines_.broken() && !std::exchange(complained_, true))
        return Problem{name_, {ErrorCode::io, "can't read the whole manifest"}};
      return std::nullopt;
    }
    Result<Found> found = parse(*line);
    if (!found) return Problem{fmt::format("{}:{}", name_, lines_.number()), std::move(found.error())};
    return *std::move(found);
  }

  void rewind() override { lines_.rewind(); }

 private:
  [[nodiscard]] Result<Found> parse(const std::string& line) const {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) return fail(ErrorCode::usage, "not a JSON object");
    Found found{{}, {}, true, std::nullopt, job_options_};
    for (const auto& [key, value] : json.items()) {
      if (key == "input" && value.is_string()) {
        found.path = found.relative = value.get<std::string>();
      } else if (key == "output" && value.is_string()) {
        found.output = value.get<std::string>();
      } else if (key == "options" && value.is_object()) {
        Result<std::shared_ptr<const Options>> options = overridden(value);
        if (!options) return tl::unexpected(std::move(options.error()));
        found.options = *std::move(options);
      } else {
        return fail(ErrorCode::usage,
                    fmt::format("\"{}\" is not a field of a manifest, or not of its type", key));
      }
    }
    if (found.path.empty()) return fail(ErrorCode::usage, "\"input\" is missing");
    return found;
  }

  [[nodiscard]] Result<std::shared_ptr<const Options>> overridden(const nlohmann::json& values) const {
    auto options = std::make_shared<Options>(*job_options_);
    for (const auto& [key, value] : values.items())
      if (auto set = apply_setting(*options, key, text_of(value)); !set)
        return tl::unexpected(std::move(set.error()));
    if (auto sound = check_options(*options); !sound) return tl::unexpected(std::move(sound.error()));
    return options;
  }

  std::string name_;
  Lines lines_;
  std::shared_ptr<const Options> job_options_;
  bool complained_ = false;
};

}  // namespace

std::unique_ptr<Origin> tree_origin(std::string root, WalkOptions options,
                                    std::shared_ptr<const Options> job_options) {
  return std::make_unique<Tree>(std::move(root), std::move(options), std::move(job_options));
}

std::unique_ptr<Origin> file_origin(std::string path, std::shared_ptr<const Options> job_options) {
  return std::make_unique<SingleFile>(std::move(path), std::move(job_options));
}

Result<std::unique_ptr<Origin>> list_origin(const std::string& list, char delimiter, WalkOptions options,
                                            std::shared_ptr<const Options> job_options) {
  Result<File> file = open_list(list);
  if (!file) return tl::unexpected(std::move(file.error()));
  return std::make_unique<List>(list, *std::move(file), delimiter, std::move(options),
                                std::move(job_options));
}

Result<std::unique_ptr<Origin>> manifest_origin(const std::string& manifest,
                                                std::shared_ptr<const Options> job_options) {
  Result<File> file = open_list(manifest);
  if (!file) return tl::unexpected(std::move(file.error()));
  return std::make_unique<Manifest>(manifest, *std::move(file), std::move(job_options));
}

}  // namespace imgc
