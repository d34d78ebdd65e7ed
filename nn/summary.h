// What a model consists of, layer by layer, for a reader.
#pragma once

#include <string>
#include <vector>

#include "nn/module.h"

namespace heddle::nn {

struct SummaryRow {
  std::string path;  // "" for the model itself
  std::string kind, details;
  Shape output;        // for a batch of one
  i64 parameters = 0;  // of the module itself, those of its children left out
  i64 macs = 0;        // likewise: multiply-adds of convolutions and linear maps, per sample
};

struct Summary {
  std::vector<SummaryRow> rows;  // in the order of the calls, a module before those inside it
  i64 parameters() const;
  i64 macs() const;
};

/// Runs the model once in inference mode on a batch of one zero sample, such as [h, w, c], on the model's device; the
/// mode is restored afterwards.
Summary summarize(Module& module, Shape const& sample);

/// A table with aligned columns and a line of totals.
std::string to_text(Summary const& summary);

}  // namespace heddle::nn
