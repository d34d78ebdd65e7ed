# The kinds of targets. Every library is heddle_<name>, alias heddle::<name>, and installed under that alias.

# heddle_library(<name> [SOURCES …] [LINK …]): one folder of host code.
function(heddle_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  if(arg_SOURCES)
    add_library(heddle_${name} STATIC ${arg_SOURCES})
    target_link_libraries(heddle_${name} PRIVATE $<BUILD_INTERFACE:heddle_settings> PUBLIC heddle_headers ${arg_LINK})
  else()
    add_library(heddle_${name} INTERFACE)
    target_link_libraries(heddle_${name} INTERFACE heddle_headers ${arg_LINK})
  endif()
  add_library(heddle::${name} ALIAS heddle_${name})
  set_target_properties(heddle_${name} PROPERTIES EXPORT_NAME ${name})
  set_property(GLOBAL APPEND PROPERTY HEDDLE_LIBRARIES heddle_${name})
endfunction()

# heddle_family(<name> CPU … [KERNELS x.cu … NO_CUDA x_no_cuda.cpp …] [LINK …]): a family of kernels.
# Each launcher of KERNELS is compiled by nvcc, and by the host compiler over the emulator; where there is no nvcc,
# NO_CUDA holds the functions that say so.
function(heddle_family name)
  cmake_parse_arguments(arg "" "" "CPU;KERNELS;NO_CUDA;LINK" ${ARGN})
  set(sources ${arg_CPU})
  foreach(launcher IN LISTS arg_KERNELS)
    set(emulated ${CMAKE_CURRENT_BINARY_DIR}/emulated/${launcher}.cpp)
    file(CONFIGURE OUTPUT ${emulated} CONTENT "#include \"${CMAKE_CURRENT_SOURCE_DIR}/${launcher}\"\n")
    list(APPEND sources ${emulated})
  endforeach()
  if(HEDDLE_HAS_CUDA)
    list(APPEND sources ${arg_KERNELS})
  else()
    list(APPEND sources ${arg_NO_CUDA})
  endif()
  heddle_library(${name} SOURCES ${sources} LINK heddle_core OpenMP::OpenMP_CXX ${arg_LINK})
  if(arg_KERNELS)
    target_link_libraries(heddle_${name} PUBLIC heddle_machine)
  endif()
endfunction()
