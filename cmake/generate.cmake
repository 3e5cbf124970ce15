# Runs regs/generate.py over every register map and board: target saksi_generated, output in ${CMAKE_BINARY_DIR}/generated.
# Debian's own python3 is named outright, since python3-yaml belongs to it and another python3 may stand first on the PATH.
set(SAKSI_PYTHON /usr/bin/python3)
execute_process(COMMAND ${SAKSI_PYTHON} -c "import yaml" RESULT_VARIABLE no_yaml OUTPUT_QUIET ERROR_QUIET)
if(no_yaml)
  message(FATAL_ERROR "${SAKSI_PYTHON} with the yaml module not found. Install Debian's python3-yaml ('./saksi packages' lists everything that is missing).")
endif()

set(SAKSI_GENERATED_DIR ${CMAKE_BINARY_DIR}/generated)
# CMake wants the include folders of imported targets, the Verilated models, to be there beforehand.
file(MAKE_DIRECTORY ${SAKSI_GENERATED_DIR})
file(GLOB SAKSI_REG_FILES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/regs/*.yaml)
file(GLOB SAKSI_BOARD_FILES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/boards/*.yaml)
set(generated ${SAKSI_GENERATED_DIR}/regs/all_regs.hpp)
foreach(file ${SAKSI_REG_FILES})
  get_filename_component(name ${file} NAME_WE)
  list(APPEND generated ${SAKSI_GENERATED_DIR}/regs/${name}_regs.h ${SAKSI_GENERATED_DIR}/regs/${name}_regs.hpp ${SAKSI_GENERATED_DIR}/regs/${name}_regs_pkg.sv
       ${SAKSI_GENERATED_DIR}/pages/${name}.md)
endforeach()
foreach(file ${SAKSI_BOARD_FILES})
  get_filename_component(name ${file} NAME_WE)
  list(APPEND generated ${SAKSI_GENERATED_DIR}/boards/${name}.svd)
  string(REPLACE "-" "_" name ${name})
  list(APPEND generated ${SAKSI_GENERATED_DIR}/boards/${name}.h)
endforeach()
add_custom_command(
  OUTPUT ${SAKSI_GENERATED_DIR}/generated.stamp
  BYPRODUCTS ${generated}
  COMMAND ${SAKSI_PYTHON} ${CMAKE_SOURCE_DIR}/regs/generate.py ${SAKSI_GENERATED_DIR} ${SAKSI_REG_FILES} ${SAKSI_BOARD_FILES}
  COMMAND ${CMAKE_COMMAND} -E touch ${SAKSI_GENERATED_DIR}/generated.stamp
  DEPENDS ${CMAKE_SOURCE_DIR}/regs/generate.py ${SAKSI_REG_FILES} ${SAKSI_BOARD_FILES}
  COMMENT "Generating register headers" VERBATIM)
add_custom_target(saksi_generated DEPENDS ${SAKSI_GENERATED_DIR}/generated.stamp)
