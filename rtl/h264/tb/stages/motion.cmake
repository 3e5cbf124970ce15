saksi_verilate(verilated_h264_motion TOP h264_motion
  SOURCES ../../h264.vlt ../../h264_pkg.sv ../../h264_motion_pkg.sv ../../h264_motion.sv
  OPTIONS -Wno-UNUSEDPARAM)
saksi_test(h264_motion_test SOURCES motion_test.cpp DEPS saksi_rtl_coverage verilated_h264_motion saksi_hw_h264_model saksi_base)
