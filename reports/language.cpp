#include "reports/language.h"

#include <stdexcept>

#include "base/error.h"
#include "base/yaml.h"
#include "reports/embedded.h"
#include "reports/report.h"

namespace saksi::report {

std::vector<std::string> languages() { return {"en", "id"}; }

Language::Language(const std::string& code) : code_(code) {
  const std::string file = code + ".yaml";
  YamlNode root = YamlNode::parse(embedded_files().at(file), "reports/lang/" + file);
  for (const std::string& key : root.keys()) texts_[key] = root.at(key).as_string();
}

const Language& Language::get(const std::string& code) {
  static std::map<std::string, Language> loaded;
  auto found = loaded.find(code);
  if (found != loaded.end()) return found->second;
  std::string known;
  for (const std::string& language : languages()) {
    if (language == code) return loaded.emplace(code, Language(code)).first->second;
    known += (known.empty() ? "" : ", ") + language;
  }
  throw UsageError("no language '" + code + "' for reports; there are " + known);
}

const std::string& Language::operator()(const std::string& key) const {
  auto found = texts_.find(key);
  if (found == texts_.end()) throw std::logic_error("reports/lang/" + code_ + ".yaml has no text '" + key + "'");
  return found->second;
}

std::vector<std::string> Language::keys() const {
  std::vector<std::string> keys;
  for (const auto& text : texts_) keys.push_back(text.first);
  return keys;
}

}  // namespace saksi::report
