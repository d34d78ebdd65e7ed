// The models by name.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nn/models/image_shape.h"
#include "nn/module.h"
#include "ops/generator.h"

namespace heddle::nn {

/// A new model that maps images [n, h, w, c] to logits [n, classes]. Throws an Error that lists all names for a name
/// that is not among them, and one that names the sizes for images too small for the model.
std::shared_ptr<Module> make_model(std::string_view name, ImageShape const& image, i64 classes, Generator& generator);

std::vector<std::string> model_names();

}  // namespace heddle::nn
