// Standard input, output and error, which need not be what a program hopes for.
#pragma once

#include <string>

namespace heddle::train {

/// To call before any file is opened. A stream that was closed leads to nowhere from now on, so that no file takes its
/// number and with it the lines meant for people; and a reader that goes away, such as `head`, no longer ends the
/// program.
void secure_streams();

/// Prints what the user asked for. Throws an Error that holds the text when standard output does not take it.
void print_result(std::string const& text);

/// The text on one line, as it came but for its control characters.
std::string one_line(std::string text);

}  // namespace heddle::train
