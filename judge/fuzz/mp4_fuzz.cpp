// An MP4 file of any bytes is parsed and decoded without a crash, a hang or an exception, and no sample lies outside it.
#include <cstdlib>

#include "judge/media/clip_decoder.h"
#include "judge/media/h264_sps.h"
#include "judge/media/hash_chain.h"
#include "judge/media/mp4.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const saksi::judge::MemorySource source(std::vector<uint8_t>(data, data + size));
  const saksi::judge::Mp4Movie movie = saksi::judge::parse_mp4(source);
  for (const saksi::judge::Mp4Sample& sample : movie.samples) {
    if (sample.offset > size || sample.size > size - sample.offset) std::abort();
  }
  saksi::judge::Problems problems;
  saksi::judge::follow_hash_chain(source, movie, problems);
  saksi::judge::sps_of_avcc(movie.avcc);
  saksi::judge::ClipDecoder decoder(movie, source);
  saksi::judge::DecodedPicture picture;
  for (int i = 0; i < 20 && decoder.next(picture); ++i) continue;
  return 0;
}
