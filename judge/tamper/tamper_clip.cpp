#include "judge/tamper/tamper_clip.h"

#include <algorithm>

#include "base/error.h"
#include "judge/media/nal.h"
#include "judge/signature/signing_sei.h"

namespace saksi::judge {

namespace {

constexpr uint64_t kMaxBytes = 256 * 1024 * 1024;

/// Bytes of boxes, big-endian.
class Writer {
 public:
  Writer& u16(uint32_t value) { return number(value, 2); }
  Writer& u32(uint64_t value) { return number(value, 4); }
  Writer& u64(uint64_t value) { return number(value, 8); }
  Writer& zeros(size_t count) {
    bytes_.insert(bytes_.end(), count, 0);
    return *this;
  }
  Writer& raw(const Bytes& bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Writer& text(const std::string& text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  Writer& box(const char* type, const Writer& content) { return u32(8 + content.bytes_.size()).text(type).raw(content.bytes_); }
  size_t size() const { return bytes_.size(); }
  Bytes take() { return std::move(bytes_); }

 private:
  Writer& number(uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
    return *this;
  }
  Bytes bytes_;
};

Writer matrix() {
  Writer w;
  for (uint32_t value : {0x10000u, 0u, 0u, 0u, 0x10000u, 0u, 0u, 0u, 0x40000000u}) w.u32(value);
  return w;
}

Bytes payload_of(const TamperSample& sample) {
  Writer w;
  for (const Bytes& nal : sample.nals) w.u32(nal.size()).raw(nal);
  return w.take();
}

Writer sample_entry(const TamperClip& clip) {
  Bytes config = clip.config;
  // NAL units are written behind lengths of four bytes.
  const size_t at = clip.codec == VideoCodec::kH265 ? 21 : 4;
  config[at] |= 3;
  Writer entry;
  entry.zeros(6).u16(1).zeros(16).u16(static_cast<uint32_t>(clip.width)).u16(static_cast<uint32_t>(clip.height));
  entry.u32(0x480000).u32(0x480000).u32(0).u16(1).zeros(32).u16(0x18).u16(0xFFFF);
  entry.box(clip.codec == VideoCodec::kH265 ? "hvcC" : "avcC", Writer().raw(config));
  Writer stsd;
  stsd.u32(0).u32(1).box(clip.codec == VideoCodec::kH265 ? "hvc1" : "avc1", entry);
  return stsd;
}

/// The sample tables; `offset` is where the media begins.
Writer sample_tables(const TamperClip& clip, const std::vector<size_t>& sizes, uint64_t offset) {
  Writer stbl, stts, ctts, stss, stsz;
  stbl.box("stsd", sample_entry(clip));
  stts.u32(0).u32(clip.samples.size());
  ctts.u32(0x01000000).u32(clip.samples.size());
  stsz.u32(0).u32(0).u32(sizes.size());
  std::vector<size_t> sync;
  for (size_t i = 0; i < clip.samples.size(); ++i) {
    stts.u32(1).u32(clip.samples[i].duration);
    ctts.u32(1).u32(static_cast<uint32_t>(clip.samples[i].composition));
    stsz.u32(sizes[i]);
    if (clip.samples[i].sync) sync.push_back(i + 1);
  }
  stss.u32(0).u32(sync.size());
  for (size_t number : sync) stss.u32(number);
  stbl.box("stts", stts).box("ctts", ctts).box("stss", stss).box("stsz", stsz);
  if (!sizes.empty()) stbl.box("stsc", Writer().u32(0).u32(1).u32(1).u32(sizes.size()).u32(1)).box("stco", Writer().u32(0).u32(1).u32(offset));
  return stbl;
}

Writer empty_tables(const TamperClip& clip) {
  Writer stbl;
  stbl.box("stsd", sample_entry(clip))
      .box("stts", Writer().zeros(8))
      .box("stsc", Writer().zeros(8))
      .box("stsz", Writer().zeros(12))
      .box("stco", Writer().zeros(8));
  return stbl;
}

Writer movie_box(const TamperClip& clip, const Writer& tables, uint64_t duration, bool fragmented) {
  Writer tkhd;
  tkhd.u32(7).zeros(8).u32(1).zeros(4).u32(duration).zeros(16).raw(matrix().take());
  tkhd.u32(static_cast<uint64_t>(clip.width) << 16).u32(static_cast<uint64_t>(clip.height) << 16);
  Writer minf;
  minf.box("vmhd", Writer().u32(1).zeros(8));
  minf.box("dinf", Writer().box("dref", Writer().u32(0).u32(1).box("url ", Writer().u32(1)))).box("stbl", tables);
  Writer mdia;
  mdia.box("mdhd", Writer().zeros(12).u32(clip.timescale).u32(duration).u16(0x55C4).u16(0));
  mdia.box("hdlr", Writer().zeros(8).text("vide").zeros(13)).box("minf", minf);
  Writer trak;
  trak.box("tkhd", tkhd);
  if (clip.edit) {
    Writer elst;
    elst.u32(0).u32(1).u32(clip.edit->duration).u32(static_cast<uint32_t>(clip.edit->media_time)).u32(0x10000);
    trak.box("edts", Writer().box("elst", elst));
  }
  trak.box("mdia", mdia);
  Writer moov;
  moov.box("mvhd", Writer().zeros(12).u32(clip.timescale).u32(duration).u32(0x10000).u16(0x100).zeros(10).raw(matrix().take()).zeros(24).u32(2));
  moov.box("trak", trak);
  if (fragmented) moov.box("mvex", Writer().box("trex", Writer().u32(0).u32(1).u32(1).zeros(12)));
  return moov;
}

Writer file_type() {
  Writer w;
  w.box("ftyp", Writer().text("isom").u32(0x200).text("isom"));
  return w;
}

}  // namespace

bool TamperClip::is_signing_sei(const Bytes& nal) const {
  const NalHead head = parse_nal_head(nal.data(), nal.size(), codec);
  return head.kind == NalKind::kSei && parse_signing_sei(nal.data(), trimmed_nal_size(nal.data(), nal.size()), head).has_value();
}

bool TamperClip::is_slice(const Bytes& nal) const { return parse_nal_head(nal.data(), nal.size(), codec).is_slice(); }

bool TamperClip::starts_gop(size_t sample) const {
  const auto& nals = samples[sample].nals;
  return std::any_of(nals.begin(), nals.end(), [&](const Bytes& nal) { return parse_nal_head(nal.data(), nal.size(), codec).starts_gop(); });
}

std::vector<size_t> TamperClip::gop_starts() const {
  std::vector<size_t> starts;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (starts_gop(i)) starts.push_back(i);
  }
  return starts;
}

std::vector<size_t> TamperClip::inner_pictures() const {
  std::vector<size_t> inner;
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto& nals = samples[i].nals;
    if (!starts_gop(i) && std::any_of(nals.begin(), nals.end(), [&](const Bytes& nal) { return is_slice(nal); })) inner.push_back(i);
  }
  return inner;
}

TamperClip take_apart(const ByteSource& source, const Mp4Movie& movie) {
  if (!movie.has_movie || movie.samples.empty()) throw UsageError("the file holds no video that could be attacked; give a signed MP4 clip");
  if (source.size() > kMaxBytes) throw UsageError("the clip is larger than 256 MiB; give a shorter one for the tamper matrix");
  TamperClip clip{movie.codec, movie.timescale, movie.width, movie.height, movie.avcc, {}, {}};
  const size_t length_bytes = movie.nal_length_bytes();
  for (const Mp4Sample& sample : movie.samples) {
    Bytes bytes(sample.size);
    source.read(sample.offset, bytes.data(), bytes.size());
    TamperSample parts{{}, sample.sync, sample.duration, sample.pts - sample.dts};
    for (size_t at = 0; at < bytes.size();) {
      size_t length = 0;
      for (size_t i = 0; i < length_bytes && at + i < bytes.size(); ++i) length = (length << 8) | bytes[at + i];
      at += length_bytes;
      if (length == 0 || at > bytes.size() || length > bytes.size() - at)
        throw UsageError("the clip is damaged already: a picture is no row of NAL units");
      parts.nals.emplace_back(bytes.begin() + static_cast<ptrdiff_t>(at), bytes.begin() + static_cast<ptrdiff_t>(at + length));
      at += length;
    }
    clip.samples.push_back(std::move(parts));
  }
  return clip;
}

Bytes write_plain(const TamperClip& clip) {
  Writer file = file_type();
  Writer media;
  std::vector<size_t> sizes;
  uint64_t duration = 0;
  int64_t composition = 0;
  for (const TamperSample& sample : clip.samples) {
    const Bytes payload = payload_of(sample);
    sizes.push_back(payload.size());
    media.raw(payload);
    duration += sample.duration;
    composition = std::max(composition, sample.composition);
  }
  const Writer tables = sample_tables(clip, sizes, file.size() + 8);
  file.box("mdat", media).box("moov", movie_box(clip, tables, duration + static_cast<uint64_t>(composition), false));
  return file.take();
}

std::vector<TamperFragment> fragments_of(const TamperClip& clip) {
  std::vector<TamperFragment> fragments;
  uint64_t time = 0;
  for (size_t i = 0; i < clip.samples.size(); ++i) {
    if (fragments.empty() || clip.starts_gop(i)) fragments.push_back({static_cast<uint32_t>(fragments.size() + 1), time, i, 0});
    ++fragments.back().count;
    time += clip.samples[i].duration;
  }
  return fragments;
}

Bytes write_fragmented(const TamperClip& clip, const std::vector<TamperFragment>& fragments) {
  Writer file = file_type();
  file.box("moov", movie_box(clip, empty_tables(clip), 0, true));
  for (const TamperFragment& fragment : fragments) {
    Writer media, rows;
    for (size_t i = fragment.first; i < fragment.first + fragment.count; ++i) {
      const TamperSample& sample = clip.samples[i];
      const Bytes payload = payload_of(sample);
      rows.u32(sample.duration).u32(payload.size()).u32(sample.sync ? 0 : 0x10000).u32(static_cast<uint32_t>(sample.composition));
      media.raw(payload);
    }
    const size_t moof_bytes = 8 + 16 + 8 + 16 + 20 + 20 + rows.size();
    Writer traf;
    traf.box("tfhd", Writer().u32(0x20000).u32(1)).box("tfdt", Writer().u32(0x01000000).u64(fragment.decode_time));
    traf.box("trun", Writer().u32(0x01000F01).u32(fragment.count).u32(moof_bytes + 8).raw(rows.take()));
    file.box("moof", Writer().box("mfhd", Writer().u32(0).u32(fragment.sequence)).box("traf", traf)).box("mdat", media);
  }
  return file.take();
}

}  // namespace saksi::judge
