// Goal: a chain that is whole is found whole, and a change of any byte that it covers is found at its fragment. Method: files by hand, of boxes that
// hold next to nothing; every byte changed once; fragments dropped, exchanged and cut off.
#include "judge/media/hash_chain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/sha256.h"

namespace saksi::judge {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint8_t kType[16] = {0x6B, 0x64, 0xAD, 0xB1, 0xAF, 0xBA, 0x58, 0xA6, 0xAB, 0xFE, 0xCD, 0x0B, 0x92, 0x6E, 0x08, 0xE8};

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes box(const char* type, const Bytes& payload) {
  const auto size = static_cast<uint32_t>(8 + payload.size());
  const Bytes head = {static_cast<uint8_t>(size >> 24), static_cast<uint8_t>(size >> 16), static_cast<uint8_t>(size >> 8),
                      static_cast<uint8_t>(size),       static_cast<uint8_t>(type[0]),    static_cast<uint8_t>(type[1]),
                      static_cast<uint8_t>(type[2]),    static_cast<uint8_t>(type[3])};
  return head + payload;
}

Bytes digest(const Bytes& bytes) {
  const Digest made = sha256(bytes.data(), bytes.size());
  return {made.begin(), made.end()};
}

struct File {
  Bytes bytes;
  Mp4Movie movie;
};

/// The parts of a file of three fragments: header, and of each fragment what is hashed and what is not.
struct Parts {
  Bytes header = box("ftyp", {1, 2, 3}) + box("moov", {4, 5});
  struct Fragment {
    Bytes moof, hash, media, padding;
  };
  std::vector<Fragment> fragments;

  Parts() {
    Bytes before = digest(header);
    for (uint8_t i = 0; i < 3; ++i) {
      Fragment f;
      f.moof = box("moof", {i, 7});
      f.media = Bytes(static_cast<size_t>(10 + i), static_cast<uint8_t>(0x40 + i));
      before = digest(before + f.moof + f.media);
      f.hash = box("uuid", Bytes(kType, kType + 16) + before);
      f.padding = box("free", {9, 9, 9});
      fragments.push_back(f);
    }
  }
  File file() const {
    File file;
    file.bytes = header;
    file.movie.timescale = 10;
    for (const Fragment& f : fragments) {
      const auto number = static_cast<uint32_t>(file.movie.fragments.size());
      file.movie.fragments.push_back({file.bytes.size(), number + 1, 10 * static_cast<int64_t>(number), number, 1});
      file.bytes = file.bytes + f.moof + f.hash + box("free", {0}) + box("mdat", f.media) + f.padding;
    }
    return file;
  }
};

/// "valid", or "broken" and the kinds of the problems with the times that they name.
std::string follow(const File& file) {
  Problems problems;
  std::string text = hash_chain_word(follow_hash_chain(MemorySource(file.bytes), file.movie, problems));
  for (const Problem& problem : problems) {
    const size_t at = problem.text.find('(');
    text += " " + problem.kind + problem.text.substr(at, problem.text.find(')') - at + 1);
  }
  return text;
}

TEST(HashChain, AWholeOneIsValid) { EXPECT_EQ(follow(Parts().file()), "valid"); }

TEST(HashChain, AChangedFragmentIsFoundByItself) {
  Parts parts;
  parts.fragments[1].media[4] ^= 1;
  EXPECT_EQ(follow(parts.file()), "broken hash-mismatch(1.0 s)");
  parts = Parts();
  parts.fragments[2].moof.back() ^= 0x80;
  EXPECT_EQ(follow(parts.file()), "broken hash-mismatch(2.0 s)");
}

TEST(HashChain, AChangedHeaderIsFoundAtTheFirstFragment) {
  Parts parts;
  parts.header.back() ^= 1;
  EXPECT_EQ(follow(parts.file()), "broken hash-mismatch(0.0 s)");
}

TEST(HashChain, AChangedHashIsFoundAtItsFragmentAndAtTheNext) {
  Parts parts;
  parts.fragments[1].hash.back() ^= 1;
  EXPECT_EQ(follow(parts.file()), "broken hash-mismatch(1.0 s) hash-mismatch(2.0 s)");
}

TEST(HashChain, DroppedExchangedAndForeignFragmentsAreFound) {
  Parts parts;
  parts.fragments.erase(parts.fragments.begin() + 1);
  EXPECT_EQ(follow(parts.file()), "broken hash-mismatch(1.0 s)");
  parts = Parts();
  std::swap(parts.fragments[0], parts.fragments[1]);
  EXPECT_EQ(follow(parts.file()), "broken hash-mismatch(0.0 s) hash-mismatch(1.0 s) hash-mismatch(2.0 s)");
  parts = Parts();
  parts.fragments[1].hash.clear();
  EXPECT_EQ(follow(parts.file()), "broken hash-missing(1.0 s) hash-mismatch(2.0 s)");
}

TEST(HashChain, WhatIsNotHashedMayChange) {
  Parts parts;
  parts.fragments[1].padding.back() ^= 1;
  EXPECT_EQ(follow(parts.file()), "valid");
}

TEST(HashChain, AFileWithoutHashesHasNone) {
  Parts parts;
  for (Parts::Fragment& f : parts.fragments) f.hash.clear();
  EXPECT_EQ(follow(parts.file()), "none");
  EXPECT_EQ(follow(File()), "none");
  parts.fragments[0].hash = box("uuid", Bytes(48, 1));
  EXPECT_EQ(follow(parts.file()), "none") << "another's box";
}

TEST(HashChain, AFragmentThatTheEndCutsOffIsNotWhole) {
  File file = Parts().file();
  const size_t media_end = file.bytes.size() - Parts().fragments[2].padding.size();
  file.bytes.resize(media_end);
  EXPECT_EQ(follow(file), "valid");
  for (size_t cut = media_end; cut-- > file.movie.fragments[2].offset + 8;) {
    file.bytes.resize(cut);
    EXPECT_EQ(follow(file), "broken hash-unfollowed(2.0 s)") << cut;
  }
}

TEST(HashChain, AFragmentWhoseBoxesAreDamagedIsNotTakenForWhole) {
  for (const size_t n : {size_t{1}, size_t{2}}) {
    File file = Parts().file();
    const Parts::Fragment& f = Parts().fragments[n];
    const size_t media = file.movie.fragments[n].offset + f.moof.size() + f.hash.size() + 9;
    ASSERT_EQ(file.bytes[media + 4], 'm');
    file.bytes[media + 4] = 0;
    EXPECT_EQ(follow(file).substr(0, 28), n == 1 ? "broken hash-unfollowed(1.0 s" : "broken hash-unfollowed(2.0 s");
  }
}

/// Of header, moof, hash and samples.
TEST(HashChain, NoByteThatIsHashedCanChangeUnseen) {
  const Parts good;
  const auto changed = [&](const std::function<Bytes&(Parts&)>& part, size_t size, size_t heads) {
    for (size_t at = heads; at < size; ++at) {
      Parts parts = good;
      part(parts)[at] ^= 0xFF;
      EXPECT_EQ(follow(parts.file()).substr(0, 6), "broken") << at;
    }
  };
  changed([](Parts& p) -> Bytes& { return p.header; }, good.header.size(), 0);
  for (size_t i = 0; i < 3; ++i) {
    changed([i](Parts& p) -> Bytes& { return p.fragments[i].moof; }, good.fragments[i].moof.size(), 8);
    changed([i](Parts& p) -> Bytes& { return p.fragments[i].media; }, good.fragments[i].media.size(), 0);
    changed([i](Parts& p) -> Bytes& { return p.fragments[i].hash; }, good.fragments[i].hash.size(), 0);
  }
}

}  // namespace
}  // namespace saksi::judge
