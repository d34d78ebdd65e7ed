# Writes the commit of SOURCE into HEADER; touches no file that already says so.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  set(commit "unknown: built outside a git checkout")
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT "#define HEDDLE_COMMIT \"${commit}\"\n")
