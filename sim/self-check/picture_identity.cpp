#include "sim/self-check/picture_identity.h"

#include <fstream>

namespace saksi::sim {

std::vector<nlohmann::ordered_json> truth_lines(const std::string& path) {
  std::vector<nlohmann::ordered_json> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::ordered_json::parse(line));
  return lines;
}

std::map<std::string, int64_t> frames_of_pictures(const std::string& truth_dir) {
  std::map<std::string, int64_t> frames;
  const std::vector<nlohmann::ordered_json> lines = truth_lines(truth_dir + "/encoder.jsonl");
  for (const nlohmann::ordered_json& line : lines) frames[line.at("sha256").get<std::string>()] = line.at("frame").get<int64_t>();
  return frames;
}

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

}  // namespace saksi::sim
