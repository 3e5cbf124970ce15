#include "judge/tamper/tamper_matrix.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <utime.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/temp_folder.h"
#include "judge/seal/seal.h"
#include "judge/tamper/attacks.h"

namespace saksi::judge {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr char kSchema[] = "saksi-tamper-matrix/1";

/// What speaks against a clip: problems worse than a note, each with its kind. Of the container the kind alone tells them apart, of signatures the
/// text, too: a clip may have an end that is missing, and then lose more of it.
using Findings = std::set<std::pair<std::string, std::string>>;

Findings findings_of(const Bytes& bytes, const SignatureOptions& options) {
  const MemorySource source(bytes);
  const Mp4Movie movie = parse_mp4(source);
  Findings findings;
  const auto add = [&](const Problems& problems, bool by_text) {
    for (const Problem& problem : problems) {
      // Where nobody is trusted, one stranger is as good as another.
      const bool stranger = problem.kind == "key-not-trusted" && options.anchors->empty();
      if (problem.severity > Severity::kNote) findings.insert({problem.kind, by_text && !stranger ? problem.text : ""});
    }
  };
  add(movie.problems, false);
  add(verify_media_signing(source, movie, options).problems, true);
  return findings;
}

void write_file(const std::string& path, const Bytes& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw UsageError(path + ": cannot be written; choose another folder");
}

/// True if a seal that was made of the clip before shows the attack.
bool seal_shows(const Bytes& original, const Tampered& tampered) {
  const TempFolder folder;
  const TempFolder seals;
  const std::string clip = folder.file("clip.mp4"), seal = seals.file("seal.json");
  const auto set_date = [](const std::string& path, time_t unix_s) {
    const utimbuf times{unix_s, unix_s};
    utime(path.c_str(), &times);
  };
  constexpr time_t kSealed = 1'700'000'000;
  write_file(clip, original);
  set_date(clip, kSealed);
  std::ofstream(seal) << seal_text(make_seal(folder.path().string(), {}));
  if (tampered.in_addition) {
    write_file(folder.file("older.mp4"), tampered.bytes);
  } else {
    write_file(clip, tampered.bytes);
    set_date(clip, tampered.redated ? kSealed - 86'400 : kSealed);
  }
  if (tampered.renamed) fs::rename(clip, folder.file("other.mp4"));
  return !check_seal(seal, folder.path().string(), "").findings.empty();
}

/// Makes and judges attacks on one clip.
class Matrix {
 public:
  Matrix(const TamperInput& input, const SignatureOptions& options) : input_(input), options_(options) {
    // A clip that was signed has to be signed.
    if (!options_.anchors) options_.anchors = TrustAnchors();
    lab_options_.anchors = TrustAnchors::from_pem(input.key.anchor_pem(), "laboratory CA");
    before_ = findings_of(input.original, options_);
    lab_before_ = findings_of(write_plain(input.lab), lab_options_);
  }

  Json row(const Attack& attack, bool is_trusting, const std::string& keep_folder) const {
    // Without knowing whom to trust, any key is as good as another.
    const TamperOutcome expected = attack.needs_trust && !is_trusting ? TamperOutcome::kDetectedWithSeal : attack.expected;
    Json json = {{"id", attack.id}, {"text", {{"en", attack.en}, {"id", attack.indonesian}}}, {"expected", tamper_outcome_word(expected)}};
    const std::optional<Tampered> tampered = attack.make(input_);
    Findings found;
    if (!tampered) {
      json["found"] = "not-applicable";
    } else {
      if (!keep_folder.empty()) write_file(keep_folder + "/" + attack.id + ".mp4", tampered->bytes);
      found = new_findings(attack, *tampered);
      json["found"] = tamper_outcome_word(outcome(attack, *tampered, found));
      if (!tampered->prefixes.empty()) json["tried"] = tampered->prefixes.size();
    }
    json["why"] = {{"en", attack.why_en}, {"id", attack.why_indonesian}};
    std::set<std::string> kinds;
    for (const auto& [kind, text] : found) kinds.insert(kind);
    json["problems"] = kinds;
    json["passed"] = json["found"] == json["expected"] || !tampered;
    return json;
  }

 private:
  /// Of many attacks those that were found against each, or nothing if one of them was not found.
  Findings new_findings(const Attack& attack, const Tampered& tampered) const {
    if (tampered.prefixes.empty()) return new_findings(attack, tampered.bytes);
    Findings all;
    for (size_t prefix : tampered.prefixes) {
      const Findings found = new_findings(attack, Bytes(tampered.bytes.begin(), tampered.bytes.begin() + static_cast<ptrdiff_t>(prefix)));
      if (found.empty()) return {};
      all.insert(found.begin(), found.end());
    }
    return all;
  }

  Findings new_findings(const Attack& attack, const Bytes& bytes) const {
    const Findings& before = attack.in_lab ? lab_before_ : before_;
    const Findings after = findings_of(bytes, attack.in_lab ? lab_options_ : options_);
    Findings found;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::inserter(found, found.end()));
    return found;
  }

  TamperOutcome outcome(const Attack& attack, const Tampered& tampered, const Findings& found) const {
    if (!found.empty()) return TamperOutcome::kDetected;
    // What the camera itself does wrong is done before anything can be sealed.
    if (attack.in_lab) return TamperOutcome::kNotDetectable;
    return seal_shows(input_.original, tampered) ? TamperOutcome::kDetectedWithSeal : TamperOutcome::kNotDetectable;
  }

  const TamperInput& input_;
  SignatureOptions options_;
  SignatureOptions lab_options_;
  Findings before_, lab_before_;
};

TamperInput input_of(const std::string& path) {
  const FileSource source(path);
  const Mp4Movie movie = parse_mp4(source);
  TamperInput input{Bytes(static_cast<size_t>(source.size())), take_apart(source, movie), {}, LabKey(), LabKey()};
  source.read(0, input.original.data(), input.original.size());
  input.other_key = input.key.another();
  input.lab = input.clip;
  constexpr int64_t kIn2023 = 1'700'000'000;
  std::optional<int64_t> shift;
  size_t seis = 0;
  LabSigner signer(input.key, input.lab.codec);
  for (TamperSample& sample : input.lab.samples) {
    for (Bytes& nal : sample.nals) {
      if (!input.clip.is_signing_sei(nal)) continue;
      ++seis;
      if (!shift) shift = shift_to(nal, input.lab.codec, kIn2023);
      nal = signer.sign(nal, {shift.value_or(0)});
    }
  }
  if (seis == 0) throw UsageError(path + ": is not signed (ONVIF Media Signing); the tamper matrix needs a signed clip");
  return input;
}

}  // namespace

Json tamper_matrix(const std::string& path, const SignatureOptions& options, const std::string& keep_folder, const TamperProgress& progress) {
  const TamperInput input = input_of(path);
  if (!keep_folder.empty()) fs::create_directories(keep_folder);
  const Matrix matrix(input, options);
  Json json = {{"schema", kSchema}, {"file", fs::path(path).filename().string()}, {"passed", true}, {"attacks", Json::array()}};
  for (const Attack& attack : attacks()) {
    progress(json["attacks"].size() + 1, attacks().size(), attack.id);
    json["attacks"].push_back(matrix.row(attack, options.anchors.has_value(), keep_folder));
    if (!json["attacks"].back()["passed"].get<bool>()) json["passed"] = false;
  }
  return json;
}

}  // namespace saksi::judge
