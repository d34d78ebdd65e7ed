// Pixels of images in strips of neighbours, as threads take them one after another.
#pragma once

#include "kernels/core/divisor.h"
#include "kernels/core/math.h"

namespace heddle {

/// A strip, or how far it is to another one.
struct StripPlace {
  i64 image = 0;
  int row = 0, strip = 0;
};

/// The strips of a row, of the rows of an image, of all images, in this order. There is at least one pixel.
class Strips {
 public:
  constexpr Strips(i64 images, i64 rows, i64 columns, i64 columns_of_strip)
      : images_(images),
        rows_(static_cast<int>(rows)),
        of_row_(ceil_div(columns, columns_of_strip)),
        of_image_(rows * of_row_.value()) {}

  constexpr i64 count() const { return images_ * of_image_.value(); }
  constexpr StripPlace place(i64 strip) const {
    i64 const within = of_image_.remainder(strip);
    return {of_image_.quotient(strip), static_cast<int>(of_row_.quotient(within)),
            static_cast<int>(of_row_.remainder(within))};
  }
  /// The place of the sum of the two numbers, without a division.
  constexpr StripPlace advanced(StripPlace from, StripPlace by) const {
    StripPlace to = {from.image + by.image, from.row + by.row, from.strip + by.strip};
    if (to.strip >= of_row_.value()) {
      to.strip -= static_cast<int>(of_row_.value());
      ++to.row;
    }
    if (to.row >= rows_) {
      to.row -= rows_;
      ++to.image;
    }
    return to;
  }

 private:
  i64 images_;
  int rows_;
  Divisor of_row_, of_image_;
};

}  // namespace heddle
