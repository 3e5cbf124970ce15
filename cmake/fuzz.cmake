# saksi_fuzz(<name> [SOURCES <files>...] DEPS <targets>... [CORPUS <folder>]): what reads foreign bytes, fuzzed.
# <name>_fuzz.cpp defines LLVMFuzzerTestOneInput(); SOURCES are what is fuzzed, where its library has much else in it.
# With SAKSI_FUZZ (preset fuzz) it becomes the libFuzzer program saksi_fuzz_<name>; ./saksi nightly builds and runs them all, or by hand:
#   cmake --preset fuzz && ninja -C build/fuzz saksi_fuzz_elf
#   build/fuzz/fuzz/saksi_fuzz_elf -max_total_time=300 new-inputs/ hw-models/cpu/fuzz/corpus/
# CORPUS is the kept folder of inputs, seen from the caller's; an ordinary test gives each of them to the same function.
option(SAKSI_FUZZ "Build the libFuzzer programs (clang++ only)" OFF)
if(SAKSI_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "SAKSI_FUZZ needs clang++ as the C++ compiler: -DCMAKE_CXX_COMPILER=clang++.")
  endif()
  # clang++ has warnings of its own, and g++ is what the sources are held clean for.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fsanitize=fuzzer-no-link> -Wno-error)
  add_custom_target(saksi_fuzzers)
endif()

function(saksi_fuzz name)
  cmake_parse_arguments(ARG "" "CORPUS" "DEPS;SOURCES" ${ARGN})
  if(SAKSI_FUZZ)
    add_executable(saksi_fuzz_${name} ${name}_fuzz.cpp ${ARG_SOURCES})
    target_link_libraries(saksi_fuzz_${name} PRIVATE ${ARG_DEPS})
    target_include_directories(saksi_fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_compile_options(saksi_fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(saksi_fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(saksi_fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    add_dependencies(saksi_fuzzers saksi_fuzz_${name})
    if(ARG_CORPUS)
      # Where the program finds the inputs that are kept, for ./saksi nightly.
      file(WRITE ${CMAKE_BINARY_DIR}/fuzz/saksi_fuzz_${name}.corpus ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_CORPUS}\n)
    endif()
  endif()
  if(SAKSI_TESTS AND ARG_CORPUS)
    add_executable(saksi_replay_${name} ${name}_fuzz.cpp ${ARG_SOURCES} ${CMAKE_SOURCE_DIR}/tests/support/replay_corpus.cpp)
    target_link_libraries(saksi_replay_${name} PRIVATE ${ARG_DEPS})
    target_include_directories(saksi_replay_${name} PRIVATE ${CMAKE_SOURCE_DIR})
    add_test(NAME fuzz_corpus.${name} COMMAND saksi_replay_${name} ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_CORPUS})
    set_tests_properties(fuzz_corpus.${name} PROPERTIES TIMEOUT 300)
  endif()
endfunction()
