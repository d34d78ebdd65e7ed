// A project that found an installed Heddle: one layer of a network, with both spellings of the headers.
#include <heddle/nn/linear.h>
#include <ops/generator.h>
#include <ops/tensor.h>

#include <cstdio>

int main() {
  heddle::Generator generator(1);
  heddle::nn::Linear layer(8, 3, generator);
  heddle::Tensor const y = layer(heddle::Tensor::zeros({2, 8}));
  std::printf("%lld x %lld\n", static_cast<long long>(y.size(0)), static_cast<long long>(y.size(1)));
  return y.shape() == heddle::Shape{2, 3} ? 0 : 1;
}
