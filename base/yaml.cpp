#include "base/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/spelling.h"

namespace saksi {

namespace {

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void reject_duplicate_keys(const YamlNode& node) {
  if (node.is_list()) {
    for (const YamlNode& item : node.items()) reject_duplicate_keys(item);
  }
  if (!node.is_map()) return;
  std::vector<std::string> seen;
  for (const std::string& key : node.keys()) {
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) node.fail(fmt::format("key '{}' stands twice", key));
    seen.push_back(key);
    reject_duplicate_keys(node.at(key));
  }
}

}  // namespace

YamlNode::YamlNode(std::shared_ptr<const std::string> file, const YAML::Node& node)
    : file_(std::move(file)), node_(std::make_shared<YAML::Node>(node)) {}

YamlNode YamlNode::load(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) throw UsageError(path + ": is a folder, a YAML file was expected");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UsageError(path + ": cannot be read; check the path and its permissions");
  std::ostringstream text;
  text << in.rdbuf();
  return parse(text.str(), path);
}

YamlNode YamlNode::parse(const std::string& text, const std::string& name) {
  auto file = std::make_shared<const std::string>(name);
  try {
    const YamlNode root(file, YAML::Load(text));
    if (root.is_null()) throw UsageError(name + ": is empty, a YAML mapping was expected");
    reject_duplicate_keys(root);
    return root;
  } catch (const YAML::Exception& error) {
    throw UsageError(fmt::format("{}:{}:{}: {}", name, error.mark.line + 1, error.mark.column + 1, error.msg));
  }
}

bool YamlNode::is_map() const { return node_->IsMap(); }
bool YamlNode::is_list() const { return node_->IsSequence(); }
bool YamlNode::is_scalar() const { return node_->IsScalar(); }
bool YamlNode::is_null() const { return node_->IsNull() || !node_->IsDefined(); }

std::vector<std::string> YamlNode::keys() const {
  if (!is_map()) fail("a mapping (key: value) was expected here");
  std::vector<std::string> result;
  for (const auto& entry : *node_) {
    if (!entry.first.IsScalar()) fail("a key must be a plain word");
    result.push_back(entry.first.Scalar());
  }
  return result;
}

std::vector<YamlNode> YamlNode::items() const {
  if (!is_list()) fail("a list was expected here");
  std::vector<YamlNode> result;
  for (const auto& entry : *node_) result.push_back(YamlNode(file_, entry));
  return result;
}

bool YamlNode::has(const std::string& key) const {
  if (!is_map()) return false;
  const YAML::Node& map = *node_;
  return map[key].IsDefined();
}

YamlNode YamlNode::at(const std::string& key) const {
  if (!is_map()) fail(fmt::format("a mapping with the key '{}' was expected here", key));
  const YAML::Node& map = *node_;
  if (!map[key].IsDefined()) fail(fmt::format("key '{}' is missing here", key));
  return YamlNode(file_, map[key]);
}

void YamlNode::allow_keys(std::initializer_list<const char*> known) const {
  allow_keys(std::vector<std::string>(known.begin(), known.end()));
}

void YamlNode::allow_keys(const std::vector<std::string>& known) const {
  if (!is_map()) fail("a mapping (key: value) was expected here");
  for (const auto& entry : *node_) {
    const std::string& key = entry.first.Scalar();
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    YamlNode(file_, entry.first).fail_unknown("unknown key", key, known);
  }
}

std::string YamlNode::as_string() const {
  if (!is_scalar()) fail("a single value was expected here");
  return node_->Scalar();
}

bool YamlNode::as_bool() const {
  const std::string text = as_string();
  if (text == "true") return true;
  if (text == "false") return false;
  fail(fmt::format("'{}' is not true or false", text));
}

int64_t YamlNode::as_int(int64_t min, int64_t max) const {
  const std::string text = as_string();
  const bool hex = text.rfind("0x", 0) == 0;
  const char* begin = text.data() + (hex ? 2 : 0);
  const char* end = text.data() + text.size();
  int64_t value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value, hex ? 16 : 10);
  if (error != std::errc() || stop != end) fail(fmt::format("'{}' is not a whole number", text));
  if (value < min || value > max) fail(fmt::format("{} is out of range; {} to {} was expected", value, min, max));
  return value;
}

double YamlNode::as_number(double min, double max) const {
  const std::string text = as_string();
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  // from_chars also reads "inf" and "nan", which no range admits.
  if (error != std::errc() || stop != end) fail(fmt::format("'{}' is not a number", text));
  if (!(value >= min && value <= max)) fail(fmt::format("{} is out of range; {} to {} was expected", text, min, max));
  return value;
}

int64_t YamlNode::as_ns(int64_t ns_per_unit, int64_t min_ns, int64_t max_ns) const {
  const std::string text = as_string();
  const bool negative = !text.empty() && text[0] == '-';
  int64_t whole = 0;
  int64_t fraction = 0;
  int64_t scale = ns_per_unit;
  bool point = false;
  bool digits = false;
  for (size_t i = negative ? 1 : 0; i < text.size(); ++i) {
    if (text[i] == '.' && !point) {
      point = true;
    } else if (text[i] < '0' || text[i] > '9' || whole > 1'000'000'000) {
      fail(fmt::format("'{}' is not a decimal number of {}", text, ns_per_unit == 1'000'000 ? "milliseconds" : "seconds"));
    } else if (!point) {
      whole = whole * 10 + (text[i] - '0');
      digits = true;
    } else {
      if (scale == 1) fail(fmt::format("'{}' is finer than a nanosecond", text));
      scale /= 10;
      fraction += scale * (text[i] - '0');
      digits = true;
    }
  }
  if (!digits) fail(fmt::format("'{}' is not a number", text));
  const int64_t ns = (negative ? -1 : 1) * (whole * ns_per_unit + fraction);
  if (ns < min_ns || ns > max_ns) {
    const double unit = static_cast<double>(ns_per_unit);
    fail(fmt::format("{} is out of range; {} to {} was expected", text, static_cast<double>(min_ns) / unit, static_cast<double>(max_ns) / unit));
  }
  return ns;
}

std::string YamlNode::as_word(std::initializer_list<const char*> words) const {
  return as_word(std::vector<std::string>(words.begin(), words.end()));
}

std::string YamlNode::as_word(const std::vector<std::string>& known) const {
  const std::string text = as_string();
  if (std::find(known.begin(), known.end(), text) == known.end()) {
    const std::string hint = did_you_mean(text, known);
    fail(fmt::format("'{}' is not one of: {}{}", text, join(known), hint));
  }
  return text;
}

std::string YamlNode::get_string(const std::string& key, const std::string& otherwise) const { return has(key) ? at(key).as_string() : otherwise; }

int64_t YamlNode::get_int(const std::string& key, int64_t otherwise, int64_t min, int64_t max) const {
  return has(key) ? at(key).as_int(min, max) : otherwise;
}

double YamlNode::get_number(const std::string& key, double otherwise, double min, double max) const {
  return has(key) ? at(key).as_number(min, max) : otherwise;
}

bool YamlNode::get_bool(const std::string& key, bool otherwise) const { return has(key) ? at(key).as_bool() : otherwise; }

void YamlNode::fail(const std::string& message) const { throw UsageError(place() + ": " + message); }

void YamlNode::fail_unknown(const std::string& what, const std::string& word, const std::vector<std::string>& known) const {
  const std::string hint = did_you_mean(word, known);
  fail(fmt::format("{} '{}'{} Known here: {}", what, word, hint.empty() ? "." : hint, join(known)));
}

std::string YamlNode::place() const {
  const YAML::Mark mark = node_->Mark();
  if (mark.is_null()) return *file_;
  return fmt::format("{}:{}:{}", *file_, mark.line + 1, mark.column + 1);
}

std::string YamlNode::path() const {
  const std::filesystem::path written(as_string());
  if (written.empty()) fail("a path was expected here");
  if (written.is_absolute()) return written.string();
  return (std::filesystem::path(*file_).parent_path() / written).lexically_normal().string();
}

}  // namespace saksi
