// Goal: a model's state goes into memory and back completely. Method: the copier of testdata/, driven by its ports alone.
#include "hw-models/rtl-block/verilated_model.h"

#include <Vcopier.h>
#include <Vcopier__Syms.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "hw-models/rtl-block/copier_for_test.h"

namespace saksi::hw {

std::unique_ptr<RtlModel> make_verilated_copier() { return std::make_unique<VerilatedModel<Vcopier>>(); }

namespace {

constexpr uint32_t kTicks = 0x20;
constexpr uint32_t kFree = 0x24;

void clock(RtlModel& model, int cycles = 1) {
  for (int i = 0; i < cycles; ++i) {
    *model.ports().clk = 0;
    model.eval();
    *model.ports().clk = 1;
    model.eval();
  }
}

void reset(RtlModel& model) {
  *model.ports().rst_n = 0;
  clock(model, 4);
  *model.ports().rst_n = 1;
  clock(model, 4);
}

void write(RtlModel& model, uint32_t offset, uint32_t value) {
  auto port = model.ports().s_axil;
  port.awaddr.set(offset);
  *port.wdata = value;
  *port.wstrb = 0xF;
  *port.awvalid = *port.wvalid = *port.bready = 1;
  clock(model);
  *port.awvalid = *port.wvalid = 0;
  clock(model);
}

uint32_t read(RtlModel& model, uint32_t offset) {
  auto port = model.ports().s_axil;
  port.araddr.set(offset);
  *port.arvalid = *port.rready = 1;
  clock(model);
  *port.arvalid = 0;
  const uint32_t value = *port.rdata;
  clock(model);
  return value;
}

/// A forked process has only the thread that forked: with more of them it would wait for the others at its end.
TEST(VerilatedModel, HasNoThreadsOfItsOwn) {
  const std::unique_ptr<RtlModel> model = make_verilated_copier();
  reset(*model);
  std::ifstream status("/proc/self/status");
  std::string threads;
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("Threads:", 0) == 0) threads = line;
  }
  EXPECT_EQ(threads, "Threads:\t1");
}

TEST(VerilatedModel, AForkedChildEndsWithItsModel) {
  auto model = make_verilated_copier();
  reset(*model);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    clock(*model, 10);
    model.reset();
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(VerilatedModel, RestoredStateGoesOnAsTheSavedOne) {
  const std::unique_ptr<RtlModel> model = make_verilated_copier();
  reset(*model);
  write(*model, kFree, 1);
  clock(*model, 100);
  std::vector<uint8_t> state;
  model->save(state);
  const uint32_t first = read(*model, kTicks);
  clock(*model, 1000);
  EXPECT_NE(read(*model, kTicks), first);
  model->restore(state);
  EXPECT_EQ(read(*model, kTicks), first);
}

TEST(VerilatedModel, AnIdleBlockSavesTheSameBytesEachCycle) {
  const std::unique_ptr<RtlModel> model = make_verilated_copier();
  reset(*model);
  std::vector<uint8_t> before, after;
  model->save(before);
  clock(*model);
  model->save(after);
  EXPECT_EQ(before, after);
  EXPECT_GT(before.size(), 4096u) << "the buffer alone has that";
}

}  // namespace
}  // namespace saksi::hw
