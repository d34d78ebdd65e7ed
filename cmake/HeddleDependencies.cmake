# Finds what the build needs, and says in one line each what it found and what it left out.

# OpenBLAS and OpenMP stay shared: of 25 MB each program would have its own. They travel in lib/ (scripts/pack.sh).
if(HEDDLE_STATIC)
  set(Boost_USE_STATIC_LIBS ON)
endif()

find_package(OpenMP REQUIRED COMPONENTS CXX)
message(STATUS "heddle: OpenMP ${OpenMP_CXX_VERSION}")

set(BLA_VENDOR OpenBLAS)
find_package(BLAS REQUIRED)
message(STATUS "heddle: OpenBLAS at ${BLAS_LIBRARIES}")

find_package(Boost 1.74 REQUIRED COMPONENTS context)
message(STATUS "heddle: Boost.Context ${Boost_VERSION}, for the emulator")

# Comes with GCC; from an address in a kernel it finds the source line.
include(CheckIncludeFileCXX)
check_include_file_cxx(backtrace.h HEDDLE_HAS_BACKTRACE)
if(NOT HEDDLE_HAS_BACKTRACE)
  message(FATAL_ERROR "heddle: ${CMAKE_CXX_COMPILER} has no libbacktrace (backtrace.h): build with GCC")
endif()

include(CheckLanguage)
if(NOT HEDDLE_CUDA STREQUAL "OFF")
  check_language(CUDA)
endif()
if(CMAKE_CUDA_COMPILER AND NOT HEDDLE_CUDA STREQUAL "OFF")
  # An explicit list always wins; the default serves A100 and later by PTX, and Hopper by its own path.
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES AND NOT DEFINED ENV{CUDAARCHS})
    set(CMAKE_CUDA_ARCHITECTURES 80 90a-real)
  endif()
  enable_language(CUDA)
  if(CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 13)
    message(FATAL_ERROR "heddle: CUDA ${CMAKE_CUDA_COMPILER_VERSION} at ${CMAKE_CUDA_COMPILER} is too old: Heddle needs "
      "CUDA 13; `./heddle setup cuda` installs it, or set CUDACXX to its nvcc, or HEDDLE_CUDA=OFF")
  endif()
  find_package(CUDAToolkit 13 REQUIRED)
  set(HEDDLE_HAS_CUDA ON)
  message(STATUS "heddle: CUDA ${CUDAToolkit_VERSION} for architectures ${CMAKE_CUDA_ARCHITECTURES}")
elseif(HEDDLE_CUDA STREQUAL "ON")
  message(FATAL_ERROR "heddle: HEDDLE_CUDA=ON, but no CUDA compiler was found: put nvcc on PATH, set CUDACXX, "
    "or run `./heddle setup cuda`")
else()
  set(HEDDLE_HAS_CUDA OFF)
  message(STATUS "heddle: CUDA left out (HEDDLE_CUDA=${HEDDLE_CUDA}); kernels run on the emulator")
endif()
