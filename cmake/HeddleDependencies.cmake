# Finds what the build needs, and says in one line each what it found and what it left out.

find_package(OpenMP REQUIRED COMPONENTS CXX)
message(STATUS "heddle: OpenMP ${OpenMP_CXX_VERSION}")

set(BLA_VENDOR OpenBLAS)
find_package(BLAS REQUIRED)
message(STATUS "heddle: OpenBLAS at ${BLAS_LIBRARIES}")

find_package(Boost 1.74 REQUIRED COMPONENTS context)
message(STATUS "heddle: Boost.Context ${Boost_VERSION}, for the emulator")

include(CheckLanguage)
if(NOT HEDDLE_CUDA STREQUAL "OFF")
  check_language(CUDA)
endif()
if(CMAKE_CUDA_COMPILER AND NOT HEDDLE_CUDA STREQUAL "OFF")
  # An explicit list always wins; the default serves A100 and later by PTX, and Hopper by its own path.
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 80 90a-real)
  endif()
  enable_language(CUDA)
  find_package(CUDAToolkit 13 REQUIRED)
  set(HEDDLE_HAS_CUDA ON)
  message(STATUS "heddle: CUDA ${CUDAToolkit_VERSION} for architectures ${CMAKE_CUDA_ARCHITECTURES}")
elseif(HEDDLE_CUDA STREQUAL "ON")
  message(FATAL_ERROR "heddle: HEDDLE_CUDA=ON, but no CUDA compiler was found: put nvcc on PATH or set CUDACXX")
else()
  set(HEDDLE_HAS_CUDA OFF)
  message(STATUS "heddle: CUDA left out (HEDDLE_CUDA=${HEDDLE_CUDA}); kernels run on the emulator")
endif()
