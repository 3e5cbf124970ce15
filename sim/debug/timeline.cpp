#include "sim/debug/timeline.h"

#include "sim/debug/gdb_packet.h"

namespace saksi::sim {

void Timeline::changed(const DebuggerChange& change) {
  changes_.resize(next_change_);
  changes_.push_back(change);
  next_change_ = changes_.size();
  shown_ = characters_;  // what the guest prints from here on may be something else
}

void Timeline::forget_changes() {
  changes_.clear();
  next_change_ = 0;
  shown_ = characters_;
  typed_.clear();
  typed_until_ns_ = -1;
}

bool Timeline::print() {
  if (++characters_ <= shown_) return false;
  shown_ = characters_;
  return true;
}

std::optional<std::string> Timeline::typed(int64_t t_ns, const std::function<std::optional<std::string>()>& ask) {
  if (t_ns <= typed_until_ns_) {
    const auto it = typed_.find(t_ns);
    return it == typed_.end() ? "" : it->second;
  }
  const std::optional<std::string> text = ask();
  if (!text) return std::nullopt;
  typed_until_ns_ = t_ns;
  if (!text->empty()) typed_[t_ns] = *text;
  return text;
}

nlohmann::json Timeline::to_json() const {
  nlohmann::json changes = nlohmann::json::array();
  for (const DebuggerChange& c : changes_) {
    changes.push_back({c.place.position, c.place.idle_ps, static_cast<int>(c.kind), c.where, to_hex(std::string_view(c.bytes))});
  }
  nlohmann::json typed = nlohmann::json::array();
  for (const auto& [t_ns, text] : typed_) typed.push_back({t_ns, to_hex(std::string_view(text))});
  return {{"changes", changes}, {"shown", shown_}, {"typed", typed}, {"typed_until_ns", typed_until_ns_}};
}

void Timeline::adopt(const nlohmann::json& json) {
  changes_.clear();
  for (const auto& c : json.at("changes")) {
    changes_.push_back(
        {{c.at(0), c.at(1)}, static_cast<DebuggerChange::Kind>(c.at(2).get<int>()), c.at(3), from_hex(c.at(4).get<std::string>()).value_or("")});
  }
  shown_ = json.at("shown");
  typed_.clear();
  for (const auto& entry : json.at("typed")) typed_[entry.at(0)] = from_hex(entry.at(1).get<std::string>()).value_or("");
  typed_until_ns_ = json.at("typed_until_ns");
}

}  // namespace saksi::sim
