#ifndef SAKSI_TESTS_SUPPORT_COMMAND_H_
#define SAKSI_TESTS_SUPPORT_COMMAND_H_

#include <nlohmann/json.hpp>
#include <string>

namespace saksi::test {

/// What a command left behind.
struct Outcome {
  int code = -1;       ///< exit code; 128 + signal if it died
  std::string output;  ///< standard output and error, in the order written
};

/// Runs a shell command.
Outcome run_command(const std::string& command);
/// Runs the program that this build made, with these arguments.
Outcome saksi(const std::string& arguments);
/// A word quoted for the shell.
std::string quoted(const std::string& word);

/// An empty folder for one test, made anew.
std::string fresh_dir(const std::string& name);
std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);
nlohmann::ordered_json read_json(const std::string& path);
/// The scenarios folder of the source tree.
std::string scenario(const std::string& name);

/// The measurement of that id in a verdicts.json; null if it is not there.
nlohmann::ordered_json measurement(const nlohmann::ordered_json& verdicts, const std::string& id);
/// The verdict on a requirement, empty if it is not there.
std::string verdict_on(const nlohmann::ordered_json& verdicts, const std::string& id);

}  // namespace saksi::test

#endif
