#ifndef SAKSI_HW_MODELS_BASE_SYSTEMC_TEST_H_
#define SAKSI_HW_MODELS_BASE_SYSTEMC_TEST_H_

#include <gtest/gtest.h>

#include <systemc>

namespace saksi::hw {

/// A test with a SystemC kernel of its own, so that the tests of one program do not see each other's modules and time. Build the modules
/// inside the test body, then call run_for().
class SystemcTest : public ::testing::Test {
 protected:
  SystemcTest() {
    // The simulation context is SystemC's one global; a fresh one is the only way to elaborate again in the same process.
    sc_core::sc_curr_simcontext = new sc_core::sc_simcontext;
    sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
  }

  /// Runs the kernel for a time, also when nothing is pending, and leaves it at exactly that time.
  static void run_for(const sc_core::sc_time& time) { sc_core::sc_start(time, sc_core::SC_RUN_TO_TIME); }
  static void run_for_ns(double ns) { run_for(sc_core::sc_time(ns, sc_core::SC_NS)); }
};

}  // namespace saksi::hw

#endif
