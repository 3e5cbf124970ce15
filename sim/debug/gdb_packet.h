#ifndef SAKSI_SIM_DEBUG_GDB_PACKET_H_
#define SAKSI_SIM_DEBUG_GDB_PACKET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace saksi::sim {

/// Longest payload, in bytes, that is taken from a client or sent to it ("Overview" of GDB's remote protocol: PacketSize).
constexpr size_t kGdbPacketMax = 0x4000;

/// Cuts what a client sends into packets. Takes any bytes: what is no packet is dropped and counted.
class GdbPacketReader {
 public:
  struct Event {
    enum class Kind {
      kPacket,       ///< with its payload, escapes resolved
      kInterrupt,    ///< byte 0x03 outside a packet: Ctrl-C
      kNack,         ///< the client asks for the last packet again
      kBadChecksum,  ///< a packet that must be sent again
      kTooLong       ///< a packet above kGdbPacketMax, dropped
    };
    Kind kind;
    std::string payload;
  };

  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next event in what was fed; nothing: more bytes are needed.
  std::optional<Event> next();
  /// Bytes that were fed and are not used yet: for whoever goes on reading in another process.
  const std::string& unread() const { return buffer_; }
  /// Bytes dropped so far because they belonged to no packet.
  uint64_t garbage() const { return garbage_; }

 private:
  std::optional<Event> take_packet();
  std::string buffer_;
  bool skipping_ = false;  ///< inside a packet that is too long
  uint64_t garbage_ = 0;
};

/// A payload as it goes over the line: `$payload#checksum`, with what must not stand in it escaped.
std::string gdb_frame(std::string_view payload);

/// Two lower-case digits for each byte.
std::string to_hex(std::string_view bytes);
/// A register of `size` bytes as the protocol shows it: in the target's byte order, which is little-endian.
std::string little_endian_hex(uint64_t value, size_t size);
/// Nothing if it is not an even number of hexadecimal digits.
std::optional<std::string> from_hex(std::string_view digits);
/// A number of 1 to 16 hexadecimal digits from the beginning of `text`, which is shortened by them.
std::optional<uint64_t> take_number(std::string_view* text);
/// Takes `word` from the beginning of `text` if it stands there.
bool take_word(std::string_view* text, std::string_view word);

}  // namespace saksi::sim

#endif
