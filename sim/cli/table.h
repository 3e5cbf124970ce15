#ifndef SAKSI_SIM_CLI_TABLE_H_
#define SAKSI_SIM_CLI_TABLE_H_

#include <nlohmann/json.hpp>
#include <string>

namespace saksi::sim {

/// The requirements of a verdicts.json as a table for a terminal: requirement, number, uncertainty, limit, verdict; then what is wrong
/// with the evidence, if anything is.
std::string requirement_table(const nlohmann::ordered_json& verdicts);

}  // namespace saksi::sim

#endif
