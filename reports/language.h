#ifndef SAKSI_REPORTS_LANGUAGE_H_
#define SAKSI_REPORTS_LANGUAGE_H_

#include <fmt/core.h>

#include <map>
#include <string>
#include <vector>

namespace saksi::report {

/// The fixed texts of reports in one language, from lang/<code>.yaml.
class Language {
 public:
  /// Throws UsageError for a code that is not among languages().
  static const Language& get(const std::string& code);

  const std::string& code() const { return code_; }
  /// The text of a key. A key that is not there is a mistake in this program: std::logic_error.
  const std::string& operator()(const std::string& key) const;
  /// The same with {named} or {} fields filled in.
  template <typename... Args>
  std::string operator()(const std::string& key, Args&&... args) const {
    return fmt::format(fmt::runtime((*this)(key)), std::forward<Args>(args)...);
  }
  bool has(const std::string& key) const { return texts_.count(key) != 0; }
  /// All keys, sorted.
  std::vector<std::string> keys() const;

 private:
  explicit Language(const std::string& code);
  std::string code_;
  std::map<std::string, std::string> texts_;
};

}  // namespace saksi::report

#endif
