#ifndef SAKSI_RTL_H264_TB_CONTENT_H_
#define SAKSI_RTL_H264_TB_CONTENT_H_

#include <string>

#include "rtl/h264/tb/picture.h"

namespace saksi::tb {

/// The kinds of content that the encoder is proven with.
constexpr const char* kContents[] = {"static", "pan", "noise", "flash", "cut", "text", "dark", "clip"};

/// The n-th picture of a kind of content.
Picture content(const std::string& kind, int n, int width, int height);

}  // namespace saksi::tb

#endif
