#include "hw-models/waves/wave_file.h"

#include <gtkwave/fstapi.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "hw-models/waves/wave_protocol.h"

namespace saksi::hw {

namespace protocol = wave_protocol;
using Operation = protocol::Operation;

namespace {

constexpr int kPicoseconds = -12;
constexpr size_t kCompactAt = size_t{1} << 20;  ///< words that are done with before the rest moves forward
constexpr size_t kIncomplete = 0;

/// A value in binary digits, the most significant first, as libfst takes wide ones.
std::string digits_of(const uint32_t* words, uint32_t bits) {
  std::string digits(bits, '0');
  for (uint32_t bit = 0; bit < bits; ++bit) {
    if (words[bit / 32] >> (bit % 32) & 1) digits[bits - 1 - bit] = '1';
  }
  return digits;
}

uint64_t time_in(const uint32_t* words) { return words[0] | static_cast<uint64_t>(words[1]) << 32; }

}  // namespace

WaveFile::WaveFile(const std::string& path) : fst_(fstWriterCreate(path.c_str(), 1)) {
  if (!fst_) throw InfraError(path + ": cannot be written; is the folder there, and has the disk room?");
  fstWriterSetPackType(fst_, FST_WR_PT_LZ4);
  fstWriterSetTimescale(fst_, kPicoseconds);
  fstWriterSetDate(fst_, "");  // the host's would make two files of one run differ
  fstWriterSetVersion(fst_, "saksi");
}

WaveFile::~WaveFile() {
  write_up_to(UINT64_MAX);
  if (!has_time_) enter("");
  fstWriterClose(fst_);
}

void WaveFile::take(const uint32_t* words, size_t count) {
  std::vector<uint32_t> joined;
  if (!rest_.empty()) {
    joined = std::move(rest_);
    joined.insert(joined.end(), words, words + count);
    words = joined.data();
    count = joined.size();
  }
  size_t done = 0;
  while (done < count) {
    const size_t used = take_record(words + done, count - done);
    if (used == kIncomplete) break;
    done += used;
  }
  rest_.assign(words + done, words + count);
}

/// Takes the record at the front; the words it had, or kIncomplete.
size_t WaveFile::take_record(const uint32_t* words, size_t count) {
  if (words[0] & protocol::kControl) return take_control(words, count);
  if (!stream_ || words[0] >= stream_->signals.size() || stream_->signals[words[0]].handle == 0)
    throw InfraError("waves: a value of a signal that was not declared");
  const size_t size = 1 + protocol::words_of_bits(stream_->signals[words[0]].bits);
  if (count < size) return kIncomplete;
  stream_->values.insert(stream_->values.end(), words, words + size);
  if (!stream_->moments.empty()) stream_->moments.back().end = stream_->values.size();
  return size;
}

size_t WaveFile::take_control(const uint32_t* words, size_t count) {
  const uint32_t argument = words[0] & protocol::kArgumentMask;
  switch (protocol::operation_of(words[0])) {
    case Operation::kStream:
      if (argument >= streams_.size()) streams_.resize(argument + 1);
      stream_ = &streams_[argument];
      return 1;
    case Operation::kSignal:
    case Operation::kEnumeration: {
      const size_t size = 1 + (argument + sizeof(uint32_t) - 1) / sizeof(uint32_t);
      if (count < size) return kIncomplete;
      const std::string text(reinterpret_cast<const char*>(words + 1), argument);
      if (protocol::operation_of(words[0]) == Operation::kSignal) {
        declare_signal(text);
      } else {
        declare_enumeration(text);
      }
      return size;
    }
    case Operation::kTime:
      if (count < 3) return kIncomplete;
      stream_->moments.push_back({time_in(words + 1), stream_->values.size()});
      return 3;
    case Operation::kComplete:
      if (count < 3) return kIncomplete;
      write_up_to(time_in(words + 1));
      return 3;
  }
  throw InfraError("waves: the pipe carries what nobody sends");
}

void WaveFile::declare_enumeration(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text);
  std::vector<std::string> kept;
  for (const auto& item : json.at("items")) {
    kept.push_back(item.at(0));
    kept.push_back(item.at(1));
  }
  std::vector<const char*> names, values;
  for (size_t i = 0; i < kept.size(); i += 2) {
    names.push_back(kept[i].c_str());
    values.push_back(kept[i + 1].c_str());
  }
  const std::string name = json.at("name");
  stream_->enumerations[json.at("id")] =
      fstWriterCreateEnumTable(fst_, name.c_str(), static_cast<uint32_t>(names.size()), json.at("bits").get<uint32_t>(), names.data(), values.data());
}

void WaveFile::declare_signal(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text);
  enter(json.at("scope"));
  const uint32_t code = json.at("code");
  const uint32_t bits = json.at("bits");
  std::string name = json.at("name");
  if (json.at("bus").get<bool>()) name += " [" + std::to_string(json.at("msb").get<int>()) + ":" + std::to_string(json.at("lsb").get<int>()) + "]";
  const auto enumeration = stream_->enumerations.find(json.at("enumeration"));
  if (enumeration != stream_->enumerations.end()) fstWriterEmitEnumTableRef(fst_, enumeration->second);
  if (code >= stream_->signals.size()) stream_->signals.resize(code + 1);
  Signal& signal = stream_->signals[code];
  const uint32_t handle = fstWriterCreateVar(fst_, static_cast<fstVarType>(json.at("type").get<int>()),
                                             static_cast<fstVarDir>(json.at("direction").get<int>()), bits, name.c_str(), signal.handle);
  if (signal.handle == 0) signal = {handle, bits};
}

/// Opens and closes scopes of the file until `scope` is the innermost.
void WaveFile::enter(const std::string& scope) {
  std::vector<std::string> wanted;
  std::istringstream in(scope);
  for (std::string part; std::getline(in, part, '.');) wanted.push_back(part);
  size_t common = 0;
  while (common < wanted.size() && common < scope_.size() && wanted[common] == scope_[common]) ++common;
  for (size_t i = common; i < scope_.size(); ++i) fstWriterSetUpscope(fst_);
  for (size_t i = common; i < wanted.size(); ++i) fstWriterSetScope(fst_, FST_ST_VCD_MODULE, wanted[i].c_str(), nullptr);
  scope_ = std::move(wanted);
}

void WaveFile::write_up_to(uint64_t ps) {
  for (;;) {
    Stream* next = nullptr;
    for (Stream& stream : streams_) {
      if (stream.moments.empty() || stream.moments.front().ps > ps) continue;
      if (!next || stream.moments.front().ps < next->moments.front().ps) next = &stream;
    }
    if (!next) return;
    write_moment(*next);
  }
}

void WaveFile::write_moment(Stream& stream) {
  const Moment moment = stream.moments.front();
  stream.moments.pop_front();
  if (!has_time_) enter("");  // libfst loses what is written to the hierarchy after the first time
  if (!has_time_ || moment.ps > written_ps_) fstWriterEmitTimeChange(fst_, moment.ps);
  written_ps_ = std::max(written_ps_, moment.ps);
  has_time_ = true;
  while (stream.begin < moment.end) {
    const Signal& signal = stream.signals[stream.values[stream.begin]];
    const uint32_t* value = &stream.values[stream.begin + 1];
    if (signal.bits <= 32) {
      fstWriterEmitValueChange32(fst_, signal.handle, signal.bits, *value);
    } else {
      fstWriterEmitValueChange(fst_, signal.handle, digits_of(value, signal.bits).c_str());
    }
    stream.begin += 1 + protocol::words_of_bits(signal.bits);
  }
  if (!stream.moments.empty() && stream.begin < kCompactAt) return;
  stream.values.erase(stream.values.begin(), stream.values.begin() + static_cast<std::ptrdiff_t>(stream.begin));
  for (Moment& later : stream.moments) later.end -= stream.begin;
  stream.begin = 0;
}

}  // namespace saksi::hw
