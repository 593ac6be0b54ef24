#include "cli/signals.h"

#include <csignal>

namespace imgc {
namespace {

std::atomic<bool> stop_asked{false};
std::atomic<int> caught{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

extern "C" void on_signal(int number) {
  if (stop_asked.exchange(true)) {
    std::signal(number, SIG_DFL);
    std::raise(number);
    return;
  }
  caught = number;
}

}  // namespace

Signals::Signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A reader of stdout that goes away is an error of writing, which has a message; not our silent end.
  std::signal(SIGPIPE, SIG_IGN);
}

const std::atomic<bool>& Signals::stop() const {
  return stop_asked;
}

void Signals::raise_again() {
  const int number = caught;
  if (number == 0) return;
  std::signal(number, SIG_DFL);
  std::raise(number);
}

}  // namespace imgc
