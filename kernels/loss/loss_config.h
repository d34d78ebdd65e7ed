// The candidates of the kernels that give each row of logits a loss, from the narrowest rows to any.
#pragma once

#include "kernels/tile/row_config.h"

namespace heddle {

// A thread keeps its part of one row as f32: up to 64 registers.
inline constexpr RowConfig one_row_configs[] = {
    // columns up to:                                                                        16-bit types   f32
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 1},     //    256          128
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 4},     //   1024          512
    {.threads_per_row = 128, .rows_per_block = 1, .vectorised = true, .accesses = 4},    //   4096         2048
    {.threads_per_row = 256, .rows_per_block = 1, .vectorised = true, .accesses = 8},    //  16384         8192
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = true, .accesses = 8},    //  32768        16384
    {.threads_per_row = 512, .vectorised = true, .accesses = 8, .cluster = 2},           //  65536        32768
    {.threads_per_row = 512, .vectorised = true, .accesses = 8, .cluster = 8},           // 262144       131072
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = true, .accesses = 0},    //    any          any
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = false, .accesses = 8},    //    256          256
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = false, .accesses = 0}};  //    any          any

// Of two rows: half as much of each.
inline constexpr RowConfig two_row_configs[] = {
    // columns up to:                                                                        16-bit types   f32
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 2},     //    512          256
    {.threads_per_row = 128, .rows_per_block = 1, .vectorised = true, .accesses = 2},    //   2048         1024
    {.threads_per_row = 256, .rows_per_block = 1, .vectorised = true, .accesses = 4},    //   8192         4096
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = true, .accesses = 0},    //    any          any
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = false, .accesses = 4},    //    128          128
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = false, .accesses = 0}};  //    any          any

// Of three rows, which are embeddings and seldom long.
inline constexpr RowConfig embedding_configs[] = {
    // columns up to:                                                                        16-bit types   f32
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 2},     //    512          256
    {.threads_per_row = 128, .rows_per_block = 1, .vectorised = true, .accesses = 2},    //   2048         1024
    {.threads_per_row = 256, .rows_per_block = 1, .vectorised = true, .accesses = 0},    //    any          any
    {.threads_per_row = 256, .rows_per_block = 1, .vectorised = false, .accesses = 0}};  //    any          any

}  // namespace heddle
