// Goal: a seal shows every change of what was sealed and of itself, whoever signed it, and time-stamps are asked for and checked as 'openssl ts'
// does. Method: folders of small files, keys of three kinds made with OpenSSL's own program, a time-stamping authority of the laboratory.
#include "judge/seal/seal.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/temp_folder.h"
#include "judge/seal/time_stamp.h"

namespace saksi::judge {
namespace {

namespace fs = std::filesystem;

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

/// Runs OpenSSL's program in a folder.
void openssl(const TempFolder& folder, const std::string& arguments) {
  const std::string command = "cd '" + folder.path().string() + "' && openssl " + arguments + " > openssl.txt 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << arguments;
}

class Seal : public ::testing::Test {
 protected:
  Seal() {
    fs::create_directories(card_.path() / "DCIM");
    write(card_.file("DCIM/a.mp4"), "first clip");
    write(card_.file("DCIM/b.mp4"), "second clip");
    write(card_.file("note.txt"), "note");
  }

  void seal(const SealOptions& options = {}) { write(keys_.file("seal.json"), seal_text(make_seal(card_.path().string(), options))); }
  std::vector<std::string> findings(const std::string& key = "") { return check_seal(keys_.file("seal.json"), card_.path().string(), key).findings; }
  /// Replaces a text in the manifest.
  void forge(const std::string& from, const std::string& to) {
    std::ifstream in(keys_.file("seal.json"));
    std::string text((std::istreambuf_iterator<char>(in)), {});
    ASSERT_NE(text.find(from), std::string::npos);
    write(keys_.file("seal.json"), text.replace(text.find(from), from.size(), to));
  }

  TempFolder card_, keys_;
};

using Texts = std::vector<std::string>;

TEST_F(Seal, WhatWasNotChangedIsAsSealed) {
  seal({"officer 7", "2026-11-28", "", "1.0"});
  EXPECT_EQ(findings(), Texts{});
}

TEST_F(Seal, EveryChangeIsNamed) {
  seal();
  write(card_.file("DCIM/a.mp4"), "First clip");
  EXPECT_EQ(findings().at(0), "DCIM/a.mp4: its content was changed.");
  write(card_.file("DCIM/a.mp4"), "first");
  EXPECT_EQ(findings().at(0), "DCIM/a.mp4: has 5 bytes, not 10.");
  fs::rename(card_.file("DCIM/a.mp4"), card_.file("DCIM/c.mp4"));
  EXPECT_EQ(findings(), (Texts{"DCIM/a.mp4: is gone, or has another name.", "DCIM/c.mp4: was not there when the seal was made."}));
}

TEST_F(Seal, AnotherDateIsNamed) {
  seal();
  fs::last_write_time(card_.file("note.txt"),
                      fs::last_write_time(card_.file("DCIM/a.mp4")) - std::filesystem::file_time_type::duration(86'400'000'000'000));
  EXPECT_EQ(findings(), Texts{"note.txt: has another date of change."});
}

TEST_F(Seal, AForgedManifestIsFoundWhateverTheKey) {
  for (const char* kind :
       {"genpkey -algorithm ed25519 -out key.pem", "ecparam -name prime256v1 -genkey -noout -out key.pem", "genrsa -out key.pem 2048"}) {
    SCOPED_TRACE(kind);
    openssl(keys_, kind);
    openssl(keys_, "pkey -in key.pem -pubout -out public.pem");
    openssl(keys_, "genpkey -algorithm ed25519 -out other.pem");
    openssl(keys_, "pkey -in other.pem -pubout -out other-public.pem");
    seal({"officer 7", "2026-11-28", keys_.file("key.pem"), "1.0"});
    EXPECT_EQ(findings(), Texts{});
    EXPECT_EQ(findings(keys_.file("public.pem")), Texts{});
    EXPECT_EQ(findings(keys_.file("other-public.pem")).size(), 1u) << "signed by somebody else";
    forge("officer 7", "officer 8");
    EXPECT_EQ(findings(), Texts{"The seal itself was changed, or signed with another key."});
  }
}

TEST_F(Seal, WhatIsNoSealOrKeyIsTheUsersError) {
  write(keys_.file("seal.json"), "{}");
  EXPECT_THROW(findings(), UsageError);
  EXPECT_THROW(make_seal(card_.file("none"), {}), UsageError);
  EXPECT_THROW(seal({"", "", card_.file("note.txt"), ""}), UsageError);
}

TEST_F(Seal, ATimeStampOfALaboratoryAuthorityIsChecked) {
  seal();
  const std::vector<uint8_t> request = time_stamp_request(keys_.file("seal.json"));
  write(keys_.file("request.tsq"), std::string(request.begin(), request.end()));
  write(keys_.file("ts.cnf"),
        "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\n"
        "[ext]\nextendedKeyUsage=critical,timeStamping\nbasicConstraints=CA:FALSE\n[req]\ndistinguished_name=dn\n[dn]\n");
  write(keys_.file("serial"), "01\n");
  openssl(keys_,
          "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -days 9999 -subj /CN=root -config ts.cnf");
  openssl(keys_, "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ts.key -out ts.csr -subj /CN=tsa -config ts.cnf");
  openssl(keys_, "x509 -req -in ts.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out ts.pem -days 9999 -extfile ts.cnf -extensions ext");
  openssl(keys_, "ts -reply -queryfile request.tsq -signer ts.pem -inkey ts.key -config ts.cnf -section t -out reply.tsr");
  const TimeStamp good = check_time_stamp(keys_.file("reply.tsr"), keys_.file("seal.json"), keys_.file("ca.pem"));
  EXPECT_TRUE(good.good) << good.reason;
  EXPECT_NE(good.time, "");
  EXPECT_FALSE(check_time_stamp(keys_.file("reply.tsr"), card_.file("note.txt"), keys_.file("ca.pem")).good) << "another file";
  openssl(
      keys_,
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout o.key -out other-ca.pem -days 9999 -subj /CN=other -config ts.cnf");
  EXPECT_FALSE(check_time_stamp(keys_.file("reply.tsr"), keys_.file("seal.json"), keys_.file("other-ca.pem")).good) << "another authority";
}

}  // namespace
}  // namespace saksi::judge
