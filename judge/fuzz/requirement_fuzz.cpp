// A requirement file of any text gives requirements or a UsageError, and nothing else.
#include "base/error.h"
#include "judge/verdict/requirement.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const auto set = saksi::judge::RequirementSet::parse(saksi::YamlNode::parse(std::string(data, data + size), "fuzz.yaml"));
    for (const saksi::judge::Requirement& entry : set.entries()) saksi::judge::Requirement::from_json(entry.to_json(), "fuzz.json");
  } catch (const saksi::UsageError&) {
    return 0;
  }
  return 0;
}
