#ifndef SAKSI_SIM_WHY_WHY_H_
#define SAKSI_SIM_WHY_WHY_H_

#include <nlohmann/json.hpp>
#include <string>

namespace saksi::sim {

/// Where a byte on the card came from, or where a frame went: "card:OFFSET" (decimal or 0x...), "clip:FRAME" or "clip:FILE:FRAME" (frames from 0;
/// FILE a path on the card or its end; without it the first clip). Answered from what `saksi run` left in `run_dir`: recording/card.img and truth/.
///
/// {"question", "card_offset", "sector", "at" (byte in the sector), "file", "file_offset", "part" (what of the clip it is), "clip_frame",
///  "frame": {"frame", "exposed_from_ns", "exposed_to_ns", "coded_ns"},
///  "writes": [{"t_ns", "command", "sectors", "stack": [{"function", "line"}]}] (oldest first; the last is what is there now)}
///
/// `firmware` is the ELF whose source lines are told; empty: the reference firmware. Lines are left out, with "note", if it is not the one that ran.
/// Throws UsageError for a folder or a question that cannot be answered.
nlohmann::ordered_json why(const std::string& run_dir, const std::string& question, const std::string& firmware);

/// The same in words.
std::string why_text(const nlohmann::ordered_json& answer);

}  // namespace saksi::sim

#endif
