# The kinds of targets. Every library is heddle_<name>, alias heddle::<name>, and installed under that alias.

target_compile_definitions(heddle_headers INTERFACE HEDDLE_HAS_CUDA=$<BOOL:${HEDDLE_HAS_CUDA}>)

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

# Kernels are examined beside no other instrumentation, and not in binaries that travel to a GPU.
if(NOT HEDDLE_SANITIZE AND NOT HEDDLE_STATIC)
  set(HEDDLE_EXAMINATION ON)
endif()

# What makes an examined target: every memory access of its kernels is reported to the observer of a launch, and their
# basic blocks are counted (kernels/machine/host/instrumentation/{hooks,block_hook}.cpp). Products and sums stay apart,
# as the source has them. Not together with -fsanitize=address. Only compiled so, never linked so.
add_library(heddle_examination INTERFACE)
target_compile_options(heddle_examination INTERFACE
  -fsanitize=thread --param=tsan-instrument-func-entry-exit=0 -Wno-tsan -fsanitize-coverage=trace-pc
  -O1 -g -fno-tree-vectorize -ffp-contract=off)

# heddle_family(<name> CPU … [KERNELS x.cu …] [LINK …]): a family of kernels.
# Each launcher of KERNELS is compiled by the host compiler over the emulator, and by nvcc where there is one.
# heddle_<name>_examined is the same with the emulated launchers examined.
function(heddle_family name)
  cmake_parse_arguments(arg "" "" "CPU;KERNELS;LINK" ${ARGN})
  set(shared ${arg_CPU})
  foreach(launcher IN LISTS arg_KERNELS)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/emulated/${launcher}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${CMAKE_CURRENT_SOURCE_DIR}/${launcher}\"\n")
    list(APPEND emulated ${source})
  endforeach()
  if(HEDDLE_HAS_CUDA)
    list(APPEND shared ${arg_KERNELS})
  endif()
  set(link heddle_core OpenMP::OpenMP_CXX ${arg_LINK})
  if(NOT arg_KERNELS)
    heddle_library(${name} SOURCES ${shared} LINK ${link})
    return()
  endif()
  heddle_library(${name} SOURCES ${shared} ${emulated} LINK ${link} heddle_machine)
  if(HEDDLE_EXAMINATION)
    # As objects, they come before those of the library.
    add_library(heddle_${name}_examined OBJECT EXCLUDE_FROM_ALL ${emulated})
    target_link_libraries(heddle_${name}_examined PRIVATE heddle_settings heddle_examination PUBLIC heddle_${name})
  endif()
endfunction()
