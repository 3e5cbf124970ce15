#include "firmware-under-test/camera/decode_clip.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <cstdio>

namespace saksi::firmware {
namespace {

DecodedClip* current = nullptr;

void count_warning(void*, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_WARNING || current == nullptr) return;
  char line[300];
  std::vsnprintf(line, sizeof line, format, arguments);
  if (current->warnings++ == 0) current->first_warning = line;
}

void take_frames(AVCodecContext* decoder, DecodedClip& clip) {
  AVFrame* frame = av_frame_alloc();
  while (avcodec_receive_frame(decoder, frame) == 0) {
    clip.frames.push_back({frame->pts, frame->data[0][0], frame->key_frame != 0});
    clip.primaries = frame->color_primaries;
    clip.transfer = frame->color_trc;
    clip.matrix = frame->colorspace;
    clip.range = frame->color_range;
  }
  av_frame_free(&frame);
}

void decode(AVFormatContext* file, DecodedClip& clip) {
  AVCodecParameters* parameters = file->streams[0]->codecpar;
  AVCodecContext* decoder = avcodec_alloc_context3(avcodec_find_decoder(parameters->codec_id));
  avcodec_parameters_to_context(decoder, parameters);
  decoder->thread_count = 1;
  clip.timescale = file->streams[0]->time_base.den;
  if (avcodec_open2(decoder, nullptr, nullptr) == 0) {
    AVPacket* packet = av_packet_alloc();
    while (av_read_frame(file, packet) == 0) {
      clip.durations.push_back(packet->duration);
      avcodec_send_packet(decoder, packet);
      av_packet_unref(packet);
      take_frames(decoder, clip);
    }
    avcodec_send_packet(decoder, nullptr);
    take_frames(decoder, clip);
    av_packet_free(&packet);
  }
  clip.width = decoder->width;
  clip.height = decoder->height;
  clip.profile = decoder->profile;
  clip.level = decoder->level;
  avcodec_free_context(&decoder);
}

}  // namespace

DecodedClip decode_clip(const std::string& path) {
  DecodedClip clip;
  AVFormatContext* file = nullptr;
  current = &clip;
  av_log_set_callback(count_warning);
  if (avformat_open_input(&file, path.c_str(), nullptr, nullptr) == 0) {
    clip.opened = avformat_find_stream_info(file, nullptr) >= 0 && file->nb_streams == 1;
    if (clip.opened) decode(file, clip);
    avformat_close_input(&file);
  }
  av_log_set_callback(av_log_default_callback);
  current = nullptr;
  return clip;
}

}  // namespace saksi::firmware
