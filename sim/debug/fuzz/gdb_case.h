#ifndef SAKSI_SIM_DEBUG_FUZZ_GDB_CASE_H_
#define SAKSI_SIM_DEBUG_FUZZ_GDB_CASE_H_

#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/debug/fake_target_for_test.h"
#include "sim/debug/gdb_packet.h"
#include "sim/debug/gdb_session.h"

namespace saksi::sim {

/// Gives any bytes to the packet reader and what comes out to a session. Fails, by ending the program, if an answer would not fit into a
/// packet or does not come back from its frame as it went in.
inline void run_gdb_case(std::string_view bytes) {
  FakeTarget target;
  GdbSession session(target);
  GdbPacketReader reader;
  const size_t half = bytes.size() / 2;  // a packet may come in two parts
  for (const std::string_view part : {bytes.substr(0, half), bytes.substr(half)}) {
    reader.feed(part);
    while (const auto event = reader.next()) {
      if (event->kind != GdbPacketReader::Event::Kind::kPacket) continue;
      for (const std::string& reply : session.handle(event->payload).replies) {
        const std::string frame = gdb_frame(reply);
        GdbPacketReader back;
        back.feed(frame);
        const auto same = back.next();
        if (frame.size() > kGdbPacketMax + 4 || !same || same->payload != reply) std::abort();
      }
    }
  }
}

/// The same bytes as one payload, with a right frame around it: random bytes seldom have a right checksum.
inline void run_gdb_payload_case(std::string_view payload) { run_gdb_case(gdb_frame(payload)); }

}  // namespace saksi::sim

#endif
