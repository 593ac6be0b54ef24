// Figures of a run for the node exporter's textfile collector, in Prometheus's text format.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "imgc/report.h"
#include "imgc/result.h"

namespace imgc {

class Metrics {
 public:
  // The time of the last success is taken over from a file that is there.
  explicit Metrics(std::string path);

  void started() { ++in_work_; }
  void finished(const Record& record);
  // While the run goes on, at most every ten seconds.
  [[nodiscard]] Result<void> tick();
  [[nodiscard]] Result<void> finish(const Summary& summary);

  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] Result<void> write();

  std::string path_;
  std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
  std::int64_t last_success_ = 0;  // in seconds since 1970; 0 for never
  std::uint64_t in_work_ = 0;
  Totals totals_;
  std::map<std::string, std::uint64_t, std::less<>> errors_;  // by code
  Timings stages_;
};

}  // namespace imgc
