#ifndef SAKSI_BASE_YAML_H_
#define SAKSI_BASE_YAML_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace YAML {
class Node;
}

namespace saksi {

/// A place in a YAML document that reads like the document and complains with file, line, column and what was expected.
/// Every accessor throws UsageError on a mistake, for example
///   press.yaml:7:5: unknown key 'presss'; did you mean 'press'? Known here: at_s, press, release
class YamlNode {
 public:
  /// Reads and parses a file.
  static YamlNode load(const std::string& path);
  /// Parses text; `name` stands for the file in messages.
  static YamlNode parse(const std::string& text, const std::string& name);

  YamlNode(const YamlNode&) = default;
  YamlNode& operator=(const YamlNode&) = default;

  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;
  bool is_null() const;

  /// The keys of a map in document order.
  std::vector<std::string> keys() const;
  /// The elements of a list. An error if it is not a list.
  std::vector<YamlNode> items() const;
  bool has(const std::string& key) const;
  /// The value of a key that must be there.
  YamlNode at(const std::string& key) const;
  /// An error for any key that is not in `known`, with the nearest known one as a suggestion.
  void allow_keys(std::initializer_list<const char*> known) const;
  void allow_keys(const std::vector<std::string>& known) const;

  std::string as_string() const;
  bool as_bool() const;
  /// A whole number in [min, max]; decimal or 0x hexadecimal.
  int64_t as_int(int64_t min, int64_t max) const;
  /// A number in [min, max].
  double as_number(double min, double max) const;
  /// A decimal number of seconds (or milliseconds with scale 1'000'000) as whole nanoseconds, exactly, without floating point.
  int64_t as_ns(int64_t ns_per_unit, int64_t min_ns, int64_t max_ns) const;
  /// One of the given words.
  std::string as_word(std::initializer_list<const char*> words) const;
  std::string as_word(const std::vector<std::string>& known) const;

  std::string get_string(const std::string& key, const std::string& otherwise) const;
  int64_t get_int(const std::string& key, int64_t otherwise, int64_t min, int64_t max) const;
  double get_number(const std::string& key, double otherwise, double min, double max) const;
  bool get_bool(const std::string& key, bool otherwise) const;

  /// Throws UsageError with this node's place in front.
  [[noreturn]] void fail(const std::string& message) const;
  /// The same for a word that is not among those known: "WHAT 'word'; did you mean 'near'? Known here: all of them".
  [[noreturn]] void fail_unknown(const std::string& what, const std::string& word, const std::vector<std::string>& known) const;
  /// "file:line:column".
  std::string place() const;
  const std::string& file() const { return *file_; }
  /// A path written in this file: relative ones are relative to the file.
  std::string path() const;

 private:
  YamlNode(std::shared_ptr<const std::string> file, const YAML::Node& node);
  std::shared_ptr<const std::string> file_;
  std::shared_ptr<YAML::Node> node_;
};

}  // namespace saksi

#endif
