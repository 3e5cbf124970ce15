saksi_verilate(verilated_h264_deblock_bench TOP h264_deblock_bench
  SOURCES ../../h264.vlt ../../h264_pkg.sv ../../h264_intra_pkg.sv ../../h264_transform_pkg.sv ../../h264_deblock_pkg.sv ../../h264_deblock.sv
          h264_deblock_bench.sv
  OPTIONS -Wno-UNUSEDPARAM)

saksi_test(h264_deblock_test SOURCES deblock_test.cpp deblock_reference.cpp
  DEPS saksi_rtl_coverage saksi_hw_h264_model saksi_base verilated_h264_deblock_bench)
