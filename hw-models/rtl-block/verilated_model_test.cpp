// Goal: a model's state goes into memory and back completely. Method: the copier of testdata/, driven by its ports alone.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "hw-models/rtl-block/copier_for_test.h"
#include "hw-models/rtl-block/rtl_ports.h"

namespace saksi::hw {
namespace {

/// The copier, and where its ports are.
struct Copier {
  std::unique_ptr<RtlModel> model = make_verilated_copier();
  RtlPorts ports{model->pins(), {}, "copier"};
};

constexpr uint32_t kTicks = 0x20;
constexpr uint32_t kFree = 0x24;

void clock(Copier& copier, int cycles = 1) {
  for (int i = 0; i < cycles; ++i) {
    *copier.ports.clk = 0;
    copier.model->eval();
    *copier.ports.clk = 1;
    copier.model->eval();
  }
}

void reset(Copier& copier) {
  *copier.ports.reset = 0;
  clock(copier, 4);
  *copier.ports.reset = 1;
  clock(copier, 4);
}

void write(Copier& copier, uint32_t offset, uint32_t value) {
  const auto& port = copier.ports.s_axil;
  port.awaddr.set(offset);
  *port.wdata = value;
  *port.wstrb = 0xF;
  *port.awvalid = *port.wvalid = *port.bready = 1;
  clock(copier);
  *port.awvalid = *port.wvalid = 0;
  clock(copier);
}

uint32_t read(Copier& copier, uint32_t offset) {
  const auto& port = copier.ports.s_axil;
  port.araddr.set(offset);
  *port.arvalid = *port.rready = 1;
  clock(copier);
  *port.arvalid = 0;
  const uint32_t value = *port.rdata;
  clock(copier);
  return value;
}

/// A forked process has only the thread that forked: with more of them it would wait for the others at its end.
TEST(VerilatedModel, HasNoThreadsOfItsOwn) {
  Copier copier;
  reset(copier);
  std::ifstream status("/proc/self/status");
  std::string threads;
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("Threads:", 0) == 0) threads = line;
  }
  EXPECT_EQ(threads, "Threads:\t1");
}

TEST(VerilatedModel, AForkedChildEndsWithItsModel) {
  Copier copier;
  reset(copier);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    clock(copier, 10);
    copier.model.reset();
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(VerilatedModel, RestoredStateGoesOnAsTheSavedOne) {
  Copier copier;
  reset(copier);
  write(copier, kFree, 1);
  clock(copier, 100);
  std::vector<uint8_t> state;
  copier.model->save(state);
  const uint32_t first = read(copier, kTicks);
  clock(copier, 1000);
  EXPECT_NE(read(copier, kTicks), first);
  copier.model->restore(state);
  EXPECT_EQ(read(copier, kTicks), first);
}

TEST(VerilatedModel, AnIdleBlockSavesTheSameBytesEachCycle) {
  Copier copier;
  reset(copier);
  std::vector<uint8_t> before, after;
  copier.model->save(before);
  clock(copier);
  copier.model->save(after);
  EXPECT_EQ(before, after);
  EXPECT_GT(before.size(), 4096u) << "the buffer alone has that";
}

}  // namespace
}  // namespace saksi::hw
