#include <algorithm>
#include <functional>
#include <initializer_list>
#include <string>

#include "judge/test-support/clip_writer.h"

namespace saksi::judge::testing {

namespace {

using Bytes = std::vector<uint8_t>;

/// Appends big-endian numbers and nested boxes.
class BoxWriter {
 public:
  BoxWriter& u8(uint32_t value) {
    bytes_.push_back(static_cast<uint8_t>(value));
    return *this;
  }
  BoxWriter& u16(uint32_t value) { return u8(value >> 8).u8(value); }
  BoxWriter& u32(uint32_t value) { return u16(value >> 16).u16(value); }
  BoxWriter& u64(uint64_t value) { return u32(static_cast<uint32_t>(value >> 32)).u32(static_cast<uint32_t>(value)); }
  BoxWriter& zeros(size_t count) {
    bytes_.insert(bytes_.end(), count, 0);
    return *this;
  }
  BoxWriter& raw(const Bytes& data) {
    bytes_.insert(bytes_.end(), data.begin(), data.end());
    return *this;
  }
  BoxWriter& text(const char* four) {
    bytes_.insert(bytes_.end(), four, four + 4);
    return *this;
  }
  BoxWriter& box(const char* type, const std::function<void()>& content) {
    const size_t at = bytes_.size();
    u32(0).text(type);
    content();
    patch(at, bytes_.size() - at);
    return *this;
  }
  BoxWriter& full_box(const char* type, uint32_t version_and_flags, const std::function<void()>& content) {
    return box(type, [&] {
      u32(version_and_flags);
      content();
    });
  }
  void patch(size_t at, size_t value) {
    for (size_t i = 0; i < 4; ++i) bytes_[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
  }
  size_t size() const { return bytes_.size(); }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

void write_matrix(BoxWriter& w) {
  for (uint32_t value : {0x10000u, 0u, 0u, 0u, 0x10000u, 0u, 0u, 0u, 0x40000000u}) w.u32(value);
}

void write_ftyp(BoxWriter& w) {
  w.box("ftyp", [&] { w.text("isom").u32(512).text("isom").text("iso5").text("avc1"); });
}

uint32_t duration_of(const CodedClip& clip, size_t i) {
  const size_t last = clip.pictures.size() - 1;
  if (last == 0) return kTimescale / 15;
  const size_t from = std::min(i, last - 1);
  return static_cast<uint32_t>(clip.pictures[from + 1].pts - clip.pictures[from].pts);
}

void write_stsd(BoxWriter& w, const CodedClip& clip) {
  w.full_box("stsd", 0, [&] {
    w.u32(1);
    w.box("avc1", [&] {
      w.zeros(6).u16(1).zeros(16).u16(static_cast<uint32_t>(clip.width)).u16(static_cast<uint32_t>(clip.height));
      w.u32(0x480000).u32(0x480000).u32(0).u16(1).zeros(32).u16(24).u16(0xFFFF);
      w.box("avcC", [&] { w.raw(clip.avcc); });
    });
  });
}

/// `tables` writes what follows stsd in stbl, `tail` what follows trak in moov.
void write_moov(BoxWriter& w, const CodedClip& clip, const std::function<void()>& tables, const std::function<void()>& tail) {
  w.box("moov", [&] {
    w.full_box("mvhd", 0, [&] {
      w.u32(0).u32(0).u32(kTimescale).u32(0).u32(0x10000).u16(0x100).zeros(10);
      write_matrix(w);
      w.zeros(24).u32(2);
    });
    w.box("trak", [&] {
      w.full_box("tkhd", 3, [&] {
        w.u32(0).u32(0).u32(1).u32(0).u32(0).zeros(16);
        write_matrix(w);
        w.u32(static_cast<uint32_t>(clip.width) << 16).u32(static_cast<uint32_t>(clip.height) << 16);
      });
      w.box("mdia", [&] {
        w.full_box("mdhd", 0, [&] { w.u32(0).u32(0).u32(kTimescale).u32(0).u16(0x55C4).u16(0); });
        w.full_box("hdlr", 0, [&] { w.u32(0).text("vide").zeros(12).u8(0); });
        w.box("minf", [&] {
          w.full_box("vmhd", 1, [&] { w.zeros(8); });
          w.box("dinf", [&] { w.full_box("dref", 0, [&] { w.u32(1).full_box("url ", 1, [] {}); }); });
          w.box("stbl", [&] {
            write_stsd(w, clip);
            tables();
          });
        });
      });
    });
    tail();
  });
}

void write_empty_tables(BoxWriter& w) {
  w.full_box("stts", 0, [&] { w.u32(0); });
  w.full_box("stsc", 0, [&] { w.u32(0); });
  w.full_box("stsz", 0, [&] { w.u32(0).u32(0); });
  w.full_box("stco", 0, [&] { w.u32(0); });
}

void write_tables(BoxWriter& w, const CodedClip& clip, size_t data_begin) {
  const uint32_t count = static_cast<uint32_t>(clip.pictures.size());
  w.full_box("stts", 0, [&] {
    w.u32(count);
    for (size_t i = 0; i < count; ++i) w.u32(1).u32(duration_of(clip, i));
  });
  w.full_box("stss", 0, [&] {
    w.u32(static_cast<uint32_t>(std::count_if(clip.pictures.begin(), clip.pictures.end(), [](const CodedPicture& p) { return p.sync; })));
    for (uint32_t i = 0; i < count; ++i) {
      if (clip.pictures[i].sync) w.u32(i + 1);
    }
  });
  w.full_box("stsc", 0, [&] { w.u32(1).u32(1).u32(count).u32(1); });
  w.full_box("stsz", 0, [&] {
    w.u32(0).u32(count);
    for (const CodedPicture& p : clip.pictures) w.u32(static_cast<uint32_t>(p.bytes.size()));
  });
  w.full_box("stco", 0, [&] { w.u32(1).u32(static_cast<uint32_t>(data_begin)); });
}

void write_mdat(BoxWriter& w, const CodedClip& clip, size_t begin, size_t end) {
  w.box("mdat", [&] {
    for (size_t i = begin; i < end; ++i) w.raw(clip.pictures[i].bytes);
  });
}

void write_fragment(BoxWriter& w, const CodedClip& clip, size_t begin, size_t end, uint32_t sequence) {
  const size_t moof_at = w.size();
  size_t data_offset_at = 0;
  w.box("moof", [&] {
    w.full_box("mfhd", 0, [&] { w.u32(sequence); });
    w.box("traf", [&] {
      w.full_box("tfhd", 0x020000, [&] { w.u32(1); });
      w.full_box("tfdt", 0x01000000, [&] { w.u64(static_cast<uint64_t>(clip.pictures[begin].pts - clip.pictures[0].pts)); });
      w.full_box("trun", 0x000701, [&] {
        w.u32(static_cast<uint32_t>(end - begin));
        data_offset_at = w.size();
        w.u32(0);
        for (size_t i = begin; i < end; ++i) {
          w.u32(duration_of(clip, i)).u32(static_cast<uint32_t>(clip.pictures[i].bytes.size())).u32(clip.pictures[i].sync ? 0x02000000 : 0x01010000);
        }
      });
    });
  });
  w.patch(data_offset_at, w.size() - moof_at + 8);
  write_mdat(w, clip, begin, end);
}

/// Fills up to the next sector with a free box.
void align(BoxWriter& w) {
  size_t gap = (512 - w.size() % 512) % 512;
  if (gap == 0) return;
  if (gap < 8) gap += 512;
  w.box("free", [&] { w.zeros(gap - 8); });
}

}  // namespace

std::vector<uint8_t> mux_fragmented(const CodedClip& clip, size_t per_fragment) {
  BoxWriter w;
  write_ftyp(w);
  write_moov(w, clip, [&] { write_empty_tables(w); }, [&] { w.box("mvex", [&] { w.full_box("trex", 0, [&] { w.u32(1).u32(1).u32(0).u32(0).u32(0); }); }); });
  uint32_t sequence = 1;
  for (size_t begin = 0; begin < clip.pictures.size(); begin += per_fragment) {
    align(w);
    write_fragment(w, clip, begin, std::min(begin + per_fragment, clip.pictures.size()), sequence++);
  }
  return w.take();
}

std::vector<uint8_t> mux_plain(const CodedClip& clip, bool moov_first) {
  // Written twice: the first time to learn where the data begins.
  size_t data_begin = 0;
  Bytes result;
  for (int pass = 0; pass < 2; ++pass) {
    BoxWriter w;
    write_ftyp(w);
    const auto moov = [&] { write_moov(w, clip, [&] { write_tables(w, clip, data_begin); }, [] {}); };
    if (moov_first) moov();
    const size_t begin = w.size() + 8;
    write_mdat(w, clip, 0, clip.pictures.size());
    if (!moov_first) moov();
    data_begin = begin;
    result = w.take();
  }
  return result;
}

}  // namespace saksi::judge::testing
