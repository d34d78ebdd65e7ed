# Compiler settings that every target of the project shares, in one interface target: heddle_settings.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")

add_library(heddle_settings INTERFACE)
target_compile_features(heddle_settings INTERFACE cxx_std_20)
target_include_directories(heddle_settings INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
# Without errno and trapping arithmetic, loops with sqrt and comparisons vectorise; NaN and infinity keep their meaning.
target_compile_options(heddle_settings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-march=${HEDDLE_CPU_ARCH} -fno-math-errno -fno-trapping-math>
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor>
  $<$<AND:$<BOOL:${HEDDLE_WERROR}>,$<COMPILE_LANGUAGE:CXX>>:-Werror>
  $<$<COMPILE_LANGUAGE:CUDA>:--expt-relaxed-constexpr -lineinfo -Xcompiler=-Wall,-Wextra>
  $<$<AND:$<BOOL:${HEDDLE_WERROR}>,$<COMPILE_LANGUAGE:CUDA>>:-Werror=all-warnings>)
if(HEDDLE_SANITIZE)
  target_compile_options(heddle_settings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer>)
  target_link_options(heddle_settings INTERFACE -fsanitize=address,undefined)
endif()
