#ifndef SAKSI_HW_MODELS_RTL_BLOCK_AXI_MEMORY_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_AXI_MEMORY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/seed_stream.h"
#include "hw-models/base/dma_initiator.h"
#include "hw-models/rtl-block/rtl_ports.h"

namespace saksi::hw {

struct AxiMemoryConfig {
  uint32_t read_latency_cycles = 8;     ///< from the edge that takes an address to the first beat, at least 1
  uint32_t write_latency_cycles = 4;    ///< from the edge that takes the last beat to the response, at least 1
  uint32_t back_pressure_permille = 0;  ///< for tests: chance in each cycle that a channel makes the block wait, below 1000
  uint64_t seed = 1;                    ///< of that chance
};

/// What a block has moved over its AXI port.
struct DeliveredStats {
  uint64_t cycles = 0;  ///< clock cycles of the block's life that were carried out, re-runs not counted twice
  uint64_t read_bursts = 0;
  uint64_t write_bursts = 0;
  uint64_t read_bytes = 0;
  uint64_t written_bytes = 0;  ///< by write strobes
};

/// The memory side of a block's AXI master: takes bursts and serves them from memory by pointer, in order, one beat a cycle in each
/// direction. Beats of the whole width or less, INCR, WRAP and FIXED; an address outside memory is answered DECERR, a burst that AXI does not
/// have SLVERR; nothing is read or written then. IDs come back with the answers.
///
/// One clock cycle: drive(), clk low, eval, sample(), clk high, eval, after_edge().
///
/// Every write can be undone: the log since the last clear_log() holds what was there before. With keep_reads() there is also a log of what
/// was read, from which cycles that have been carried out can be gone through once more without touching memory: see begin_repeat().
class AxiMemory {
 public:
  AxiMemory(const RtlPorts& ports, DmaInitiator& dma, const AxiMemoryConfig& config);

  /// Everything that must come back when the block is taken back to an earlier cycle.
  struct State {
    static constexpr size_t kDepth = 16;
    struct Burst {
      uint8_t* memory;     ///< at `first`; nullptr: answered by an error
      uint32_t first;      ///< address of the first byte that the burst may touch, a multiple of the bus's width
      uint32_t bytes;      ///< from there
      uint32_t address;    ///< of the next beat
      uint32_t wrap_mask;  ///< of the address bits that count
      uint32_t step;       ///< from beat to beat
      uint32_t beat_bytes;
      uint32_t beats;  ///< left
      uint32_t id;
      uint8_t response;
      uint64_t due_cycle;  ///< first beat, or the answer to a write
    };
    struct Queue {
      std::array<Burst, kDepth> bursts;
      uint32_t first = 0, size = 0;
      bool empty() const { return size == 0; }
      bool full() const { return size == kDepth; }
      Burst& front() { return bursts[first]; }
      Burst& back() { return bursts[(first + size - 1) % kDepth]; }
      void push(const Burst& burst) { bursts[(first + size++) % kDepth] = burst; }
      void pop() {
        first = (first + 1) % kDepth;
        --size;
      }
    };
    Queue reads, writes, responses;
    uint64_t cycle = 0;
    uint64_t beats_read = 0;  ///< since clear_log()
    SeedStream chance;
    DeliveredStats stats;
    explicit State(uint64_t seed) : chance(seed, "axi back-pressure") {}
  };

  void drive();
  /// Takes what the coming edge will transfer. Returns whether anything is going on: a request, a beat or an answer outstanding.
  bool sample();
  void after_edge();
  void reset();

  const State& state() const { return state_; }
  void restore(const State& state) { state_ = state; }
  bool idle() const { return state_.reads.size + state_.writes.size + state_.responses.size == 0; }

  void clear_log();
  /// Takes back every write since clear_log().
  void undo();
  /// From now on what is read is logged.
  void keep_reads() { keeps_reads_ = true; }
  /// The cycles that follow repeat ones since clear_log(), from a state of then that has been restored: they read what was read, from the log,
  /// write nothing, and leave no trace but in the state.
  void begin_repeat() { repeats_ = true; }
  void end_repeat() { repeats_ = false; }
  /// Addresses written since clear_ranges(): first address of each range to the address after it.
  const std::map<uint32_t, uint32_t>& written_ranges() const { return ranges_; }
  /// Likewise read.
  const std::map<uint32_t, uint32_t>& read_ranges() const { return read_ranges_; }
  void clear_ranges() {
    ranges_.clear();
    read_ranges_.clear();
  }

 private:
  bool wait();
  void present_read();
  void read_beat(const uint8_t* memory);
  void take_read_address();
  void take_write_address();
  void take_write_beat();
  State::Burst begin_burst(uint64_t address, uint8_t length, uint8_t size, uint8_t kind, uint32_t latency);
  uint8_t* beat_memory(const State::Burst& burst) const { return burst.memory + ((burst.address & ~(bytes_ - 1)) - burst.first); }
  static void next_beat(State::Burst& burst);
  void store(uint8_t* memory, uint64_t strobes);

  const RtlPorts& ports_;
  const uint32_t bytes_;        ///< of a full beat
  const uint64_t all_strobes_;  ///< of one
  DmaInitiator& dma_;
  AxiMemoryConfig config_;
  State state_;
  bool taken_read_ = false;  ///< by the edge between sample() and after_edge()
  bool taken_response_ = false;
  std::vector<uint8_t*> log_;    ///< where full beats were written
  std::vector<uint8_t> before_;  ///< what was there, one full beat after the other
  std::vector<uint8_t> reads_;   ///< since clear_log(), likewise
  bool keeps_reads_ = false;
  bool repeats_ = false;
  std::map<uint32_t, uint32_t> ranges_;
  std::map<uint32_t, uint32_t> read_ranges_;
};

}  // namespace saksi::hw

#endif
