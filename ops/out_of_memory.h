// The error of a tensor for which a device has no room.
#pragma once

#include <string>

#include "kernels/core/error.h"

namespace heddle {

/// Its text: [memory] no room for <tensor> in <place>: <what is held>; <remedy>. Who catches it on its way adds what it
/// knows.
class OutOfMemory : public Error {
 public:
  /// `held`: how much there is, and what takes it.
  OutOfMemory(std::string tensor, std::string held);

  char const* what() const noexcept override { return text_.c_str(); }

  /// Type, shape and size.
  void set_tensor(std::string tensor);
  /// What made it: a layer, or the backward pass of an operation.
  void set_place(std::string place);
  bool has_place() const { return !place_.empty(); }
  void set_remedy(std::string remedy);

  /// The innermost layer on the way: nn::Module finds its path by it.
  void const* layer = nullptr;

 private:
  void compose();

  std::string tensor_, place_, held_, remedy_ = "use fewer images, a smaller model or a smaller batch", text_;
};

/// "1.5 GiB".
std::string memory_text(std::size_t bytes);

}  // namespace heddle
