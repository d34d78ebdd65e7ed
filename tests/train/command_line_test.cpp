#include "train/command_line.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/nn/temporary_folder.h"
#include "tests/support/error.h"

namespace heddle::train {
namespace {

using testing::error_of;
using testing::TemporaryFolder;
using testing::write_file;

CommandLine parse(std::vector<std::string> const& arguments) {
  std::vector<char const*> argv = {"train_cifar10"};
  for (std::string const& argument : arguments) argv.push_back(argument.c_str());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

/// The message, which must be a UsageError's.
std::string usage_error(std::vector<std::string> const& arguments) {
  try {
    check_options(resolve_options(parse(arguments)));
  } catch (UsageError const& error) {
    return error.what();
  }
  return "(no usage error)";
}

TEST(CommandLine, HelpNamesEveryOptionWithItsDefault) {
  std::string const help = parse({"--help"}).help;
  for (OptionField const& field : option_fields()) {
    EXPECT_NE(help.find(flag(field)), std::string::npos) << field.name;
    EXPECT_NE(help.find(std::string(field.help.substr(0, 20))), std::string::npos) << field.name;
  }
  EXPECT_NE(help.find("--learning-rate X=0.1 "), std::string::npos) << help;
  EXPECT_NE(help.find("(default: true)"), std::string::npos) << help;
  EXPECT_EQ(help.find('{'), std::string::npos) << help;
  EXPECT_NE(help.find("--config"), std::string::npos);
}

TEST(CommandLine, TakesEveryTypeOfValue) {
  Options const options = resolve_options(
      parse({"--model", "lenet5", "--epochs=7", "--learning-rate", "2e-3", "--nesterov", "--no-decay-weights-only",
             "--milestones", "0.25,0.5,1", "--flip", "random", "--epochs", "9"}));
  EXPECT_EQ(options.model, "lenet5");
  EXPECT_EQ(options.epochs, 9) << "the last one counts";
  EXPECT_EQ(options.learning_rate, 2e-3);
  EXPECT_TRUE(options.nesterov);
  EXPECT_FALSE(options.decay_weights_only);
  EXPECT_EQ(options.milestones, (std::vector<double>{0.25, 0.5, 1}));
  EXPECT_EQ(options.flip, "random");
}

TEST(CommandLine, NamesTheFaultOfABadValue) {
  EXPECT_EQ(usage_error({"--batch-size", "0"}), "--batch-size must be at least 1: 0");
  EXPECT_EQ(usage_error({"--batch-size", "-3"}), "--batch-size must be at least 1: -3");
  EXPECT_EQ(usage_error({"--batch-size", "12x"}), "--batch-size must be a whole number: 12x");
  EXPECT_EQ(usage_error({"--batch-size", "1.5"}), "--batch-size must be a whole number: 1.5");
  EXPECT_EQ(usage_error({"--epochs", "99999999999999999999"}), "--epochs must be a whole number: 99999999999999999999");
  EXPECT_EQ(usage_error({"--epochs", ""}), "--epochs must be a whole number: ");
  EXPECT_EQ(usage_error({"--learning-rate", "0"}), "--learning-rate must be above 0: 0.0");
  EXPECT_EQ(usage_error({"--learning-rate", "nan"}), "--learning-rate must be a number: nan");
  EXPECT_EQ(usage_error({"--learning-rate", "inf"}), "--learning-rate must be a number: inf");
  EXPECT_EQ(usage_error({"--ema-decay", "1"}), "--ema-decay must be at least 0 and below 1: 1.0");
  EXPECT_EQ(usage_error({"--milestones", "0.5,2"}), "--milestones must be at least 0 and at most 1: 2.0");
  EXPECT_EQ(usage_error({"--milestones", "0.5,,1"}), "--milestones must be a list of numbers: 0.5,,1");
  EXPECT_EQ(usage_error({"--flip", "up"}), "--flip must be one of none, random, alternating: up");
}

TEST(CommandLine, NamesWhatWasProbablyMeant) {
  EXPECT_EQ(usage_error({"--bath-size", "3"}),
            "unknown option --bath-size; did you mean --batch-size? --help lists all");
  EXPECT_EQ(usage_error({"--learningrate=3"}),
            "unknown option --learningrate=3; did you mean --learning-rate? --help lists all");
  EXPECT_EQ(usage_error({"cifar10"}), "unexpected argument cifar10; every option starts with --");
  EXPECT_NE(usage_error({"--epochs"}).find("--epochs"), std::string::npos);
}

TEST(CommandLine, OptionsThatDoNotGoTogether) {
  EXPECT_EQ(usage_error({"--model", "lenet5", "--precision", "f64"}),
            "--precision must be one of f32, tf32, bf16, f16: f64");
  EXPECT_EQ(usage_error({"--model", "lenet5", "--nesterov", "--momentum", "0"}),
            "--nesterov needs a --momentum above 0");
  EXPECT_EQ(usage_error({"--model", "lenet5", "--patience", "2", "--validation-images", "0"}),
            "--patience 2 needs --validation-images above 0 to judge by");
  EXPECT_EQ(usage_error({"--model", "lenet5", "--schedule", "exponential", "--final-factor", "0"}),
            "--schedule exponential needs a --final-factor above 0");
}

TEST(CommandLine, TheCommandLineWinsOverTheConfigAndTheConfigOverTheRecipe) {
  TemporaryFolder const folder;
  write_file(folder / "recipe.json", R"({"model": "lenet5", "epochs": 1, "batch_size": 11, "seed": 21})");
  write_file(folder / "run.json", R"({"epochs": 2, "batch_size": 12})");
  Options const options = resolve_options(parse({"--batch-size", "13", "--config", (folder / "run.json").string(),
                                                 "--recipe", (folder / "recipe.json").string()}));
  EXPECT_EQ(options.model, "lenet5");
  EXPECT_EQ(options.seed, 21);
  EXPECT_EQ(options.epochs, 2);
  EXPECT_EQ(options.batch_size, 13);
}

TEST(CommandLine, AConfigMayNameTheRecipe) {
  TemporaryFolder const folder;
  write_file(folder / "recipe.json", R"({"model": "lenet5", "seed": 21})");
  write_file(folder / "run.json", R"({"recipe": ")" + (folder / "recipe.json").string() + R"(", "seed": 22})");
  Options const options = resolve_options(parse({"--config", (folder / "run.json").string()}));
  EXPECT_EQ(options.model, "lenet5");
  EXPECT_EQ(options.seed, 22);
}

TEST(CommandLine, WithoutModelAndRecipeTheDefaultRecipeIsTaken) {
  EXPECT_EQ(resolve_options(parse({})).recipe, "default-cpu");
  EXPECT_FALSE(resolve_options(parse({})).model.empty());
  EXPECT_EQ(resolve_options(parse({"--model", "lenet5"})).recipe, "");
}

TEST(CommandLine, FaultsOfAConfigNameTheFile) {
  TemporaryFolder const folder;
  std::string const path = (folder / "run.json").string();
  auto const error_with = [&](std::string const& json) {
    write_file(path, json);
    return usage_error({"--config", path});
  };
  EXPECT_EQ(error_with(R"({"bath_size": 3})"),
            path + " has the unknown key \"bath_size\"; did you mean \"batch_size\"?");
  EXPECT_EQ(error_with(R"({"batch_size": 0})"), path + ": batch_size must be at least 1: 0");
  EXPECT_EQ(error_with(R"({"batch_size": "8"})"), path + ": batch_size must be a whole number: 8");
  EXPECT_EQ(error_with(R"({"batch_size": 8.5})"), path + ": batch_size must be a whole number: 8.5");
  EXPECT_EQ(error_with(R"({"batch_size": 18446744073709551615})"),
            path + ": batch_size must be at most 10000000000000: 18446744073709551615");
  EXPECT_EQ(error_with(R"({"batch_size": 8, "epochs": 2, "batch_size": 9})"),
            path + " has the key \"batch_size\" twice");
  EXPECT_EQ(error_with("{\"learning_rate\": 1e999}"), path + " has a number too large for any option");
  EXPECT_EQ(error_with(R"({"data_dir": ""})"), path + ": data_dir must not be empty");
  EXPECT_TRUE(error_with(R"({"a\nb": 1})").starts_with(path + R"( has the unknown key "a\nb"; )"));
  EXPECT_EQ(error_with(R"({"nesterov": 1})"), path + ": nesterov must be true or false: 1");
  EXPECT_EQ(error_with(R"({"milestones": 0.5})"), path + ": milestones must be a list of numbers: 0.5");
  EXPECT_EQ(error_with(R"({"model": null})"), path + ": model must be a text: null");
  EXPECT_EQ(error_with("{"), path + " is not a JSON object of options: see line 1");
  EXPECT_EQ(error_with("{\"epochs\": 1,\n \"seed\": NaN}"), path + " is not a JSON object of options: see line 2");
  EXPECT_EQ(error_with("[1]"), path + " is not a JSON object of options");
  EXPECT_EQ(usage_error({"--config", (folder / "none.json").string()}),
            "cannot read " + (folder / "none.json").string() + ": No such file or directory");
}

TEST(CommandLine, ConfigTextReadsBackAsTheSameMathematics) {
  Options options = resolve_options(
      parse({"--model", "lenet5", "--dataset", "synthetic", "--learning-rate", "0.1234567890123", "--threads", "3"}));
  Options read;
  set_options(read, parse_options(config_text(options), "config.json"));
  EXPECT_EQ(read.learning_rate, options.learning_rate);
  EXPECT_EQ(config_text(read), config_text(options));
  EXPECT_EQ(read.threads, 0) << "threads shape no numbers";
}

TEST(CommandLine, EveryShippedRecipeIsValid) {
  int count = 0;
  for (auto const& entry : std::filesystem::directory_iterator(find_recipe("smoke").parent_path())) {
    EXPECT_EQ(usage_error({"--recipe", entry.path().stem().string()}), "(no usage error)") << entry.path();
    ++count;
  }
  EXPECT_GE(count, 5);
}

TEST(CommandLine, AnUnknownRecipeListsThoseThereAre) {
  EXPECT_TRUE(usage_error({"--recipe", "none"}).starts_with("unknown recipe none; there are default-cpu, "));
}

}  // namespace
}  // namespace heddle::train
