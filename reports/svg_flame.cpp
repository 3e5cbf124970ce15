#include "reports/svg_flame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <sstream>
#include <vector>

#include "reports/markup.h"
#include "reports/numbers.h"

namespace saksi::report {

namespace {

constexpr double kWidth = 1032;
constexpr double kRowHeight = 18;
constexpr double kCharWidth = 6.4;  ///< of the labels' font, on the safe side
constexpr uint64_t kSmallestPart = 2000;
constexpr size_t kDepthMax = 256;
constexpr size_t kTableRows = 25;

struct Node {
  uint64_t total = 0;
  std::map<std::string, std::unique_ptr<Node>> children;
};

/// Adds one line of a collapsed file.
void add(Node& root, const std::string& line) {
  const size_t space = line.rfind(' ');
  if (space == std::string::npos || space + 1 >= line.size() || line.size() - space > 20) return;
  if (!std::all_of(line.begin() + static_cast<std::ptrdiff_t>(space) + 1, line.end(), [](char c) { return c >= '0' && c <= '9'; })) return;
  const uint64_t count = std::strtoull(line.c_str() + space + 1, nullptr, 10);
  Node* node = &root;
  node->total += count;
  std::istringstream frames(line.substr(0, space));
  size_t depth = 0;
  for (std::string frame; depth < kDepthMax && std::getline(frames, frame, ';'); ++depth) {
    std::unique_ptr<Node>& child = node->children[frame];
    if (!child) child = std::make_unique<Node>();
    node = child.get();
    node->total += count;
  }
}

/// A warm colour that is the same for a name wherever it stands; interrupts and exceptions are cool.
std::string colour(const std::string& name) {
  uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  if (!name.empty() && name[0] == '[') return fmt::format("hsl({},55%,80%)", 200 + hash % 30);
  return fmt::format("hsl({},{}%,{}%)", 18 + hash % 32, 70 + hash / 64 % 20, 70 + hash / 4096 % 10);
}

std::string share_of(uint64_t count, uint64_t all, const Language& lang) {
  return number(100.0 * static_cast<double>(count) / static_cast<double>(all), NumberStyle{1, 2, "%"}, lang);
}

class Drawing {
 public:
  Drawing(const Node& root, const Language& lang) : root_(root), lang_(lang), depth_(depth_of(root)) { draw(root, 0, 0); }

  std::string svg() const {
    const double height = kRowHeight * static_cast<double>(depth_) + 4;
    return fmt::format("<svg id=\"flame\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n", kWidth, height,
                       escape(lang_("profile.alt")), boxes_);
  }

 private:
  bool is_shown(const Node& node) const { return node.total * kSmallestPart >= root_.total; }

  size_t depth_of(const Node& node) const {
    size_t deepest = 0;
    for (const auto& [name, child] : node.children) {
      if (is_shown(*child)) deepest = std::max(deepest, 1 + depth_of(*child));
    }
    return deepest;
  }

  void draw(const Node& node, double x, size_t level) {
    for (const auto& [name, child] : node.children) {
      const double width = kWidth * static_cast<double>(child->total) / static_cast<double>(root_.total);
      if (is_shown(*child)) {
        box(name, *child, x, width, level);
        draw(*child, x, level + 1);
      }
      x += width;
    }
  }

  void box(const std::string& name, const Node& node, double x, double width, size_t level) {
    const double y = kRowHeight * static_cast<double>(depth_ - 1 - level) + 2;
    const std::string tip = lang_("profile.tip", name, share_of(node.total, root_.total, lang_), grouped(static_cast<int64_t>(node.total), lang_));
    boxes_ +=
        fmt::format("<g data-n=\"{}\"><title>{}</title><rect x=\"{:.2f}\" y=\"{:.0f}\" width=\"{:.2f}\" height=\"{:.0f}\" rx=\"2\" fill=\"{}\"/>",
                    escape(name), escape(tip), x, y, std::max(width - 0.6, 0.2), kRowHeight - 1, colour(name));
    const auto fits = static_cast<size_t>(std::max(0.0, (width - 8) / kCharWidth));
    if (fits >= 3) {
      const std::string label = name.size() <= fits ? name : name.substr(0, fits - 2) + "..";
      boxes_ += fmt::format("<text x=\"{:.2f}\" y=\"{:.0f}\">{}</text>", x + 4, y + kRowHeight - 6, escape(label));
    }
    boxes_ += "</g>\n";
  }

  const Node& root_;
  const Language& lang_;
  size_t depth_;
  std::string boxes_;
};

Node read(const std::string& folded) {
  Node root;
  std::istringstream lines(folded);
  for (std::string line; std::getline(lines, line);) add(root, line);
  return root;
}

/// Instructions of a function itself, and with everything that it called; a recursion counts once.
struct Share {
  uint64_t own = 0, with_callees = 0;
};

void sum_up(const Node& node, std::vector<std::string>& path, std::map<std::string, Share>& shares) {
  for (const auto& [name, child] : node.children) {
    Share& share = shares[name];
    uint64_t own = child->total;
    for (const auto& callee : child->children) own -= callee.second->total;
    share.own += own;
    if (std::find(path.begin(), path.end(), name) == path.end()) share.with_callees += child->total;
    path.push_back(name);
    sum_up(*child, path, shares);
    path.pop_back();
  }
}

}  // namespace

std::string flame_graph(const std::string& folded, const Language& lang) {
  const Node root = read(folded);
  return root.total == 0 ? "" : Drawing(root, lang).svg();
}

std::string hot_functions(const std::string& folded, const Language& lang) {
  const Node root = read(folded);
  std::map<std::string, Share> shares;
  std::vector<std::string> path;
  sum_up(root, path, shares);
  std::vector<std::pair<std::string, Share>> sorted(shares.begin(), shares.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second.own > b.second.own; });
  std::string rows;
  for (size_t i = 0; i < sorted.size() && i < kTableRows && sorted[i].second.own > 0; ++i) {
    const auto& [name, share] = sorted[i];
    rows += "<tr><td><code>" + escape(name) + "</code></td><td class=\"number\">" + grouped(static_cast<int64_t>(share.own), lang) +
            "</td><td class=\"number\">" + share_of(share.own, root.total, lang) + "</td><td class=\"number\">" +
            share_of(share.with_callees, root.total, lang) + "</td></tr>\n";
  }
  return rows;
}

}  // namespace saksi::report
