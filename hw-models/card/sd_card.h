#ifndef SAKSI_HW_MODELS_CARD_SD_CARD_H_
#define SAKSI_HW_MODELS_CARD_SD_CARD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <systemc>
#include <vector>

#include "base/seed_stream.h"
#include "hw-models/base/load.h"
#include "hw-models/card/card_faults.h"
#include "hw-models/card/card_timing.h"
#include "hw-models/card/flash.h"
#include "hw-models/card/sector_store.h"
#include "hw-models/card/write_hook.h"

namespace saksi::hw {

struct SdCardConfig {
  std::string image;                     ///< base image; empty: a blank card of `capacity_bytes`
  uint64_t capacity_bytes = 4ull << 30;  ///< used without an image
  CardTiming timing = CardTiming::profile("good");
  CardFaults faults;             ///< none by default
  FlashConfig flash;             ///< not enabled: programming costs what `timing` says, wherever it lies
  uint64_t seed = 1;             ///< of the time spread, stream "card", and of the faults, stream "card faults"
  uint32_t serial = 0x5A4B5301;  ///< in the CID
  uint32_t idle_uw = 1'000;      ///< powered, nothing to do
  uint32_t read_uw = 130'000;    ///< 40 mA at 3.3 V
  uint32_t write_uw = 330'000;   ///< 100 mA at 3.3 V
};

/// What the card answers to a command.
struct CardResponse {
  enum class Kind : uint8_t { kNone, kShort, kLong };
  enum class Data : uint8_t { kNone, kToHost, kToCard };
  Kind kind = Kind::kNone;                   ///< kNone: the host sees a command time-out, unless it expects none
  bool busy = false;                         ///< DAT0 is held low until busy_until()
  bool checkable = true;                     ///< R3 carries neither a CRC nor the command's index, R2 no index
  Data data = Data::kNone;                   ///< which way blocks follow
  uint32_t value = 0;                        ///< the 32 bits between index and CRC of a short response
  std::array<uint8_t, 16> register_bytes{};  ///< of a long one, most significant byte first, CRC byte included
};

/// An SDHC card by the SD Physical Layer Simplified Specification 3.01: states, command set, registers, status bits. Blocks of 512 bytes.
///
/// Programming: sectors of a write command are programmed one after another in the order received, and each is durable at an instant of
/// its own, when the write hook is called. The card holds DAT0 low while its receive buffer is full and, at the end of the command, until
/// everything is programmed; the end of busy is a card's only promise. When power goes (power_off), exactly the sectors whose instant has
/// passed stay; one in flight is dropped as a whole. CMD0 while programming aborts it in the same way.
///
/// Calls carry the time of the bus, which may lie ahead of the kernel's while the CPU runs ahead; it never runs backwards.
///
/// With a write cache (CardFaults) sectors become durable in another order than they came, and without a fence after the end of busy. With a
/// Flash beneath, housekeeping pauses are its own instead of the timing's.
///
/// Not modelled: SPI mode, UHS-I voltage switch, CMD42 lock, CMD27/28/29/30 (not supported: no response, ILLEGAL_COMMAND), password,
/// CMD20. CRC errors do not occur by themselves, only as a fault.
class SdCard : public sc_core::sc_module {
 public:
  enum class State : uint8_t {
    kIdle = 0,
    kReady = 1,
    kIdent = 2,
    kStandby = 3,
    kTransfer = 4,
    kData = 5,
    kReceive = 6,
    kProgram = 7,
    kDisconnect = 8,
    kInactive = 9
  };

  SdCard(sc_core::sc_module_name name, const SdCardConfig& config);

  Load load;

  // The bus, called by the host controller.
  /// Power at the card's contacts. Off keeps what is durable by `now` and forgets the rest; both may be repeated.
  void power_on(const sc_core::sc_time& now);
  void power_off(const sc_core::sc_time& now);
  /// The card has the command's last bit at `now`.
  CardResponse command(uint8_t index, uint32_t argument, const sc_core::sc_time& now);
  /// When the next block to the host can begin on DAT, given the time of the response or of the end of the block before.
  sc_core::sc_time data_ready(const sc_core::sc_time& after) const;
  /// The next block to the host: 512 bytes, or fewer for a register block. Its size; 0: the card has nothing (more) to send.
  size_t next_block_size() const;
  /// False: the block arrives with a wrong CRC.
  bool read_block(uint8_t* data, const sc_core::sc_time& now);
  /// A block of 512 bytes arrived whole at `now`. False: the card answers with the CRC status token "write error".
  bool write_block(const uint8_t* data, const sc_core::sc_time& now);
  /// When DAT0 will be high, as far as is known at `now`; sc_max_time(): never.
  sc_core::sc_time busy_until(const sc_core::sc_time& now);

  // The outside.
  bool powered() const { return powered_; }
  /// 4 data lines in use (ACMD6).
  bool wide_bus() const { return wide_bus_; }
  State state(const sc_core::sc_time& now);
  void set_write_hook(WriteHook* hook) { hook_ = hook; }
  /// Told of each fault that strikes.
  void on_fault(std::function<void(const CardFaultTruth&)> listener) { on_fault_ = std::move(listener); }
  /// Told of each sector that is to be read next, before anything of it is on its way. Of a transfer that the host stops, one more than it gets.
  void on_read(std::function<void(uint32_t lba)> listener) { on_read_ = std::move(listener); }
  /// What is durable now. Throws like SectorStore::write_image.
  void write_image(const std::string& path) const { store_->write_image(path); }
  const SectorStore& store() const { return *store_; }
  /// To be changed only while the card has no power.
  SectorStore& store() { return *store_; }
  /// Another card in place of this one; it must be without power.
  void exchange(const SdCardConfig& config);
  CardTiming& timing() { return config_.timing; }
  uint64_t sectors_written() const { return sectors_written_; }
  /// nullptr without one.
  const Flash* flash() const { return flash_.get(); }

 private:
  struct Programming {
    sc_core::sc_time durable;
    uint64_t ns;  ///< of programming alone, which begins so long before `durable`
    uint32_t lba;
    uint32_t erase_count;  ///< 0: a write
    uint64_t command;      ///< the write command that brought it
    std::array<uint8_t, kSectorBytes> data;
  };
  /// What a sector held before a write command.
  struct Undo {
    uint64_t command;
    sc_core::sc_time durable;
    uint32_t lba;
    std::array<uint8_t, kSectorBytes> data;
  };

  void durable_method();
  void commit(const sc_core::sc_time& until);
  void schedule_durable();
  void drop_programming();
  void go_idle();
  void settle(const sc_core::sc_time& now);
  void update_load();

  bool allowed(uint8_t index) const;
  CardResponse standard_command(uint8_t index, uint32_t argument, const sc_core::sc_time& now);
  bool application_command(uint8_t index, uint32_t argument, const sc_core::sc_time& now, CardResponse& response);
  CardResponse publish_address();
  CardResponse select(uint32_t argument);
  CardResponse send_if_cond(uint32_t argument);
  CardResponse send_op_cond(uint32_t argument, const sc_core::sc_time& now);
  CardResponse start_read(uint8_t index, uint32_t argument, const sc_core::sc_time& now);
  CardResponse start_write(uint8_t index, uint32_t argument, const sc_core::sc_time& now);
  CardResponse stop(const sc_core::sc_time& now);
  void end_write(const sc_core::sc_time& now);
  CardResponse erase(const sc_core::sc_time& now);
  CardResponse r1(CardResponse::Data data = CardResponse::Data::kNone);
  CardResponse r1b();
  CardResponse r2(const std::array<uint8_t, 16>& bytes);
  CardResponse send_register(std::vector<uint8_t> bytes);
  CardResponse illegal();
  uint32_t status_word();
  uint64_t program_ns(uint32_t lba, const sc_core::sc_time& now);
  bool hangs() const;
  uint32_t capacity_sectors() const;
  bool can_take_commands() const;
  void take_sector(const uint8_t* data, const sc_core::sc_time& now);

  // Faults, in sd_card_faults.cpp.
  void set_up_faults();
  void tell(const sc_core::sc_time& now, const char* fault, uint32_t lba, uint32_t sectors, const std::string& text);
  void commit_write(const Programming& item);
  void reorder_newest();
  void flush_cache(const sc_core::sc_time& now);
  const Programming* cached(uint32_t lba) const;
  void change(const sc_core::sc_time& now, uint32_t lba, const uint8_t* data);
  void make_unreadable(const sc_core::sc_time& now, const char* fault, uint32_t first, uint32_t sectors);
  bool fails_to_read(uint32_t lba, const sc_core::sc_time& now);
  void prepare_read(const sc_core::sc_time& now);
  void remember(const Programming& item);
  void strike_at_cut(const sc_core::sc_time& now);
  void tear(const Programming& item, const sc_core::sc_time& now);
  void shear(const Programming& item, const sc_core::sc_time& now);
  void roll_back(const sc_core::sc_time& now);
  void rot(const sc_core::sc_time& now);
  uint64_t housekeeping_ns(uint32_t lba, const sc_core::sc_time& now);
  bool refuses_write(const sc_core::sc_time& now);
  void aim_write(const sc_core::sc_time& now);

  SdCardConfig config_;
  std::unique_ptr<SectorStore> store_;
  SeedStream random_;
  WriteHook* hook_ = nullptr;
  std::function<void(uint32_t)> on_read_;

  bool powered_ = false;
  State state_ = State::kIdle;
  State state_at_command_ = State::kIdle;  ///< CURRENT_STATE of the response
  uint32_t status_ = 0;                    ///< error bits not yet reported
  uint16_t rca_ = 0;
  bool application_ = false;  ///< CMD55 came just before
  bool wide_bus_ = false;
  bool high_speed_ = false;
  bool initialising_ = false;
  sc_core::sc_time ready_at_;  ///< end of initialisation
  uint32_t next_lba_ = 0;      ///< of the transfer under way
  uint32_t blocks_left_ = 0;   ///< of it, if limited
  bool limited_ = false;       ///< single block, or CMD23 gave a count
  uint32_t set_block_count_ = 0;
  uint32_t well_written_ = 0;
  uint32_t erase_first_ = 0, erase_last_ = 0;
  bool erase_first_set_ = false, erase_last_set_ = false;
  std::vector<uint8_t> register_block_;  ///< CMD6, ACMD13, ACMD22, ACMD51 on their way out
  bool first_block_ = false;             ///< the transfer's first block is yet to come

  std::unique_ptr<Flash> flash_;
  SeedStream fault_random_;
  std::function<void(const CardFaultTruth&)> on_fault_;
  std::set<uint32_t> unreadable_;            ///< sectors that a cut has spoilt
  std::map<uint32_t, uint64_t> times_read_;  ///< of the sectors that are unreadable by configuration
  std::set<uint32_t> rewritten_;             ///< of those, what has been written since
  std::deque<Undo> undo_;                    ///< of the last commands, oldest first
  bool read_only_ = false, dead_ = false;
  bool refuses_data_ = false;   ///< of this write command
  bool sends_nothing_ = false;  ///< the next sector cannot be read
  uint64_t commands_ = 0, read_commands_ = 0, data_blocks_ = 0;
  uint32_t aim_off_ = 0;  ///< how far off its place this write command goes

  std::deque<Programming> programming_;
  uint64_t program_4k_ns_ = 0;  ///< drawn for the 4 KiB being programmed
  uint64_t write_commands_ = 0;
  uint64_t sectors_received_ = 0;
  uint64_t sectors_written_ = 0;
  sc_core::sc_event durable_event_;
};

}  // namespace saksi::hw

#endif
