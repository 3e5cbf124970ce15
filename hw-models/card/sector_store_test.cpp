// Goal: what was written can be read, the base stays as it was, and the image that comes out is base plus changes and still sparse.
#include "hw-models/card/sector_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"

namespace saksi::hw {
namespace {

using Sector = std::array<uint8_t, kSectorBytes>;

Sector filled(uint8_t value) {
  Sector sector;
  sector.fill(value);
  return sector;
}

Sector read(const SectorStore& store, uint64_t lba) {
  Sector sector;
  store.read(lba, sector.data());
  return sector;
}

class SectorStoreTest : public ::testing::Test {
 protected:
  SectorStoreTest() {
    std::string name = (std::filesystem::temp_directory_path() / "saksi-store-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    // 64 MiB with one sector of 0x11 at lba 8 and one at lba 100000.
    SectorStore maker(131072);
    maker.write(8, filled(0x11).data());
    maker.write(100000, filled(0x11).data());
    maker.write_image(base());
  }
  ~SectorStoreTest() override { std::filesystem::remove_all(folder_); }

  std::string base() const { return (folder_ / "base.img").string(); }
  std::string out() const { return (folder_ / "out.img").string(); }
  static int64_t allocated(const std::string& path) {
    struct stat info {};
    stat(path.c_str(), &info);
    return info.st_blocks * 512;
  }

  std::filesystem::path folder_;
};

TEST_F(SectorStoreTest, ReadsBaseHolesAndChanges) {
  SectorStore store(base());
  EXPECT_EQ(store.sectors(), 131072u);
  EXPECT_EQ(read(store, 8), filled(0x11));
  EXPECT_EQ(read(store, 9), filled(0));
  store.write(9, filled(0x22).data());
  EXPECT_EQ(read(store, 8), filled(0x11));
  EXPECT_EQ(read(store, 9), filled(0x22));
  EXPECT_EQ(store.dirty_bytes(), 4096u);
}

TEST_F(SectorStoreTest, ImageIsBasePlusChangesAndBaseIsUntouched) {
  {
    SectorStore store(base());
    store.write(9, filled(0x22).data());
    store.write(8, filled(0).data());
    store.write(50000, filled(0).data());
    store.write_image(out());
  }
  const SectorStore result(out());
  EXPECT_EQ(result.sectors(), 131072u);
  EXPECT_EQ(read(result, 8), filled(0));
  EXPECT_EQ(read(result, 9), filled(0x22));
  EXPECT_EQ(read(result, 100000), filled(0x11));
  EXPECT_LT(allocated(out()), 65536);
  EXPECT_EQ(read(SectorStore(base()), 8), filled(0x11));
}

TEST_F(SectorStoreTest, EraseCostsNothingWhereNothingWas) {
  SectorStore store(base());
  store.write(9, filled(0x22).data());
  store.erase(9, 131072 - 9 - 1);
  EXPECT_EQ(read(store, 8), filled(0x11));
  EXPECT_EQ(read(store, 9), filled(0));
  EXPECT_EQ(read(store, 100000), filled(0));
  EXPECT_LE(store.dirty_bytes(), 65536u);
}

TEST_F(SectorStoreTest, AForkedChildHasACardOfItsOwn) {
  SectorStore store(base());
  store.write(1, filled(0x33).data());
  const pid_t child = fork();
  if (child == 0) {
    store.write(1, filled(0x44).data());
    store.write_image(out());
    _exit(read(store, 8) == filled(0x11) ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read(store, 1), filled(0x33));
  EXPECT_EQ(read(SectorStore(out()), 1), filled(0x44));
}

TEST_F(SectorStoreTest, MistakesAreSaid) {
  EXPECT_THROW(SectorStore("no/such/image"), UsageError);
  std::ofstream(out()) << "short";
  EXPECT_THROW(SectorStore{out()}, UsageError);
  SectorStore store(base());
  EXPECT_THROW(store.write_image(base()), UsageError);
  EXPECT_THROW(store.write_image("no/such/folder/out.img"), InfraError);
}

}  // namespace
}  // namespace saksi::hw
