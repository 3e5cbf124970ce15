// Goal: `saksi boot` takes a bare image as it is, shows its console and ends with the exit code of the contract. Method: the bare programs
// that the CPU's tests are built with.
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

Outcome boot(const std::string& image, const std::string& options = "") {
  return saksi("boot " + std::string(SAKSI_BUILD_DIR) + "/hw-models/cpu/testdata/" + image + " " + options + " < /dev/null");
}

TEST(Boot, AnImageThatPassesEndsWithZeroAndShowsItsConsole) {
  const Outcome outcome = boot("hello.elf");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(outcome.output, "hello, world\n");
}

TEST(Boot, AFailureEndsWithOneAndTheNumber) {
  const Outcome outcome = boot("fail.elf");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.output, "the image ended with failure 7\n");
}

TEST(Boot, TohostEndsARunAsRiscvTestsDo) {
  const Outcome outcome = boot("tohost.elf");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.output, "tohost: 11 (test 5)\n");
}

TEST(Boot, TheSignatureIsWrittenAsTheArchitectureTestsCompareIt) {
  const std::string file = fresh_dir("signature") + "/signature.txt";
  EXPECT_EQ(boot("tohost.elf", "--signature " + quoted(file)).code, 1);
  EXPECT_EQ(read_file(file), "12345678\nffffffff\n00000000\n");
  const Outcome none = boot("hello.elf", "--signature " + quoted(file));
  EXPECT_EQ(none.code, 2);
  EXPECT_NE(none.output.find("begin_signature"), std::string::npos) << none.output;
  EXPECT_EQ(boot("tohost.elf", "--signature /nowhere/file").code, 2);
}

TEST(Boot, AnImageThatDoesNotEndIsInconclusive) {
  const Outcome outcome = boot("echo.elf", "--max-time 0.2");
  EXPECT_EQ(outcome.code, 4);
  EXPECT_NE(outcome.output.find("had not ended after 0.2 simulated seconds"), std::string::npos) << outcome.output;
}

TEST(Boot, WhatIsTypedReachesTheImage) {
  // The image echoes in capitals and ends at a full stop.
  const std::string boot_echo = quoted(SAKSI_BUILD_DIR "/saksi") + " boot " + SAKSI_BUILD_DIR + "/hw-models/cpu/testdata/echo.elf --max-time 20";
  const Outcome outcome = run_command("printf saksi. | " + boot_echo);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(outcome.output, "SAKSI.");
  const Outcome late = run_command("{ sleep 1; printf saksi.; } | " + boot_echo);
  EXPECT_EQ(late.code, 0) << late.output;
  EXPECT_EQ(late.output, "SAKSI.");
}

TEST(Boot, AnElfForAnotherMachineIsRefused) {
  const Outcome outcome = saksi("boot /bin/true");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.output.find("x86-64"), std::string::npos) << outcome.output;
}

TEST(Boot, TheDeviceTreeIsWhereA1Points) {
  const Outcome outcome = boot("device_tree.elf");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(outcome.output, "serial port at 10000000\n");
  EXPECT_EQ(boot("device_tree.elf", "--board " SAKSI_SOURCE_DIR "/boards/saksi-cam.yaml").code, 0);
}

TEST(Boot, TheHashBlockInterruptsWithTheDigest) {
  for (const char* engine : {"translated", "interpreted"}) {
    const Outcome outcome = boot("sha256.elf", "--max-time 1 --board " SAKSI_SOURCE_DIR "/boards/saksi-cam.yaml --cpu " + std::string(engine));
    EXPECT_EQ(outcome.code, 0) << outcome.output;
  }
}

TEST(Boot, TheDeviceTreeCanBeWrittenAndReadByOthers) {
  const std::string file = fresh_dir("device-tree") + "/virt.dtb";
  ASSERT_EQ(boot("hello.elf", "--dump-dtb " + file).code, 0);
  const Outcome source = run_command("dtc -I dtb -O dts " + file);
  EXPECT_EQ(source.code, 0);
  EXPECT_NE(source.output.find("serial@10000000"), std::string::npos) << source.output;
  EXPECT_EQ(source.output.find("Warning"), std::string::npos) << source.output;
  EXPECT_EQ(boot("hello.elf", "--dump-dtb /nowhere/virt.dtb").code, 2);
}

TEST(Boot, WhatImagesForQemuProbeForAnswers) {
  const Outcome outcome = boot("probes.elf");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(outcome.output,
            "virtio magic 74726976\nvirtio version 00000001\nvirtio device 00000000\nvirtio vendor 554d4551\n"
            "plic priority 00000007\nplic context 1 threshold 00000007\nplic context 1 claim 00000000\nno second pci device ffffffff\n");
}

TEST(Boot, TheSerialPortPassesForA16550A) {
  const Outcome outcome = boot("uart_probe.elf");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(outcome.output, "16550A\n");
}

TEST(Boot, ARawImageIsLoadedAtTheStartOfRam) {
  const std::string file = fresh_dir("raw-image") + "/hello.bin";
  ASSERT_EQ(run_command(std::string("riscv64-unknown-elf-objcopy -O binary ") + SAKSI_BUILD_DIR "/hw-models/cpu/testdata/hello.elf " + file).code, 0);
  const Outcome outcome = saksi("boot " + file + " < /dev/null");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(outcome.output, "hello, world\n");
}

TEST(Boot, MoreInputThanTheImageTakesDoesNoHarm) {
  const Outcome outcome = run_command("yes | " + quoted(SAKSI_BUILD_DIR "/saksi") + " boot " + SAKSI_BUILD_DIR +
                                      "/hw-models/cpu/testdata/echo.elf --max-time 0.5 | tail -c 10");
  EXPECT_NE(outcome.output.find("Y\nY\n"), std::string::npos) << outcome.output;
}

// At a terminal.

/// `saksi boot` on a pseudo terminal, as a person has it.
class AtATerminal : public ::testing::Test {
 protected:
  void start(const std::string& image) {
    ASSERT_EQ(openpty(&keyboard_, &terminal_, nullptr, nullptr, nullptr), 0);
    ASSERT_EQ(tcgetattr(terminal_, &before_), 0);
    const std::string path = std::string(SAKSI_BUILD_DIR) + "/hw-models/cpu/testdata/" + image;
    child_ = fork();
    ASSERT_GE(child_, 0);
    if (child_ == 0) {
      setsid();
      ioctl(terminal_, TIOCSCTTY, 0);
      for (int fd = 0; fd < 3; ++fd) dup2(terminal_, fd);
      execl(SAKSI_BUILD_DIR "/saksi", "saksi", "boot", path.c_str(), "--max-time", "60", static_cast<char*>(nullptr));
      _exit(127);
    }
  }
  void TearDown() override {
    if (child_ > 0 && !ended_) {
      kill(child_, SIGKILL);
      wait();
    }
    close(keyboard_);
    close(terminal_);
  }
  void type(const std::string& text) { ASSERT_EQ(write(keyboard_, text.data(), text.size()), static_cast<ssize_t>(text.size())); }
  /// Until the terminal takes keys one by one and unechoed.
  void wait_until_raw() {
    termios now{};
    for (int tries = 0; tries < 1000; ++tries) {
      tcgetattr(terminal_, &now);
      if ((now.c_lflag & (ICANON | ECHO | ISIG)) == 0) return;
      usleep(10'000);
    }
    FAIL() << "the terminal has not been made raw";
  }
  /// Until the screen shows a text, or for half a minute.
  void wait_for(const std::string& text) {
    pollfd ready{keyboard_, POLLIN, 0};
    while (screen_.find(text) == std::string::npos && poll(&ready, 1, 30'000) > 0) {
      char buffer[256];
      const ssize_t got = read(keyboard_, buffer, sizeof buffer);
      if (got <= 0) break;
      screen_.append(buffer, static_cast<size_t>(got));
    }
    EXPECT_NE(screen_.find(text), std::string::npos) << screen_;
  }
  /// The exit status as waitpid() gives it.
  int wait() {
    int status = 0;
    waitpid(child_, &status, 0);
    ended_ = true;
    return status;
  }
  void expect_terminal_as_before() const {
    termios after{};
    ASSERT_EQ(tcgetattr(terminal_, &after), 0);
    EXPECT_EQ(after.c_lflag, before_.c_lflag);
    EXPECT_EQ(after.c_iflag, before_.c_iflag);
  }

  int keyboard_ = -1;
  int terminal_ = -1;
  pid_t child_ = -1;
  bool ended_ = false;
  termios before_{};
  std::string screen_;
};

TEST_F(AtATerminal, KeysReachTheImageUnechoedOneByOne) {
  start("echo.elf");
  wait_until_raw();
  type("ab");
  wait_for("AB");
  type("\x03\x1A\r");  // ^C, ^Z and Enter
  wait_for("\x03\x1A\r");
  type("\x01\x01");  // ^A twice
  wait_for("\x01");
  EXPECT_EQ(screen_, "AB\x03\x1A\r\x01");
  type(".");
  EXPECT_EQ(wait(), 0);
  expect_terminal_as_before();
}

TEST_F(AtATerminal, ControlAAndXLeave) {
  start("echo.elf");
  wait_until_raw();
  type("a");
  wait_for("A");
  type("\x01x");
  const int status = wait();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 4);
  wait_for("left by the user");
  expect_terminal_as_before();
}

TEST_F(AtATerminal, ASignalGivesTheTerminalBackToo) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGABRT}) {
    start("echo.elf");
    wait_until_raw();
    kill(child_, signal);
    const int status = wait();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal) << signal;
    expect_terminal_as_before();
    ended_ = false;
    child_ = -1;
    close(keyboard_);
    close(terminal_);
  }
  keyboard_ = terminal_ = -1;
}

}  // namespace
}  // namespace saksi::test
