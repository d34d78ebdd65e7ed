# Installs the libraries defined so far with their headers, and what find_package(heddle) reads.

include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/heddle)

get_property(libraries GLOBAL PROPERTY HEDDLE_LIBRARIES)
install(TARGETS heddle_headers ${libraries} EXPORT heddle)
install(EXPORT heddle FILE heddle-targets.cmake NAMESPACE heddle:: DESTINATION ${package_folder})
install(DIRECTORY kernels profiling ops nn DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/heddle
  FILES_MATCHING PATTERN "*.h" PATTERN "*.cuh")

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/heddle-config.cmake.in heddle-config.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(heddle-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/heddle-config.cmake ${PROJECT_BINARY_DIR}/heddle-config-version.cmake
  DESTINATION ${package_folder})
