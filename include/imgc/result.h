// How imgc reports what went wrong: errors are values, and own code does not throw.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace imgc {

enum class ErrorCode {
  malformed,      // the bytes are not a well-formed image of their format
  truncated,      // the bytes end before the image does
  damaged,        // malformed or truncated, but decoders show what is left
  unsupported,    // well-formed, but of a kind imgc does not handle
  refused,        // imgc could, but it would lose something that was not given up
  limit,          // over one of the limits of Limits
  out_of_memory,  // the machine, or the memory limit, had no room
  not_found,      // no such object in the store
  access,         // permission denied
  no_space,       // the target is full; the run stops
  io,             // any other failure of reading or writing
  changed,        // the input changed while it was read
  usage,          // the command line or a manifest line is wrong
  internal,       // a defect of imgc itself
};

// The name used in reports, for example "out_of_memory". Never changes once released.
std::string_view name(ErrorCode code);
std::optional<ErrorCode> error_code_named(std::string_view name);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;    // what was wrong and what to do; whoever knows the file puts its name in front
  bool may_pass = false;  // the same may succeed a moment later
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace imgc
