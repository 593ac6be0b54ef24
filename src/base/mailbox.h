// Where workers leave what they made for the one thread that owns the run's state.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace imgc {

template <class Message>
class Mailbox {
 public:
  void post(Message message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
    // While the lock is held: the reader may destroy the mailbox as soon as it has the last message.
    arrived_.notify_one();
  }

  // The oldest message, or nothing when none came within `patience`.
  template <class Rep, class Period>
  [[nodiscard]] std::optional<Message> take(std::chrono::duration<Rep, Period> patience) {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, patience, [this] { return !messages_.empty(); })) return std::nullopt;
    std::optional<Message> message(std::move(messages_.front()));
    messages_.pop_front();
    return message;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Message> messages_;
};

}  // namespace imgc
