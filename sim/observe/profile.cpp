#include "sim/observe/profile.h"

#include <fmt/format.h>

#include <algorithm>

namespace saksi::sim {

uint32_t Profile::child(uint32_t parent, FunctionId function) {
  const auto [found, is_new] = nodes_[parent].children.try_emplace(function, static_cast<uint32_t>(nodes_.size()));
  const uint32_t node = found->second;
  if (is_new) nodes_.emplace_back().function = function;
  return node;
}

uint32_t Profile::node_of(const CallFrame& frame, size_t depth) {
  if (depth == 0 || frame.kind == CallFrame::Kind::kInterrupt) return child(0, frame.function);
  return depth >= kDepthMax ? path_[depth - 1] : child(path_[depth - 1], frame.function);
}

void Profile::entered(const CallFrame& frame, size_t depth) {
  const uint32_t node = node_of(frame, depth);
  path_.resize(depth);
  path_.push_back(node);
}

void Profile::left(size_t depth) { path_.resize(depth); }

void Profile::replaced(const CallFrame& frame, size_t depth) { entered(frame, depth); }

void Profile::collect(uint32_t node, const std::string& stack, std::map<std::string, uint64_t>& into) const {
  const Node& here = nodes_[node];
  if (here.own > 0) into[stack.empty() ? "[unknown]" : stack] += here.own;
  for (const auto& [function, next] : here.children) {
    std::string name = calls_.name(function);
    std::replace(name.begin(), name.end(), ';', ':');  // the separator of stacks
    collect(next, stack.empty() ? name : stack + ";" + name, into);
  }
}

std::string Profile::folded() const {
  std::map<std::string, uint64_t> stacks;
  collect(0, "", stacks);
  std::string text;
  for (const auto& [stack, count] : stacks) text += fmt::format("{} {}\n", stack, count);
  return text;
}

}  // namespace saksi::sim
