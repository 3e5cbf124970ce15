#ifndef SAKSI_JUDGE_TEST_SUPPORT_CARD_IMAGE_H_
#define SAKSI_JUDGE_TEST_SUPPORT_CARD_IMAGE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace saksi::judge::testing {

/// A file to be put on a card: path with '/' and bytes.
using CardFile = std::pair<std::string, std::vector<uint8_t>>;

/// Makes a FAT32 image with mkfs.vfat and mtools, so that what the judge reads was not written by the judge's author. Folders are made as
/// needed. `options` go to mkfs.vfat.
void make_card_image(const std::string& path, int size_mib, const std::vector<CardFile>& files, const std::string& options = "-s 1");

/// The whole file.
std::vector<uint8_t> read_file(const std::string& path);
void write_file(const std::string& path, const std::vector<uint8_t>& bytes);

/// A new empty folder below the test's temporary folder.
std::string fresh_folder(const std::string& name);

}  // namespace saksi::judge::testing

#endif
