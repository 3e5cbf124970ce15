#include "sim/self-check/truth_files.h"

#include <fstream>

#include "base/sha256.h"

namespace saksi::sim {

using Json = nlohmann::ordered_json;

std::vector<Json> read_json_lines(const std::string& path) {
  std::vector<Json> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

PictureTruths read_picture_truths(const std::string& dir) {
  PictureTruths truth;
  for (const Json& line : read_json_lines(dir + "/encoder.jsonl"))
    truth.frame_of_picture[line.at("sha256").get<std::string>()] = line.at("frame").get<int64_t>();
  for (const Json& line : read_json_lines(dir + "/frames.jsonl")) {
    const double row_ns = line.at("row_ns_num").get<double>() / line.at("row_ns_den").get<double>();
    const double centre = (line.at("rows").get<double>() - 1) / 2;
    truth.photon_s[line.at("frame").get<int64_t>()] = (line.at("t_row0_ns").get<double>() + centre * row_ns) * 1e-9;
  }
  return truth;
}

namespace {

/// The coded picture of a sample: its first slice NAL unit (types 1 and 5), without length.
std::vector<uint8_t> slice_of(const judge::ByteSource& file, const judge::Mp4Sample& sample) {
  std::vector<uint8_t> bytes(sample.size);
  if (!file.read_exactly(sample.offset, bytes.data(), bytes.size())) return {};
  for (size_t at = 0; at + 5 <= bytes.size();) {
    const size_t length = judge::be32(&bytes[at]);
    if (length == 0 || length > bytes.size() - at - 4) return {};
    const int type = bytes[at + 4] & 0x1F;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at + 4);
    if (type == 1 || type == 5) return {begin, begin + static_cast<std::ptrdiff_t>(length)};
    at += 4 + length;
  }
  return {};
}

}  // namespace

const int64_t* frame_of_sample(const judge::ByteSource& file, const judge::Mp4Sample& sample, const PictureTruths& truth) {
  const std::vector<uint8_t> nal = slice_of(file, sample);
  const auto frame = truth.frame_of_picture.find(hex(sha256(nal.data(), nal.size())));
  return frame != truth.frame_of_picture.end() ? &frame->second : nullptr;
}

}  // namespace saksi::sim
