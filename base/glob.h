#ifndef SAKSI_BASE_GLOB_H_
#define SAKSI_BASE_GLOB_H_

#include <string>

namespace saksi {

/// Whether the whole of a name matches a pattern in which * stands for any characters, none among them.
bool matches_glob(const std::string& pattern, const std::string& name);

}  // namespace saksi

#endif
