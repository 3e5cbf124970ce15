// Goal: what 16550 drivers rely on: line status, FIFOs, interrupt identification and its priorities, baud timing, loop-back probing.
#include "hw-models/soc/uart.h"

#include <string>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/lone_block_for_test.h"
#include "regs/uart_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::uart;
using sc_core::sc_time;

constexpr uint64_t kCharacterPs = 86'805'555;  // ten bits at 115200 baud

class UartTest : public SystemcTest {
 protected:
  UartTest() {
    uart_.on_output([this](char c, sc_time time) {
      output_ += c;
      times_ps_.push_back(time.value());
    });
  }
  void write(uint32_t offset, uint32_t value) { uart_.regs.write(offset, 1, value); }
  uint32_t read(uint32_t offset) { return uart_.regs.read(offset, 1); }
  /// 115200 baud, eight bits, no parity, one stop bit.
  void set_baud() {
    write(r::kLcr, 0x83);
    write(r::kRbrThr, 2);
    write(r::kIer, 0);
    write(r::kLcr, 0x03);
  }
  static void run_characters(double n) { run_for(sc_time::from_value(static_cast<uint64_t>(n * kCharacterPs))); }

  Uart uart_{"uart", UartConfig{}};
  LoneBlock wire_{uart_};
  std::string output_;
  std::vector<uint64_t> times_ps_;
};

TEST_F(UartTest, ResetValues) {
  EXPECT_EQ(read(r::kLsr), 0x60u);
  EXPECT_EQ(read(r::kIirFcr), 0x01u);
  EXPECT_EQ(read(r::kIer), 0u);
  EXPECT_EQ(read(r::kLcr), 0u);
  EXPECT_EQ(read(r::kMsr), 0xB0u);
  write(r::kScr, 0xA5);
  EXPECT_EQ(read(r::kScr), 0xA5u);
}

TEST_F(UartTest, WithoutABaudRateCharactersTakeNoTime) {
  for (const char c : std::string("hi\n")) {
    EXPECT_EQ(read(r::kLsr), 0x60u);
    write(r::kRbrThr, static_cast<uint8_t>(c));
  }
  EXPECT_EQ(output_, "hi\n");
}

TEST_F(UartTest, DivisorLatch) {
  write(r::kLcr, 0x80);
  write(r::kRbrThr, 0x34);
  write(r::kIer, 0x12);
  EXPECT_EQ(read(r::kRbrThr), 0x34u);
  EXPECT_EQ(read(r::kIer), 0x12u);
  write(r::kLcr, 0x03);
  EXPECT_EQ(read(r::kIer), 0u);
  EXPECT_TRUE(output_.empty());
}

TEST_F(UartTest, CharactersTakeTheirTime) {
  set_baud();
  write(r::kRbrThr, 'a');
  EXPECT_EQ(read(r::kLsr), 0x20u) << "moved to the shift register at once: the holding register is empty, the transmitter is not";
  write(r::kRbrThr, 'b');
  EXPECT_EQ(read(r::kLsr), 0x00u);
  run_characters(1.5);
  EXPECT_EQ(read(r::kLsr), 0x20u);
  run_characters(1);
  EXPECT_EQ(read(r::kLsr), 0x60u);
  EXPECT_EQ(output_, "ab");
  EXPECT_EQ(times_ps_, (std::vector<uint64_t>{kCharacterPs, 2 * kCharacterPs}));
}

TEST_F(UartTest, ACharacterWrittenAheadOfTheKernelLeavesAtItsOwnTime) {
  set_baud();
  wire_.write(r::kRbrThr, 1, 'a', sc_time(7, sc_core::SC_US));
  run_characters(2);
  EXPECT_EQ(times_ps_, std::vector<uint64_t>{7'000'000 + kCharacterPs});
}

TEST_F(UartTest, ParityAndStopBitsCount) {
  set_baud();
  write(r::kLcr, 0x03 | 0x08 | 0x04);
  write(r::kRbrThr, 'a');
  run_characters(2);
  EXPECT_EQ(times_ps_, std::vector<uint64_t>{uint64_t{12} * 16 * 2 * 1'000'000'000'000 / 3'686'400});
}

TEST_F(UartTest, TransmitFifoHoldsSixteen) {
  set_baud();
  write(r::kIirFcr, 0x01);
  for (char c = 'a'; c < 'a' + 17; ++c) write(r::kRbrThr, static_cast<uint8_t>(c));
  run_characters(20);
  EXPECT_EQ(output_, "abcdefghijklmnopq") << "one on the wire and sixteen waiting";
}

TEST_F(UartTest, TransmitInterrupt) {
  set_baud();
  EXPECT_FALSE(uart_.irq.level());
  write(r::kIer, 0x02);
  EXPECT_TRUE(uart_.irq.level()) << "enabling it while the holding register is empty interrupts";
  EXPECT_EQ(read(r::kIirFcr), 0x02u);
  EXPECT_FALSE(uart_.irq.level()) << "reading the identification clears it";
  EXPECT_EQ(read(r::kIirFcr), 0x01u);
  write(r::kRbrThr, 'a');
  EXPECT_TRUE(uart_.irq.level()) << "moved to the shift register: empty again";
  write(r::kRbrThr, 'b');
  EXPECT_FALSE(uart_.irq.level()) << "writing clears it";
  run_characters(1.5);
  EXPECT_TRUE(uart_.irq.level());
  write(r::kIer, 0x00);
  EXPECT_FALSE(uart_.irq.level());
}

TEST_F(UartTest, ReceivesAtBaudRate) {
  set_baud();
  write(r::kIer, 0x01);
  uart_.receive("xy");
  run_characters(0.5);
  EXPECT_EQ(read(r::kLsr) & 1, 0u);
  run_characters(1);
  EXPECT_TRUE(uart_.irq.level());
  EXPECT_EQ(read(r::kIirFcr), 0x04u);
  EXPECT_EQ(read(r::kLsr) & 1, 1u);
  EXPECT_EQ(read(r::kRbrThr), uint32_t{'x'});
  EXPECT_FALSE(uart_.irq.level());
  run_characters(1.5);
  EXPECT_EQ(read(r::kRbrThr), uint32_t{'y'});
  EXPECT_EQ(read(r::kRbrThr), 0u);
}

TEST_F(UartTest, NothingIsLostWhenTheGuestDoesNotRead) {
  const std::string text = "a long line that does not fit into sixteen bytes";
  write(r::kIirFcr, 0x01);
  uart_.receive(text);
  EXPECT_EQ(uart_.receive_backlog(), text.size() - 16);
  std::string got;
  while ((read(r::kLsr) & 1) != 0) got += static_cast<char>(read(r::kRbrThr));
  EXPECT_EQ(got, text);
  EXPECT_EQ(uart_.receive_backlog(), 0u);
}

TEST_F(UartTest, TriggerLevelAndTimeout) {
  set_baud();
  write(r::kIirFcr, 0x81);  // FIFOs on, trigger at 8
  write(r::kIer, 0x01);
  uart_.receive("12345678");
  run_characters(7.5);
  EXPECT_FALSE(uart_.irq.level());
  run_characters(1);
  EXPECT_EQ(read(r::kIirFcr), 0xC4u);
  for (int i = 0; i < 5; ++i) read(r::kRbrThr);
  EXPECT_FALSE(uart_.irq.level()) << "below the level";
  run_characters(4.5);
  EXPECT_TRUE(uart_.irq.level()) << "four character times of silence";
  EXPECT_EQ(read(r::kIirFcr), 0xCCu);
  read(r::kRbrThr);
  EXPECT_FALSE(uart_.irq.level()) << "a read starts the time anew";
  run_characters(4.5);
  EXPECT_EQ(read(r::kIirFcr), 0xCCu);
  read(r::kRbrThr);
  read(r::kRbrThr);
  run_characters(10);
  EXPECT_FALSE(uart_.irq.level()) << "an empty FIFO has no timeout";
}

TEST_F(UartTest, ReceptionComesBeforeTransmission) {
  write(r::kIer, 0x03);
  uart_.receive("x");
  EXPECT_EQ(read(r::kIirFcr), 0x04u);
  read(r::kRbrThr);
  EXPECT_EQ(read(r::kIirFcr), 0x02u);
}

TEST_F(UartTest, FifoControl) {
  write(r::kIirFcr, 0x01);
  EXPECT_EQ(read(r::kIirFcr), 0xC1u);
  uart_.receive("abc");
  write(r::kIirFcr, 0x03);
  EXPECT_EQ(read(r::kLsr) & 1, 0u) << "emptied";
  uart_.receive("abc");
  write(r::kIirFcr, 0x00);
  EXPECT_EQ(read(r::kLsr) & 1, 0u) << "turning the FIFOs off empties them";
  EXPECT_EQ(read(r::kIirFcr), 0x01u);
}

TEST_F(UartTest, LoopbackProbeOfDrivers) {
  write(r::kMcr, 0x1A);  // loop, OUT2, RTS
  EXPECT_EQ(read(r::kMsr) & 0xF0, 0x90u) << "DCD and CTS, as the 8250 driver's probe expects";
  write(r::kRbrThr, 'z');
  EXPECT_TRUE(output_.empty());
  EXPECT_EQ(read(r::kRbrThr), uint32_t{'z'});
  write(r::kMcr, 0x08);
  EXPECT_EQ(read(r::kMsr), 0xB2u) << "DSR is back";
  EXPECT_EQ(read(r::kMsr), 0xB0u);
}

TEST_F(UartTest, LoopbackThatShowsTheSameLinesChangesNothing) {
  write(r::kIer, 0x08);
  write(r::kMcr, 0x10 | 0x0B);  // RTS, DTR and OUT2 show as CTS, DSR and DCD, which were on
  EXPECT_FALSE(uart_.irq.level());
  EXPECT_EQ(read(r::kMsr), 0xB0u);
}

TEST_F(UartTest, ModemStatusInterrupt) {
  write(r::kMcr, 0x10 | 0x0B);
  read(r::kMsr);
  write(r::kIer, 0x08);
  EXPECT_FALSE(uart_.irq.level());
  write(r::kMcr, 0x10 | 0x05);  // DTR stays, RTS and OUT2 go, OUT1 comes
  EXPECT_TRUE(uart_.irq.level());
  EXPECT_EQ(read(r::kIirFcr), 0x00u);
  EXPECT_EQ(read(r::kMsr), 0x60u | 0x09u) << "a ring that begins is no change; DCTS and DDCD are";
  EXPECT_FALSE(uart_.irq.level());
  EXPECT_EQ(read(r::kMsr), 0x60u);
  write(r::kMcr, 0x10 | 0x01);
  EXPECT_EQ(read(r::kMsr), 0x20u | 0x04u) << "a ring that ends is";
}

TEST_F(UartTest, OverrunInLoopbackIsTheMostUrgentInterrupt) {
  write(r::kMcr, 0x10);
  read(r::kMsr);
  write(r::kIer, 0x0F);
  write(r::kRbrThr, 'a');
  EXPECT_EQ(read(r::kIirFcr), 0x04u);
  write(r::kRbrThr, 'b');
  EXPECT_EQ(read(r::kIirFcr), 0x06u);
  EXPECT_EQ(read(r::kLsr), 0x63u);
  EXPECT_EQ(read(r::kLsr), 0x61u);
  EXPECT_EQ(read(r::kIirFcr), 0x04u);
  EXPECT_EQ(read(r::kRbrThr), uint32_t{'b'}) << "without FIFOs the second character destroys the first";
  EXPECT_EQ(read(r::kIirFcr), 0x02u);
  EXPECT_EQ(read(r::kIirFcr), 0x01u);
}

TEST_F(UartTest, DrainingEndsWhatIsOnItsWay) {
  set_baud();
  write(r::kIirFcr, 0x01);
  for (const char c : std::string("bye\n")) write(r::kRbrThr, static_cast<uint8_t>(c));
  run_characters(1.5);
  EXPECT_EQ(output_, "b");
  uart_.drain();
  EXPECT_EQ(output_, "bye\n");
  EXPECT_EQ(read(r::kLsr), 0x60u);
  run_characters(10);
  EXPECT_EQ(output_, "bye\n") << "nothing leaves twice";
}

TEST_F(UartTest, ResetInTheMiddle) {
  set_baud();
  write(r::kIer, 0x03);
  write(r::kRbrThr, 'a');
  uart_.receive("b");
  uart_.reset();
  run_characters(5);
  EXPECT_TRUE(output_.empty());
  EXPECT_EQ(read(r::kLsr), 0x60u);
  EXPECT_FALSE(uart_.irq.level());
}

TEST(UartInstant, IgnoresTheDivisor) {
  sc_core::sc_curr_simcontext = new sc_core::sc_simcontext;
  sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
  Uart uart("uart", UartConfig{0});
  LoneBlock wire(uart);
  std::string output;
  uart.on_output([&](char c, sc_time) { output += c; });
  uart.regs.write(r::kLcr, 1, 0x83);
  uart.regs.write(r::kRbrThr, 1, 12);
  uart.regs.write(r::kLcr, 1, 0x03);
  uart.regs.write(r::kRbrThr, 1, 'q');
  EXPECT_EQ(output, "q");
}

}  // namespace
}  // namespace saksi::hw
