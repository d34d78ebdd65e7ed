// The words that mark device code.
#pragma once

#define HEDDLE_DEVICE __device__
#define HEDDLE_HOST_DEVICE __host__ __device__
#define HEDDLE_UNROLL _Pragma("unroll")
