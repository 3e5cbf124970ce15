#ifndef SAKSI_RTL_COVERAGE_COVERAGE_H_
#define SAKSI_RTL_COVERAGE_COVERAGE_H_

class VerilatedContext;

namespace saksi::tb {

/// A bench calls this when it is done with its Verilated model, before the model goes: with the option SAKSI_RTL_COVERAGE the model's counts are
/// added to those of the process, which are written to the file named by the environment's SAKSI_RTL_COVERAGE_FILE when the process ends.
/// Without the option, or without the variable, nothing happens.
void keep_coverage(VerilatedContext& context);

}  // namespace saksi::tb

#endif
