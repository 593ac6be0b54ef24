#include "formats/png/palette_order.h"

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <numeric>
#include <optional>
#include <utility>

#include "formats/png/bands.h"

namespace imgc::png {
namespace {

// Of ITU-R BT.601, times 1000.
unsigned luma(const Color& color) {
  return 299U * color[0] + 587U * color[1] + 114U * color[2];
}

// How often two different colours are neighbours in a row or a column.
class CoOccurrence {
 public:
  CoOccurrence(const IndexedPicture& picture, const ForEach& for_each)
      : size_(picture.colors().size()), counts_(size_ * size_) {
    const Bands bands(picture.width(), picture.height());
    std::mutex adding;
    for_each(bands.count(), [&](std::size_t i) {
      const std::vector<std::uint64_t> counts = count(picture, bands[i]);
      const std::lock_guard lock(adding);
      std::ranges::transform(counts, counts_, counts_.begin(), std::plus<>());
    });
    for (std::size_t a = 0; a < size_; ++a) {
      counts_[a * size_ + a] = 0;
      for (std::size_t b = a + 1; b < size_; ++b) {
        const std::uint64_t both = counts_[a * size_ + b] + counts_[b * size_ + a];
        counts_[a * size_ + b] = both;
        counts_[b * size_ + a] = both;
      }
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::uint64_t operator()(std::size_t a, std::size_t b) const {
    return counts_[a * size_ + b];
  }

 private:
  // How often one stands to the right of another or below it.
  [[nodiscard]] std::vector<std::uint64_t> count(const IndexedPicture& picture, Rows band) const {
    std::vector<std::uint64_t> counts(size_ * size_);
    const std::size_t width = picture.width();
    for (std::size_t y = band.first; y < band.end; ++y) {
      const std::uint8_t* row = picture.indexes().data() + y * width;
      for (std::size_t x = 1; x < width; ++x) ++counts[row[x - 1] * size_ + row[x]];
      if (y == 0) continue;
      const std::uint8_t* above = row - width;
      for (std::size_t x = 0; x < width; ++x) ++counts[above[x] * size_ + row[x]];
    }
    return counts;
  }

  std::size_t size_;
  std::vector<std::uint64_t> counts_;  // symmetric
};

Sequence in_sorted_order(std::size_t size) {
  Sequence sequence(size);
  std::iota(sequence.begin(), sequence.end(), std::uint8_t{0});
  return sequence;
}

template <class Key>
Sequence sorted_by(std::size_t size, const Key& key) {
  Sequence sequence = in_sorted_order(size);
  std::ranges::stable_sort(sequence, {}, key);
  return sequence;
}

Sequence by_popularity(const IndexedPicture& picture) {
  Sequence sequence = in_sorted_order(picture.colors().size());
  std::ranges::stable_sort(sequence, std::greater<>(), [&](std::uint8_t i) { return picture.uses()[i]; });
  return sequence;
}

Sequence by_first_use(const IndexedPicture& picture) {
  Sequence sequence;
  std::array<bool, 256> seen = {};
  for (const std::uint8_t index : picture.indexes()) {
    if (seen[index]) continue;
    seen[index] = true;
    sequence.push_back(index);
    if (sequence.size() == picture.colors().size()) break;
  }
  return sequence;
}

// Colours that the source lacks come last.
Sequence by_source(const IndexedPicture& picture) {
  return sorted_by(picture.colors().size(), [&](std::uint8_t i) {
    return std::ranges::find(picture.source(), picture.colors()[i]) - picture.source().begin();
  });
}

// What an eye sees of the colours on black, weighted as the luma is; alpha weighs like all of them.
unsigned distance(const Color& a, const Color& b) {
  constexpr std::array<int, 4> weights = {3, 6, 1, 10};
  int sum = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    const int difference = int{a[c]} - int{b[c]};
    sum += weights[c] * difference * difference;
  }
  return static_cast<unsigned>(sum);
}

// Nearest neighbour, from the darkest.
Sequence by_nearest(const IndexedPicture& picture) {
  const std::vector<Color>& colors = picture.colors();
  Sequence rest = sorted_by(colors.size(),
                            [&](std::uint8_t i) { return std::pair(is_opaque(colors[i]), luma(colors[i])); });
  for (std::size_t at = 0; at + 1 < rest.size(); ++at) {
    const auto next = rest.begin() + static_cast<std::ptrdiff_t>(at) + 1;
    std::iter_swap(next, std::ranges::min_element(next, rest.end(), {}, [&](std::uint8_t i) {
                     return distance(colors[rest[at]], colors[i]);
                   }));
  }
  return rest;
}

// The two that stand side by side most often.
std::pair<std::size_t, std::size_t> heaviest_pair(const CoOccurrence& neighbours) {
  std::pair<std::size_t, std::size_t> best = {0, 1};
  for (std::size_t a = 0; a < neighbours.size(); ++a)
    for (std::size_t b = a + 1; b < neighbours.size(); ++b)
      if (neighbours(a, b) > neighbours(best.first, best.second)) best = {a, b};
  return best;
}

// Zeng's greedy chain with the weights and the choice of the end of Pinho and Neves, "A note on Zeng's
// technique for color reindexing of palette-based images", IEEE Signal Processing Letters 11(2), 2004.
Sequence by_zeng(const CoOccurrence& neighbours) {
  const std::size_t size = neighbours.size();
  if (size < 3) return in_sorted_order(size);
  const auto [first, second] = heaviest_pair(neighbours);
  Sequence chain = {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second)};
  std::vector<std::uint64_t> ties(size);  // to the whole chain
  std::vector<bool> chained(size);
  const auto join = [&](std::size_t color) {
    chained[color] = true;
    for (std::size_t i = 0; i < size; ++i) ties[i] += neighbours(i, color);
  };
  join(first);
  join(second);
  while (chain.size() < size) {
    std::size_t best = size;
    for (std::size_t i = 0; i < size; ++i)
      if (!chained[i] && (best == size || ties[i] > ties[best])) best = i;
    // How much nearer the left end is to what it stands beside.
    std::int64_t lean = 0;
    for (std::size_t place = 0; place < chain.size(); ++place)
      lean += (static_cast<std::int64_t>(chain.size()) - 1 - 2 * static_cast<std::int64_t>(place)) *
              static_cast<std::int64_t>(neighbours(best, chain[place]));
    chain.insert(lean > 0 ? chain.begin() : chain.end(), static_cast<std::uint8_t>(best));
    join(best);
  }
  return chain;
}

// Battiato, Gallo, Impoco and Stanco, "An efficient re-indexing algorithm for color-mapped images", IEEE
// Transactions on Image Processing 13(11), 2004: a greedy heavy path, edge by edge.
Sequence by_battiato(const CoOccurrence& neighbours) {
  const std::size_t size = neighbours.size();
  std::vector<std::pair<std::uint8_t, std::uint8_t>> edges;
  for (std::size_t a = 0; a < size; ++a)
    for (std::size_t b = a + 1; b < size; ++b)
      if (neighbours(a, b) > 0)
        edges.emplace_back(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b));
  std::ranges::stable_sort(edges, std::greater<>(),
                           [&](const auto& edge) { return neighbours(edge.first, edge.second); });
  std::vector<Sequence> paths(size);
  std::vector<std::size_t> path_of(size);
  for (std::size_t i = 0; i < size; ++i) {
    paths[i] = {static_cast<std::uint8_t>(i)};
    path_of[i] = i;
  }
  for (const auto& [a, b] : edges) {
    if (path_of[a] == path_of[b]) continue;
    Sequence& left = paths[path_of[a]];
    Sequence& right = paths[path_of[b]];
    if (left.back() != a && left.front() != a) continue;
    if (right.back() != b && right.front() != b) continue;
    if (left.back() != a) std::ranges::reverse(left);
    if (right.front() != b) std::ranges::reverse(right);
    left.insert(left.end(), right.begin(), right.end());
    for (const std::uint8_t moved : right) path_of[moved] = path_of[a];
    right.clear();
  }
  Sequence sequence;
  for (const Sequence& path : paths) sequence.insert(sequence.end(), path.begin(), path.end());
  return sequence;
}

// A sequence in which one colour at a time moves to where the sum of the differences between neighbouring
// pixels' indexes is least.
class LinearArrangement {
 public:
  LinearArrangement(Sequence sequence, const CoOccurrence& neighbours)
      : sequence_(std::move(sequence)), neighbours_(neighbours), balance_(sequence_.size()) {
    for (std::size_t place = 0; place < sequence_.size(); ++place)
      for (std::size_t other = 0; other < sequence_.size(); ++other)
        balance_[sequence_[place]] += other < place ? -weight(sequence_[place], sequence_[other])
                                                    : weight(sequence_[place], sequence_[other]);
  }

  // Whether it moved the colour at that place.
  bool improve(std::size_t place) {
    const std::size_t better = best_place(place);
    if (better == place) return false;
    const auto at = [this](std::size_t i) { return sequence_.begin() + static_cast<std::ptrdiff_t>(i); };
    const std::uint8_t color = sequence_[place];
    for (std::size_t i = place; i < better; ++i) pass(color, sequence_[i + 1], 2);
    for (std::size_t i = place; i > better; --i) pass(color, sequence_[i - 1], -2);
    if (better > place) {
      std::rotate(at(place), at(place + 1), at(better + 1));
    } else {
      std::rotate(at(better), at(place), at(place + 1));
    }
    return true;
  }

  [[nodiscard]] const Sequence& sequence() const { return sequence_; }

 private:
  [[nodiscard]] std::int64_t weight(std::size_t a, std::size_t b) const {
    return static_cast<std::int64_t>(neighbours_(a, b));
  }

  // Of two adjacent colours that change places, each comes nearer to what lies on its new side and farther
  // from what lies on its old one, but stays as near to the other.
  [[nodiscard]] std::size_t best_place(std::size_t place) const {
    const std::uint8_t color = sequence_[place];
    std::size_t best = place;
    std::int64_t least = 0;
    std::int64_t change = 0;
    std::int64_t balance = balance_[color];
    for (std::size_t i = place + 1; i < sequence_.size(); ++i) {
      const std::int64_t twice = 2 * weight(color, sequence_[i]);
      change += balance_[sequence_[i]] - balance + twice;
      balance -= twice;
      if (change < least) {
        least = change;
        best = i;
      }
    }
    change = 0;
    balance = balance_[color];
    for (std::size_t i = place; i-- > 0;) {
      const std::int64_t twice = 2 * weight(color, sequence_[i]);
      change += balance - balance_[sequence_[i]] + twice;
      balance += twice;
      if (change < least) {
        least = change;
        best = i;
      }
    }
    return best;
  }

  void pass(std::uint8_t color, std::uint8_t passed, std::int64_t direction) {
    balance_[color] -= direction * weight(color, passed);
    balance_[passed] += direction * weight(color, passed);
  }

  Sequence sequence_;
  const CoOccurrence& neighbours_;
  std::vector<std::int64_t> balance_;  // of each colour: its pairs to the right less those to the left
};

// The minimum linear arrangement (Harper, "Optimal assignments of numbers to vertices", SIAM Journal 12(1),
// 1964) of the colours, approached from `sequence` by moving one at a time.
Sequence by_linear(Sequence sequence, const CoOccurrence& neighbours) {
  constexpr unsigned most_rounds = 32;  // they end before that, but the time must have a bound
  LinearArrangement arrangement(std::move(sequence), neighbours);
  bool moved = true;
  for (unsigned round = 0; moved && round < most_rounds; ++round) {
    moved = false;
    for (std::size_t place = 0; place < neighbours.size(); ++place)
      moved = arrangement.improve(place) || moved;
  }
  return arrangement.sequence();
}

Sequence ordered(const IndexedPicture& picture, PaletteOrder order) {
  switch (order) {
    case PaletteOrder::popularity:
      return by_popularity(picture);
    case PaletteOrder::luma:
      return sorted_by(picture.colors().size(), [&](std::uint8_t i) { return luma(picture.colors()[i]); });
    case PaletteOrder::source:
      return by_source(picture);
    case PaletteOrder::nearest:
      return by_nearest(picture);
    default:
      return by_first_use(picture);
  }
}

Sequence ordered(const CoOccurrence& neighbours, PaletteOrder order) {
  if (order == PaletteOrder::battiato) return by_battiato(neighbours);
  return order == PaletteOrder::zeng ? by_zeng(neighbours) : by_linear(by_zeng(neighbours), neighbours);
}

bool counts_neighbours(PaletteOrder order) {
  return order == PaletteOrder::zeng || order == PaletteOrder::battiato || order == PaletteOrder::linear;
}

}  // namespace

IndexedPicture::IndexedPicture(std::uint32_t width, std::uint32_t height, Bytes indexes,
                               std::span<const Color> colors, std::vector<Color> source,
                               const ForEach& for_each)
    : width_(width), height_(height), indexes_(std::move(indexes)), source_(std::move(source)) {
  using Uses = std::array<std::uint64_t, 256>;
  const Bands bands(width, height);
  const auto in_band = [&](std::size_t i) {
    return std::span(indexes_).subspan(std::size_t{bands[i].first} * width,
                                       std::size_t{bands[i].end - bands[i].first} * width);
  };
  std::mutex adding;
  Uses uses = {};
  for_each(bands.count(), [&](std::size_t i) {
    Uses some = {};
    for (const std::uint8_t index : in_band(i)) ++some[index];
    const std::lock_guard lock(adding);
    std::ranges::transform(some, uses, uses.begin(), std::plus<>());
  });
  for (std::size_t i = 0; i < colors.size(); ++i)
    if (uses[i] != 0) colors_.push_back(colors[i]);
  std::ranges::sort(colors_);
  colors_.erase(std::unique(colors_.begin(), colors_.end()), colors_.end());

  uses_.resize(colors_.size());
  std::array<std::uint8_t, 256> place = {};
  for (std::size_t i = 0; i < colors.size(); ++i) {
    if (uses[i] == 0) continue;
    const auto at = std::ranges::lower_bound(colors_, colors[i]) - colors_.begin();
    place[i] = static_cast<std::uint8_t>(at);
    uses_[static_cast<std::size_t>(at)] += uses[i];
  }
  for_each(bands.count(), [&](std::size_t i) {
    for (std::uint8_t& index : in_band(i)) index = place[index];
  });
}

Sequence order_palette(const IndexedPicture& picture, PaletteOrder order) {
  return order_palette(picture, std::span(&order, 1)).front();
}

std::vector<Sequence> order_palette(const IndexedPicture& picture, std::span<const PaletteOrder> orders,
                                    const ForEach& for_each) {
  std::optional<CoOccurrence> neighbours;
  if (std::ranges::any_of(orders, counts_neighbours)) neighbours.emplace(picture, for_each);
  std::vector<Sequence> sequences;
  for (const PaletteOrder order : orders) {
    Sequence sequence = counts_neighbours(order) ? ordered(*neighbours, order) : ordered(picture, order);
    std::stable_partition(sequence.begin(), sequence.end(),
                          [&](std::uint8_t i) { return !is_opaque(picture.colors()[i]); });
    if (std::ranges::find(sequences, sequence) == sequences.end()) sequences.push_back(std::move(sequence));
  }
  return sequences;
}

}  // namespace imgc::png
