#include "firmware-under-test/camera/test_card.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "firmware-under-test/camera/bytes.h"

namespace saksi::firmware {
namespace {

constexpr uint32_t kPartitionLba = 8192;
constexpr uint32_t kFatSectorsMax = 1024;
constexpr uint32_t kMirrorSectors = 100;

std::string make_folder() {
  char name[] = "/tmp/saksi-card-XXXXXX";
  if (mkdtemp(name) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

}  // namespace

ToolResult run_tool(const std::string& command) {
  ToolResult result{-1, ""};
  FILE* pipe = popen(("PATH=$PATH:/usr/sbin:/sbin " + command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  size_t bytes;
  while ((bytes = fread(buffer, 1, sizeof buffer, pipe)) > 0) result.output.append(buffer, bytes);
  result.exit_code = WEXITSTATUS(pclose(pipe));
  return result;
}

TestCard::TestCard(uint32_t mebibytes, bool partitioned)
    : folder_(make_folder()), image_(folder_ + "/card.img"), sectors_(mebibytes * 2048), partitioned_(partitioned) {
  file_ = open(image_.c_str(), O_RDWR | O_CREAT, 0600);
  if (file_ < 0 || ftruncate(file_, static_cast<off_t>(sectors_) * SECTOR_BYTES) != 0) throw std::runtime_error("no card image");
  std::string start = partitioned ? " --offset " + std::to_string(kPartitionLba) : "";
  std::string blocks = partitioned ? " " + std::to_string((sectors_ - kPartitionLba) / 2) : "";
  if (run_tool("mkfs.vfat --invariant -F 32 -s 64 -n SAKSI" + start + " " + image_ + blocks).exit_code != 0) {
    throw std::runtime_error("mkfs.vfat failed");
  }
  if (!partitioned) return;
  Sector table = {};
  table[446 + 4] = 0x0C;
  store_le32(table.data() + 446 + 8, kPartitionLba);
  store_le32(table.data() + 446 + 12, sectors_ - kPartitionLba);
  store_le16(table.data() + 510, 0xAA55);
  overwrite(0, table);
}

TestCard::~TestCard() {
  close(file_);
  unlink(image_.c_str());
  run_tool("rm -r " + folder_);
}

block_device_t TestCard::device() { return {read, write, this, sectors_}; }

std::string TestCard::volume() const { return image_ + (partitioned_ ? "@@" + std::to_string(kPartitionLba) + "S" : ""); }

Sector TestCard::sector(uint32_t lba) const {
  Sector data;
  if (pread(file_, data.data(), data.size(), static_cast<off_t>(lba) * SECTOR_BYTES) != SECTOR_BYTES) throw std::runtime_error("read");
  return data;
}

void TestCard::overwrite(uint32_t lba, const Sector& data) {
  if (pwrite(file_, data.data(), data.size(), static_cast<off_t>(lba) * SECTOR_BYTES) != SECTOR_BYTES) throw std::runtime_error("write");
}

void TestCard::undo_to(size_t count) {
  while (log_.size() > count) {
    overwrite(log_.back().lba, log_.back().before);
    log_.pop_back();
  }
}

void TestCard::redo(const std::vector<SectorWrite>& writes, size_t from, size_t to) {
  for (size_t i = from; i < to; ++i) {
    overwrite(writes[i].lba, writes[i].after);
    log_.push_back(writes[i]);
  }
}

bool TestCard::read(void* context, uint32_t lba, uint32_t sectors, void* data) {
  auto* card = static_cast<TestCard*>(context);
  if (card->writes_left_ == 0 || lba + static_cast<uint64_t>(sectors) > card->sectors_) return false;
  if (lba + static_cast<uint64_t>(sectors) > card->real_sectors_) {
    for (uint32_t i = 0; i < sectors; ++i) {
      const bool is_real = lba + i < card->real_sectors_ || card->begins_anew_;
      const Sector sector = is_real ? card->sector((lba + i) % card->real_sectors_) : Sector{};
      std::memcpy(static_cast<uint8_t*>(data) + static_cast<size_t>(i) * SECTOR_BYTES, sector.data(), SECTOR_BYTES);
    }
    return true;
  }
  auto bytes = static_cast<ssize_t>(sectors) * SECTOR_BYTES;
  return pread(card->file_, data, static_cast<size_t>(bytes), static_cast<off_t>(lba) * SECTOR_BYTES) == bytes;
}

bool TestCard::write(void* context, uint32_t lba, uint32_t sectors, const block_segment_t* segments, uint32_t count) {
  auto* card = static_cast<TestCard*>(context);
  std::vector<uint8_t> data;
  for (uint32_t i = 0; i < count; ++i) {
    const auto* start = static_cast<const uint8_t*>(segments[i].data);
    data.insert(data.end(), start, start + segments[i].bytes);
  }
  if (count > BLOCK_SEGMENTS_MAX || data.size() != static_cast<size_t>(sectors) * SECTOR_BYTES) throw std::runtime_error("segments");
  for (uint32_t i = 0; i < sectors; ++i) {
    if (card->writes_left_ == 0 || lba + i >= card->sectors_) return false;
    if (card->writes_left_ != SIZE_MAX) --card->writes_left_;
    if (lba + i >= card->real_sectors_ && !card->begins_anew_) continue;
    uint32_t place = (lba + i) % card->real_sectors_;
    SectorWrite entry{place, card->sector(place), {}};
    std::memcpy(entry.after.data(), data.data() + static_cast<size_t>(i) * SECTOR_BYTES, SECTOR_BYTES);
    card->overwrite(entry.lba, entry.after);
    card->log_.push_back(entry);
  }
  return true;
}

FatMemory::FatMemory() : fat_(kFatSectorsMax * 128), mirror_(kMirrorSectors * 128), dirty_(kFatSectorsMax), scratch_(kFatSectorsMax * 16) {
  memory_ = {fat_.data(), dirty_.data(), scratch_.data(), kFatSectorsMax, mirror_.data(), kMirrorSectors};
}

}  // namespace saksi::firmware
