// Where a NaN or an infinity came from, in words.
#pragma once

#include <string>

#include "nn/module.h"

namespace heddle::train {

bool all_finite(Tensor const& x);

/// The first place on the way of these images through the model that is not finite: the images, a parameter, the
/// result of a layer, or, when all of these are finite, the loss. Runs the model forward once more.
std::string find_non_finite(nn::Module& model, Tensor const& images);

/// The name of the first parameter or buffer that is not finite, or "".
std::string find_non_finite_state(nn::Module const& model);

/// The first parameter whose gradient is not finite.
std::string find_non_finite_gradient(nn::Module const& model);

}  // namespace heddle::train
