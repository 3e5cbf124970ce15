#ifndef SAKSI_TESTS_SUPPORT_DEBUGGED_RUN_H_
#define SAKSI_TESTS_SUPPORT_DEBUGGED_RUN_H_

#include <sys/types.h>

#include <string>

#include "tests/support/command.h"

namespace saksi::test {

/// The program, started with --gdb 0, in the background.
class DebuggedRun {
 public:
  /// `arguments` as for saksi(); what is typed comes from the shell command `input`. Files go into `dir`.
  DebuggedRun(const std::string& arguments, const std::string& dir, const std::string& input = "true");
  /// Ends it, if it has not ended.
  ~DebuggedRun();
  DebuggedRun(const DebuggedRun&) = delete;
  DebuggedRun& operator=(const DebuggedRun&) = delete;

  /// The port that it prints; 0 if it printed none within a minute.
  int port();
  /// The real gdb, in batch mode: attaches, runs the commands, and gives what it printed. `aside` is a shell command that runs beside it; in
  /// it, $gdb is gdb's process id.
  Outcome gdb(const std::string& elf, const std::string& commands, const std::string& aside = "");
  /// Waits for the end, at most a minute; the exit code, or -1.
  int wait();
  std::string output() const { return read_file(dir_ + "/stdout"); }
  std::string errors() const { return read_file(dir_ + "/stderr"); }

 private:
  std::string dir_;
  pid_t pid_ = -1;
  int port_ = 0;
};

/// A connection that says what it is told to say.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  bool is_connected() const { return fd_ >= 0; }
  void say(const std::string& bytes);
  /// What comes until `until` has come, the other side hangs up, or `patience_ms` has passed.
  std::string hear(const std::string& until, int patience_ms = 20000);
  void hang_up();

 private:
  int fd_ = -1;
};

}  // namespace saksi::test

#endif
