#ifndef SAKSI_SIM_SELF_CHECK_TRUTH_FILES_H_
#define SAKSI_SIM_SELF_CHECK_TRUTH_FILES_H_

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "judge/media/mp4.h"

namespace saksi::sim {

/// The objects of a file with one JSON object a line; empty if there is no file.
std::vector<nlohmann::ordered_json> read_json_lines(const std::string& path);

/// What truth/ says of pictures.
struct PictureTruths {
  std::map<std::string, int64_t> frame_of_picture;  ///< by SHA-256 of the NAL unit
  std::map<int64_t, double> photon_s;               ///< by frame, at the centre row
};
PictureTruths read_picture_truths(const std::string& dir);

/// The sensor frame that a stored sample shows, told by the SHA-256 of its coded bytes; nullptr if the truth knows of none.
const int64_t* frame_of_sample(const judge::ByteSource& file, const judge::Mp4Sample& sample, const PictureTruths& truth);

}  // namespace saksi::sim

#endif
