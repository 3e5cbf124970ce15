#ifndef SAKSI_BASE_SPELLING_H_
#define SAKSI_BASE_SPELLING_H_

#include <string>
#include <vector>

namespace saksi {

/// "; did you mean 'press'?" for a word that is none of the known ones but near to one; nothing if all are far. The end of an error message.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

}  // namespace saksi

#endif
