// What the matrix unit's convolutions read of the source: pixels of a group's channels, through a window of taps.
#pragma once

#include "kernels/conv/gather_axis.h"
#include "kernels/core/divisor.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Gathering pixels of [images, vertical.source_size, horizontal.source_size, channels]: a matrix [pixels, size], whose
/// columns are taps x inputs.
template <class T>
struct GatherSource {
  GatherAxis vertical, horizontal;
  Divisor pixels_of_image, pixels_of_row;  // that gather
  i64 channels;                            // of all groups
  int inputs;                              // of a group; an image has less than 2^31 elements
  T const* source;

  /// What a pixel gathers from.
  struct Window {
    T const* image;   // of the group; null beyond the last pixel
    int row, column;  // of the first tap
  };
  HEDDLE_DEVICE Window window(i64 pixel, i64 end, i64 group) const {
    if (pixel >= end) return {nullptr, 0, 0};
    i64 const image = pixels_of_image.quotient(pixel), within = pixels_of_image.remainder(pixel);
    int const i = static_cast<int>(pixels_of_row.quotient(within)),
              j = static_cast<int>(pixels_of_row.remainder(within));
    i64 const image_size = i64{vertical.source_size} * horizontal.source_size * channels;
    return {source + image * image_size + group * inputs, i * vertical.step + vertical.offset,
            j * horizontal.step + horizontal.offset};
  }

  /// A column of the matrix.
  struct Term {
    int tap_row, tap_column, input;
  };
  HEDDLE_DEVICE Term term(i64 column) const {
    Term result = {0, 0, static_cast<int>(column)};
    advance(result, 0);
    return result;
  }
  HEDDLE_DEVICE void advance(Term& term, int columns) const {
    term.input += columns;
    while (term.input >= inputs) {
      term.input -= inputs;
      next_tap(term);
    }
  }
  HEDDLE_DEVICE bool has(Term const& term) const { return term.tap_row < vertical.taps; }

  /// Null where there is a zero.
  HEDDLE_DEVICE T const* at(Window const& window, Term const& term) const {
    int const row = window.row + term.tap_row * vertical.tap_offset;
    int const column = window.column + term.tap_column * horizontal.tap_offset;
    bool const inside = window.image != nullptr && has(term) && row >= 0 && row < vertical.source_size && column >= 0 &&
                        column < horizontal.source_size;
    int const element = (row * horizontal.source_size + column) * static_cast<int>(channels) + term.input;
    return inside ? window.image + element : nullptr;
  }

  /// Brings 16 bytes of a window from a term on: as one copy where they are neighbours aligned to it, else one by one.
  template <bool aligned>
  HEDDLE_DEVICE void bring(Window const& window, Term term, T* to) const {
    if constexpr (aligned) {
      T const* const from = at(window, term);
      cp_async<16>(to, from == nullptr ? source : from, from == nullptr ? 0 : 16);
    } else {
      assemble(to, [&](int) {
        T const* const from = at(window, term);
        if (++term.input == inputs) {
          term.input = 0;
          next_tap(term);
        }
        return from;
      });
    }
  }

 private:
  HEDDLE_DEVICE void next_tap(Term& term) const {
    if (++term.tap_column < horizontal.taps) return;
    term.tap_column = 0;
    ++term.tap_row;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
