// The pictures of a run: curves.png, predictions.png, confusion.png.
#pragma once

#include <filesystem>

#include "train/data/dataset.h"

namespace heddle::train {

/// Draws from the metrics files of the run folder and from the test images with their class probabilities
/// [count, classes] f32. Drawing is done by scripts/draw_run.py (matplotlib); returns "" or one line that says why
/// there are no pictures and what to install.
std::string draw_pictures(std::filesystem::path const& run_folder, DataSet const& data, Tensor const& probabilities);

}  // namespace heddle::train
