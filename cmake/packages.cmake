# Finds what Debian provides, with a plain message for what is missing. The names of the Debian packages are in packages.txt.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

function(saksi_pkg name)
  pkg_check_modules(${name} IMPORTED_TARGET ${ARGN})
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR "${ARGN} not found. Run './saksi packages' to see which Debian packages are missing and how to get them.")
  endif()
endfunction()

saksi_pkg(LIBAV libavformat libavcodec libavutil libswscale)
saksi_pkg(OPENSSL libcrypto)
saksi_pkg(YAML yaml-cpp)
saksi_pkg(FMT fmt)
saksi_pkg(LIBDW libdw libelf)

find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(asmjit REQUIRED)
find_package(ZLIB REQUIRED)

# Debian's SystemC exports no CMake package that names its C++ standard; link the library and check the standard below.
find_path(SYSTEMC_INCLUDE_DIR systemc REQUIRED)
find_library(SYSTEMC_LIBRARY systemc REQUIRED)
add_library(SystemC::systemc UNKNOWN IMPORTED)
set_target_properties(SystemC::systemc PROPERTIES
  IMPORTED_LOCATION ${SYSTEMC_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${SYSTEMC_INCLUDE_DIR}
  INTERFACE_LINK_LIBRARIES Threads::Threads)

# libfdt, of the device tree compiler, comes without pkg-config or CMake files.
find_path(FDT_INCLUDE_DIR libfdt.h)
find_library(FDT_LIBRARY fdt)
if(NOT FDT_INCLUDE_DIR OR NOT FDT_LIBRARY)
  message(FATAL_ERROR "libfdt not found. Run './saksi packages' to see which Debian packages are missing and how to get them.")
endif()
add_library(FDT::fdt UNKNOWN IMPORTED)
set_target_properties(FDT::fdt PROPERTIES IMPORTED_LOCATION ${FDT_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${FDT_INCLUDE_DIR})

include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_INCLUDES ${SYSTEMC_INCLUDE_DIR})
set(CMAKE_REQUIRED_LIBRARIES ${SYSTEMC_LIBRARY} Threads::Threads)
set(CMAKE_REQUIRED_FLAGS -std=c++17)
check_cxx_source_compiles("#include <systemc>
int sc_main(int, char**) { sc_core::sc_time t(1, sc_core::SC_NS); return t.value() == 0; }" SAKSI_SYSTEMC_IS_CXX17)
unset(CMAKE_REQUIRED_INCLUDES)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_REQUIRED_FLAGS)
if(NOT SAKSI_SYSTEMC_IS_CXX17)
  message(FATAL_ERROR
    "The SystemC library ${SYSTEMC_LIBRARY} cannot be linked by C++17 code: it was built for another C++ standard "
    "(its symbol sc_api_version... carries the standard). Install Debian 12's libsystemc-dev, which is built as C++17.")
endif()

if(SAKSI_TESTS)
  saksi_pkg(OPENH264 openh264)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
