#include "imgc/report.h"

namespace imgc {

std::string_view name(const Verdict& verdict) {
  struct Namer {
    std::string_view operator()(const Compressed& /*unused*/) const { return "compressed"; }
    std::string_view operator()(const Kept& /*unused*/) const { return "kept"; }
    std::string_view operator()(const Skipped& /*unused*/) const { return "skipped"; }
    std::string_view operator()(const Failed& /*unused*/) const { return "failed"; }
  };
  return std::visit(Namer{}, verdict);
}

std::string_view name(Status status) {
  switch (status) {
    case Status::completed:
      return "completed";
    case Status::completed_with_errors:
      return "completed_with_errors";
    case Status::failed:
      return "failed";
    case Status::interrupted:
      return "interrupted";
    case Status::deadline:
      return "deadline";
  }
  return "failed";
}

Reason unchanged_reason() {
  return {"unchanged", "unchanged since an earlier run"};
}

bool is_unchanged(const Outcome& outcome) {
  const auto* skipped = std::get_if<Skipped>(&outcome.verdict);
  return skipped != nullptr && skipped->reason.code == "unchanged";
}

void Totals::add(const Outcome& outcome) {
  const bool made = std::holds_alternative<Compressed>(outcome.verdict);
  const bool same = std::holds_alternative<Kept>(outcome.verdict);
  compressed += made ? 1 : 0;
  kept += same ? 1 : 0;
  skipped += std::holds_alternative<Skipped>(outcome.verdict) ? 1 : 0;
  failed += std::holds_alternative<Failed>(outcome.verdict) ? 1 : 0;
  if (made || same) {
    bytes_in += outcome.bytes_in;
    bytes_out += outcome.bytes_out;
  }
}

}  // namespace imgc
