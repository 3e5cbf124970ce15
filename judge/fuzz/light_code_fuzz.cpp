// A picture of any bytes is read without a crash; its first two bytes are its size.
#include "judge/media/light_code_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const int width = 64 + data[0];
  const int height = 64 + data[1];
  std::vector<uint8_t> pixels(static_cast<size_t>(width) * static_cast<size_t>(height));
  for (size_t i = 0; i < pixels.size() && size > 2; ++i) pixels[i] = data[2 + i % (size - 2)];
  saksi::judge::LightCodeReader reader;
  reader.read({pixels.data(), width, width, height});
  reader.read({pixels.data(), width, width, height});
  return 0;
}
