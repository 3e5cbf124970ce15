#ifndef SAKSI_SIM_DEBUG_GDB_SESSION_H_
#define SAKSI_SIM_DEBUG_GDB_SESSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/debug/gdb_target.h"

namespace saksi::sim {

/// What a packet asks of whoever runs the target, besides an answer.
struct GdbAction {
  enum class Kind { kNone, kContinue, kStep, kReverseStep, kReverseContinue, kRestart, kDetach, kKill };
  Kind kind = Kind::kNone;
  uint32_t range_begin = 0;  ///< kStep: go on stepping while pc is in [range_begin, range_end)
  uint32_t range_end = 0;
};

/// What an answer to a packet consists of: payloads to send, then something to do. After kContinue to kRestart the next answer is the report
/// of the stop.
struct GdbAnswer {
  std::vector<std::string> replies;
  GdbAction action;
};

/// Why the target stands still, for the report.
struct GdbStop {
  int signal = 5;      ///< in gdb's numbering: 5 trap, 2 interrupt
  std::string detail;  ///< "swbreak:;", "watch:80001000;", "replaylog:begin;" or nothing
};

/// GDB's remote protocol, one thread, all-stop (GDB manual, appendix "GDB Remote Serial Protocol"). Knows no socket and no time: takes
/// payloads, gives payloads.
class GdbSession {
 public:
  explicit GdbSession(GdbTarget& target) : target_(target) {}

  GdbAnswer handle(const std::string& packet);
  /// The payload that reports a stop; it is also the answer to `?` from then on.
  std::string report(const GdbStop& stop);

  /// What gdb and we have agreed on: "+" after each packet or not, and which details a stop report may have. To go on in another process.
  struct Agreed {
    bool no_acks = false;
    bool swbreak = false;
    bool hwbreak = false;
  };
  const Agreed& agreed() const { return agreed_; }
  void set_agreed(const Agreed& agreed) { agreed_ = agreed; }

 private:
  GdbAnswer query(std::string_view packet);
  GdbAnswer set(std::string_view packet);
  GdbAnswer verbose(std::string_view packet);
  GdbAnswer resume(std::string_view packet);
  GdbAnswer resume_verbose(std::string_view actions);
  GdbAnswer transfer(std::string_view packet);
  GdbAnswer supported(std::string_view features);
  GdbAnswer command(std::string_view hex);
  GdbAnswer read_registers() const;
  GdbAnswer write_registers(std::string_view hex);
  GdbAnswer register_access(std::string_view packet);
  GdbAnswer read_memory(std::string_view packet);
  GdbAnswer write_memory(std::string_view packet, bool binary);
  GdbAnswer stop_point(std::string_view packet, bool on);

  GdbTarget& target_;
  Agreed agreed_;
  std::string last_report_ = "T05thread:1;";
};

}  // namespace saksi::sim

#endif
