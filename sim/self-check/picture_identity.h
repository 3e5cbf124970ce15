#ifndef SAKSI_SIM_SELF_CHECK_PICTURE_IDENTITY_H_
#define SAKSI_SIM_SELF_CHECK_PICTURE_IDENTITY_H_

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "judge/card/byte_source.h"
#include "judge/media/mp4.h"

namespace saksi::sim {

/// The lines of a file of truth/, each a JSON object; none if the file is not there.
std::vector<nlohmann::ordered_json> truth_lines(const std::string& path);

/// Which sensor frame each coded picture of a run shows, by the SHA-256 in hex of its NAL unit, from truth/encoder.jsonl.
std::map<std::string, int64_t> frames_of_pictures(const std::string& truth_dir);

/// The coded picture of a sample: its first slice NAL unit (types 1 and 5), without length. Empty if there is none.
std::vector<uint8_t> slice_of(const judge::ByteSource& file, const judge::Mp4Sample& sample);

}  // namespace saksi::sim

#endif
