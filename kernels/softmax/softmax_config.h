// The candidates of the softmax kernels, from the narrowest rows to any.
#pragma once

#include "kernels/tile/row_config.h"

namespace heddle {

// A thread keeps its part of the row as f32: up to 64 registers.
inline constexpr RowConfig softmax_forward_configs[] = {
    // columns up to:                                                                         16-bit types   f32
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 1},   //    256          128
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 4},   //   1024          512
    {.threads_per_row = 128, .vectorised = true, .accesses = 4},                       //   4096         2048
    {.threads_per_row = 512, .vectorised = true, .accesses = 4},                       //  16384         8192
    {.threads_per_row = 512, .vectorised = true, .accesses = 8},                       //  32768        16384
    {.threads_per_row = 512, .vectorised = true, .accesses = 8, .cluster = 2},         //  65536        32768
    {.threads_per_row = 512, .vectorised = true, .accesses = 8, .cluster = 8},         // 262144       131072
    {.threads_per_row = 512, .vectorised = true, .accesses = 0},                       //    any          any
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = false, .accesses = 8},  //    256          256
    {.threads_per_row = 512, .vectorised = false, .accesses = 0}};                     //    any          any

// Of y and dy both, but as they come.
inline constexpr RowConfig softmax_backward_configs[] = {
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 1},   //    256          128
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 4},   //   1024          512
    {.threads_per_row = 128, .vectorised = true, .accesses = 4},                       //   4096         2048
    {.threads_per_row = 512, .vectorised = true, .accesses = 4},                       //  16384         8192
    {.threads_per_row = 512, .vectorised = true, .accesses = 4, .cluster = 4},         //  65536        32768
    {.threads_per_row = 512, .vectorised = true, .accesses = 4, .cluster = 16},        // 262144       131072
    {.threads_per_row = 512, .vectorised = true, .accesses = 0},                       //    any          any
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = false, .accesses = 8},  //    256          256
    {.threads_per_row = 512, .vectorised = false, .accesses = 0}};                     //    any          any

}  // namespace heddle
