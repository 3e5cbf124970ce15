saksi_verilate(verilated_h264_entropy_bench TOP h264_entropy_bench
  SOURCES ../../h264.vlt ../../h264_pkg.sv ../../h264_cavlc_pkg.sv ../../h264_syntax_pkg.sv ../../h264_nal_pkg.sv ../../h264_entropy.sv
          ../../h264_nal.sv h264_entropy_bench.sv
  OPTIONS -Wno-UNUSEDPARAM)

saksi_test(h264_entropy_test
  SOURCES entropy_test.cpp entropy_bench.cpp ../slice_reader.cpp ../decoder.cpp
  DEPS saksi_rtl_coverage verilated_h264_entropy_bench saksi_hw_h264_model saksi_base PkgConfig::LIBAV PkgConfig::OPENH264)
