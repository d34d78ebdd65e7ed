# Compiler settings of the project. They stay inside it: a consumer takes only heddle_headers.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

# What a user of a library needs: its headers, as "ops/tensor.h" and, once installed, also as <heddle/ops/tensor.h>.
add_library(heddle_headers INTERFACE)
set_target_properties(heddle_headers PROPERTIES EXPORT_NAME headers)
target_compile_features(heddle_headers INTERFACE cxx_std_20)
target_include_directories(heddle_headers INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/heddle>)

add_library(heddle_settings INTERFACE)
target_link_libraries(heddle_settings INTERFACE heddle_headers)
# Without errno and trapping arithmetic, loops with sqrt and comparisons vectorise; NaN and infinity keep their meaning.
target_compile_options(heddle_settings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-march=${HEDDLE_CPU_ARCH} -fno-math-errno -fno-trapping-math>
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow=local -Wnon-virtual-dtor>
  # GCC 12 warns falsely about joined strings (its bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<COMPILE_LANGUAGE:CXX>>:-Wno-restrict>
  $<$<AND:$<BOOL:${HEDDLE_WERROR}>,$<COMPILE_LANGUAGE:CXX>>:-Werror>
  $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20 --expt-relaxed-constexpr -lineinfo -Xcompiler=-Wall,-Wextra>
  $<$<AND:$<BOOL:${HEDDLE_WERROR}>,$<COMPILE_LANGUAGE:CUDA>>:-Werror=all-warnings>)

if(HEDDLE_SANITIZE)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fsanitize=address,undefined>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize-recover=undefined> $<$<COMPILE_LANGUAGE:CXX>:-fno-omit-frame-pointer>)
  add_link_options(-fsanitize=address,undefined)
endif()

if(HEDDLE_STATIC)
  # Libraries that come only shared, libstdc++ among them, lie in lib/ of the archive (scripts/pack.sh). By RPATH, unlike
  # RUNPATH, they find each other there too.
  add_link_options(-Wl,--disable-new-dtags)
  set(CMAKE_BUILD_RPATH "$ORIGIN/../lib")
endif()
