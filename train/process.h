// Running another program.
#pragma once

#include <string>
#include <vector>

namespace heddle::train {

struct ProcessResult {
  int exit_code = 0;   // 127: there is no such program; 128 + n: ended by signal n
  std::string output;  // what it wrote to standard output and standard error

  bool succeeded() const { return exit_code == 0; }
  /// The last line of the output that is not empty: where programs say why they failed.
  std::string last_line() const;
};

/// Runs command[0], looked for on PATH, with the other words as they are (no shell) and nothing on its standard input;
/// returns when it has ended.
ProcessResult run_process(std::vector<std::string> const& command);

}  // namespace heddle::train
