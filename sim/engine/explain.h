#ifndef SAKSI_SIM_ENGINE_EXPLAIN_H_
#define SAKSI_SIM_ENGINE_EXPLAIN_H_

#include <string>

#include "reports/language.h"
#include "sim/engine/run.h"

namespace saksi::sim {

/// What a run will do, in words, for somebody who wants to know before it is done: light, device, every action with its time, triggers, what is
/// required with limits and sources, what is measured and what is written. Times that are drawn are those that the seed gives. The texts are
/// those of reports/lang, keys explain.*; one line each, ending with a newline.
std::string explain(const PreparedRun& run, const report::Language& lang);

}  // namespace saksi::sim

#endif
