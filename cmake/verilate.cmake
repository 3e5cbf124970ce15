# saksi_verilate(<target> TOP <module> SOURCES <files>... [INCLUDE_DIRS <folders>...] [OPTIONS <verilator options>...])
# Verilates a SystemVerilog design into the static library <target>. Its class is V<module>; link <target> and include "V<module>.h".
#
# SOURCES are read in the order given: lint waivers (*.vlt) first, then packages, then modules. Files made at build time may be among them.
# Every lint warning is an error: a source that must differ says why beside its waiver.
#
# The library is built the same way in every preset. An unoptimised or sanitised model runs ten times slower and checks nothing but code
# that Verilator wrote. clang++ is taken where it is installed, whatever compiles the rest: its models run 1.15 to 1.35 times faster than
# g++'s and compile in half the time. The archive holds Verilator's own runtime too; its waves come from hw-models/waves (--trace-fst: the
# code that runs is the same but for a flag set in each clock).
find_program(SAKSI_VERILATOR verilator)
find_program(SAKSI_VERILATOR_CXX clang++)
find_program(SAKSI_MAKE NAMES gmake make)
if(NOT SAKSI_VERILATOR OR NOT SAKSI_MAKE)
  message(FATAL_ERROR "verilator or make not found. Run './saksi packages' to see which Debian packages are missing and how to get them.")
endif()
if(NOT SAKSI_VERILATOR_CXX)
  message(STATUS "clang++ not found: Verilated models are compiled by ${CMAKE_CXX_COMPILER} and run slower")
  set(SAKSI_VERILATOR_CXX ${CMAKE_CXX_COMPILER} CACHE FILEPATH "Compiler of Verilated models" FORCE)
endif()
execute_process(COMMAND ${SAKSI_VERILATOR} --getenv VERILATOR_ROOT OUTPUT_VARIABLE SAKSI_VERILATOR_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE)

# How every model is made, those out of board files (hw-models/rtl-build) too.
set(SAKSI_VERILATOR_FLAGS --cc -O3 --x-assign fast --x-initial fast --noassert --no-timing --savable --trace-fst
    --unroll-count 512 --unroll-stmts 100000)

# For ./saksi coverage. Signals up to the widest struct count; memories, which are wider, do not. Verilator has no --savable beside it.
option(SAKSI_RTL_COVERAGE "Count the lines and toggles of Verilated models" OFF)
set(SAKSI_VERILATOR_OPTIMISATION OPT_FAST=-O2 OPT_SLOW=-O1)
set(SAKSI_VERILATOR_RUNTIME verilated.o verilated_save.o verilated_threads.o)
if(SAKSI_RTL_COVERAGE)
  list(APPEND SAKSI_VERILATOR_RUNTIME verilated_cov.o)
  list(REMOVE_ITEM SAKSI_VERILATOR_FLAGS --savable)
  set(SAKSI_VERILATOR_OPTIMISATION OPT_FAST=-O1 OPT_SLOW=-O0)  # compiles in a fraction of the time
  # Split or reordered processes count with the values that their variables have later.
  list(APPEND SAKSI_VERILATOR_FLAGS -fno-split -fno-reorder --coverage-line --coverage-toggle --coverage-max-width 1024)
endif()

# saksi_coverage_config(<file> <sources>...): writes what Verilator 5.006 has to be told for coverage. It forgets the counters of a package that
# has nothing but functions left when they are registered, so the first constant of each is kept.
function(saksi_coverage_config file)
  set(text "`verilator_config\n")
  foreach(source ${ARGN})
    get_filename_component(package ${source} NAME_WE)
    if(package MATCHES "_pkg$" AND EXISTS ${source})
      file(STRINGS ${source} constants REGEX "^  localparam")
      if(constants MATCHES "^  localparam [^=']* ([A-Za-z0-9]+)(\\[[^=]*)? = ")
        string(APPEND text "public_flat_rd -module \"${package}\" -var \"${CMAKE_MATCH_1}\"\n")
      endif()
    endif()
  endforeach()
  file(GENERATE OUTPUT ${file} CONTENT "${text}")
endfunction()

# OPT_SLOW=-O1: saving a model's state, which happens at every register access, is in what Verilator takes for slow code.
function(saksi_verilate target)
  cmake_parse_arguments(ARG "" "TOP" "SOURCES;INCLUDE_DIRS;OPTIONS" ${ARGN})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${target}.dir)
  set(archive ${CMAKE_CURRENT_BINARY_DIR}/lib${target}.a)
  set(make ${SAKSI_MAKE} --no-print-directory -s -C ${dir} -f V${ARG_TOP}.mk)
  list(TRANSFORM ARG_INCLUDE_DIRS PREPEND -I)
  list(TRANSFORM SAKSI_VERILATOR_RUNTIME PREPEND ${dir}/ OUTPUT_VARIABLE runtime)
  set(sources)
  foreach(source ${ARG_SOURCES})
    get_filename_component(source ${source} ABSOLUTE)
    list(APPEND sources ${source})
  endforeach()
  file(MAKE_DIRECTORY ${dir})
  if(SAKSI_RTL_COVERAGE)
    saksi_coverage_config(${dir}/coverage.vlt ${sources})
    list(PREPEND sources ${dir}/coverage.vlt)
  endif()

  add_custom_command(
    OUTPUT ${archive}
    BYPRODUCTS ${dir}/V${ARG_TOP}.h
    COMMAND ${SAKSI_VERILATOR} ${SAKSI_VERILATOR_FLAGS} -Wall ${ARG_OPTIONS} ${ARG_INCLUDE_DIRS} --Mdir ${dir} --prefix V${ARG_TOP}
            --top-module ${ARG_TOP} ${sources}
    COMMAND ${make} V${ARG_TOP}__ALL.a ${SAKSI_VERILATOR_RUNTIME} CXX=${SAKSI_VERILATOR_CXX} LINK=${SAKSI_VERILATOR_CXX}
            OBJCACHE=$<$<BOOL:${CCACHE}>:${CCACHE}> ${SAKSI_VERILATOR_OPTIMISATION} OPT_GLOBAL=-O2 USER_CPPFLAGS=-fPIE VM_PARALLEL_BUILDS=1
    COMMAND ${CMAKE_COMMAND} -E copy ${dir}/V${ARG_TOP}__ALL.a ${archive}
    COMMAND ${CMAKE_AR} rs ${archive} ${runtime}
    DEPENDS ${sources} saksi_generated
    COMMENT "Verilating ${ARG_TOP}" VERBATIM)
  add_custom_target(${target}_archive DEPENDS ${archive})

  add_library(${target} STATIC IMPORTED GLOBAL)
  add_dependencies(${target} ${target}_archive)
  set_target_properties(${target} PROPERTIES
    INTERFACE_COMPILE_DEFINITIONS SAKSI_RTL_COVERAGE=$<BOOL:${SAKSI_RTL_COVERAGE}>
    IMPORTED_LOCATION ${archive}
    INTERFACE_INCLUDE_DIRECTORIES "${dir};${SAKSI_VERILATOR_ROOT}/include;${SAKSI_VERILATOR_ROOT}/include/vltstd"
    INTERFACE_LINK_LIBRARIES "saksi_hw_waves;Threads::Threads;atomic")
endfunction()

# saksi_rtl_model(<target> TOP <module> VERILATED <target of saksi_verilate>): the static library <target> with the design as an RtlModel. It has
# extern "C" RtlModel* saksi_make_<module>(), which is written by the same generator as that of a block out of a board file.
function(saksi_rtl_model target)
  cmake_parse_arguments(ARG "" "TOP;VERILATED" "" ${ARGN})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/V${ARG_TOP}__model.cpp)
  get_target_property(archive ${ARG_VERILATED} IMPORTED_LOCATION)
  get_target_property(include_dirs ${ARG_VERILATED} INTERFACE_INCLUDE_DIRECTORIES)
  list(GET include_dirs 0 dir)
  add_custom_command(
    OUTPUT ${source}
    COMMAND saksi_rtl_adapter V${ARG_TOP} ${ARG_TOP} ${dir}/V${ARG_TOP}.h saksi_make_${ARG_TOP} ${source}
    DEPENDS saksi_rtl_adapter ${ARG_VERILATED}_archive ${archive}
    COMMENT "Adapting ${ARG_TOP}" VERBATIM)
  add_library(${target} STATIC ${source})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC ${ARG_VERILATED})
endfunction()
