// Goal: hashes equal the standard's; a sparse file's digest does not depend on where its holes are. Method: FIPS 180-4 vector; files.
#include "base/sha256.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/temp_folder.h"

namespace saksi {
namespace {

TEST(Sha256, StandardVector) {
  EXPECT_EQ(hex(sha256(std::string("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

std::string write_file(const std::string& name, size_t size, size_t data_at, bool sparse) {
  static const TempFolder folder;
  const std::string path = folder.file(name);
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  EXPECT_EQ(ftruncate(fd, static_cast<off_t>(size)), 0);
  if (!sparse) {
    const std::vector<char> zeros(size, 0);
    EXPECT_EQ(pwrite(fd, zeros.data(), size, 0), static_cast<ssize_t>(size));
  }
  EXPECT_EQ(pwrite(fd, "evidence", 8, static_cast<off_t>(data_at)), 8);
  close(fd);
  return path;
}

TEST(Sha256, HolesAndZerosHaveTheSameDigest) {
  const size_t size = 5 * 65536 + 1000;
  for (size_t at : {size_t{0}, size_t{65530}, size_t{200000}, size - 8}) {
    EXPECT_EQ(sparse_file_digest(write_file("sparse", size, at, true)), sparse_file_digest(write_file("dense", size, at, false)));
  }
}

TEST(Sha256, PlaceAndSizeMatter) {
  const Digest digest = sparse_file_digest(write_file("a", 300000, 70000, true));
  EXPECT_NE(digest, sparse_file_digest(write_file("b", 300000, 70001, true)));
  EXPECT_NE(digest, sparse_file_digest(write_file("c", 300001, 70000, true)));
}

}  // namespace
}  // namespace saksi
