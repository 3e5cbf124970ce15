#ifndef SAKSI_BASE_CHILD_PROCESS_H_
#define SAKSI_BASE_CHILD_PROCESS_H_

#include <functional>
#include <string>
#include <vector>

namespace saksi {

/// Runs a program (its path, or a name to be looked for in PATH, and its arguments) in a folder and waits for it. What it writes, to standard
/// output and error alike, goes to the end of `log`; its standard input is empty. `waiting` is called a few times a second meanwhile.
/// Returns its exit code, 128 + the signal that ended it, or 127 if there is no such program. Throws InfraError if no process can be made.
int run_child(const std::vector<std::string>& command, const std::string& folder, const std::string& log, const std::function<void()>& waiting);

}  // namespace saksi

#endif
