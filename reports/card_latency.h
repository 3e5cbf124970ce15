#ifndef SAKSI_REPORTS_CARD_LATENCY_H_
#define SAKSI_REPORTS_CARD_LATENCY_H_

#include <cstdint>
#include <vector>

#include "reports/report_input.h"

namespace saksi::report {

/// For each write command that the card carried out, in order: from the firmware giving it to its last sector being stored, which is when a card
/// without a cache that runs ahead ends busy. In nanoseconds.
std::vector<int64_t> write_latencies_ns(const ReportInput& input);

/// A bar of a histogram whose bounds go 1, 2, 5, 10, ...: at least `from_ns`, less than `to_ns`.
struct LatencyBar {
  int64_t from_ns;
  int64_t to_ns;
  size_t commands;
};

/// From the bar of the shortest to that of the longest, empty ones between them included; nothing if there are no latencies. The first bar begins at
/// 0.1 ms at the latest and holds all that is shorter.
std::vector<LatencyBar> latency_bars(const std::vector<int64_t>& latencies_ns);

/// The smallest of the latencies that at least `permille` of them do not exceed (nearest rank). `sorted_ns` must not be empty.
int64_t latency_percentile_ns(const std::vector<int64_t>& sorted_ns, uint32_t permille);

}  // namespace saksi::report

#endif
