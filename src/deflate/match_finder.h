// For every position of the data, what DEFLATE could copy there from the window behind it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "imgc/bytes.h"

#include "deflate/symbols.h"

namespace imgc::deflate {

// The matches of a stretch of the data. A position's are sorted by length, each longer and farther than the
// one before it: a match also stands for all shorter lengths that none before it has.
class Matches {
 public:
  // Begins anew, with room for so many; memory is touched only as it fills.
  void clear(std::size_t begin, std::size_t positions, std::size_t matches);
  void add(std::size_t length, std::size_t distance) { tokens_.push_back(match_token(length, distance)); }
  void end_position() { ends_.push_back(static_cast<std::uint32_t>(tokens_.size())); }

  [[nodiscard]] std::span<const Token> at(std::size_t position) const {
    const std::size_t i = position - begin_;
    return {tokens_.data() + ends_[i], tokens_.data() + ends_[i + 1]};
  }
  [[nodiscard]] std::size_t count() const { return tokens_.size(); }

 private:
  std::size_t begin_ = 0;
  std::vector<Token> tokens_;
  std::vector<std::uint32_t> ends_;  // one more than there are positions; the first is 0
};

struct SearchLimits {
  unsigned depth = 64;  // nodes of the tree that are visited at a position
  unsigned nice = 64;   // a match of this length ends the search
};

// Short matches come out of tables that know where the last 3, 4 and 5 equal bytes stood; longer ones out of
// a binary tree of the positions in the window, ordered by the bytes that follow them and rooted in a table
// by the next six. A node's children are older than it, so that a walk meets the nearest match of each length
// first. (The tree is that of Igor Pavlov's LZMA match finder, bt4.)
class MatchFinder {
 public:
  // `data` outlives the finder.
  MatchFinder(ByteView data, SearchLimits limits);

  // Appends the matches of the positions from where the last call ended. Stops before `end` when `matches`
  // has `most` tokens. Returns where it stopped.
  std::size_t find(std::size_t end, std::size_t most, Matches& matches);

 private:
  static constexpr std::array<unsigned, 3> head_lengths = {3, 4, 5};  // the bytes that lead to a head
  static constexpr unsigned head_count = head_lengths.size();
  static constexpr std::uint32_t offset = window;  // added to positions, so that 0 is far out of the window

  struct Best {
    std::size_t length = shortest_match - 1;
    std::size_t distance = 0;
  };

  void search(std::size_t at, std::size_t most, Best& best, Matches& matches);
  void prefetch(std::size_t at) const;
  void follow_run(std::size_t at, std::size_t length, Matches& matches);
  template <class Found>
  void insert(std::size_t at, std::uint64_t next, std::size_t most, unsigned depth, const Found& found);

  ByteView data_;
  SearchLimits limits_;
  std::size_t at_ = 0;
  Best last_;             // the longest match at the position before
  unsigned repeats_ = 0;  // for how many positions it has had that distance
  unsigned table_bits_;
  std::array<std::vector<std::uint32_t>, head_count> heads_;
  std::vector<std::uint32_t> roots_;
  std::vector<std::uint32_t> tree_;  // two children a position of the window
};

}  // namespace imgc::deflate
