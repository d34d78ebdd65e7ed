// The parts of a run, made as its options say.
#pragma once

#include "train/data/dataset.h"
#include "train/options.h"
#include "train/trainer.h"

namespace heddle::train {

/// The images that the options name, cut down where they ask for fewer.
DataSet assemble_data(Options const& options);

/// Text that tells these images from others: resumed runs compare it.
std::string data_fingerprint(DataSet const& data);

std::shared_ptr<nn::Module> assemble_model(Options const& options, DataSet const& data);

/// The last `validation_images` training images are held out; they and the others share the memory of the set.
Trainer assemble_trainer(Options const& options, DataSet const& data, std::shared_ptr<nn::Module> model);

/// The test images in their order, none left out.
Loader assemble_test_loader(Options const& options, DataSet const& data);

}  // namespace heddle::train
