#include "train/option_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <set>
#include <system_error>

namespace heddle::train {
namespace {

std::string range_text(Range const& range) {
  std::string const low = fmt::format("{} {}", range.above_low ? "above" : "at least", range.low);
  if (range.high == std::numeric_limits<double>::max()) return low;
  return fmt::format("{} and {} {}", low, range.below_high ? "below" : "at most", range.high);
}

void check_range(NamedValue const& named, double value) {
  Range const& range = named.field->range;
  bool const inside = (range.above_low ? value > range.low : value >= range.low) &&
                      (range.below_high ? value < range.high : value <= range.high);
  check_usage(inside, named.spelled, " must be ", range_text(range), ": ", option_text(named.value));
}

void check_choice(NamedValue const& named, std::string const& value) {
  auto const& choices = named.field->choices;
  check_usage(choices.empty() || std::ranges::find(choices, value) != choices.end(), named.spelled, " must be one of ",
              fmt::format("{}", fmt::join(choices, ", ")), ": ", value);
}

/// One overload for each type of a member: takes the JSON value over, or says what it should have been.
void assign(bool& target, NamedValue const& named) {
  check_usage(named.value.is_boolean(), named.spelled, " must be true or false: ", option_text(named.value));
  target = named.value.get<bool>();
}

void assign(i64& target, NamedValue const& named) {
  constexpr double largest = 1e13;  // products with a number of images stay far from the limit of 64 bits
  check_usage(named.value.is_number_integer(), named.spelled, " must be a whole number: ", option_text(named.value));
  check_range(named, named.value.get<double>());
  check_usage(named.value.get<double>() <= largest, named.spelled, " must be at most ", fmt::format("{}", largest),
              ": ", option_text(named.value));
  target = named.value.get<i64>();
}

void assign(double& target, NamedValue const& named) {
  check_usage(named.value.is_number(), named.spelled, " must be a number: ", option_text(named.value));
  check_range(named, named.value.get<double>());
  target = named.value.get<double>();
}

void assign(std::string& target, NamedValue const& named) {
  check_usage(named.value.is_string(), named.spelled, " must be a text: ", option_text(named.value));
  check_choice(named, named.value.get<std::string>());
  check_usage(!named.value.get_ref<std::string const&>().empty(), named.spelled, " must not be empty");
  target = named.value.get<std::string>();
}

void assign(std::vector<double>& target, NamedValue const& named) {
  check_usage(named.value.is_array(), named.spelled, " must be a list of numbers: ", option_text(named.value));
  std::vector<double> numbers(named.value.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) assign(numbers[i], {named.field, named.value[i], named.spelled});
  target = std::move(numbers);
}

/// The whole text as one number of type T, or null.
template <class T>
Json parse_number(std::string_view text) {
  T value = {};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const whole = error == std::errc{} && end == text.data() + text.size();
  return whole && std::isfinite(static_cast<double>(value)) ? Json(value) : Json();
}

Json parse_as(bool, std::string const& text) {
  return text == "true" ? Json(true) : text == "false" ? Json(false) : Json();
}
Json parse_as(i64, std::string const& text) { return parse_number<i64>(text); }
Json parse_as(double, std::string const& text) { return parse_number<double>(text); }
Json parse_as(std::string const&, std::string const& text) { return text; }
Json parse_as(std::vector<double> const&, std::string const& text) {
  Json list = Json::array();
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    list.push_back(parse_number<double>(part));
    if (list.back().is_null()) return {};
  }
  return list;
}

/// A key for a message: short, and on one line.
std::string quoted(std::string const& key) {
  return Json(key.substr(0, 60)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Unlike the plain parser, refuses a key that occurs twice.
Json parse_object(std::string const& text, std::string const& source) {
  std::set<std::string> keys;
  auto const inspect = [&](int depth, Json::parse_event_t event, Json const& value) {
    if (event == Json::parse_event_t::key && depth == 1) {
      auto const& key = value.get_ref<std::string const&>();
      check_usage(keys.insert(key).second, source, " has the key ", quoted(key), " twice");
    }
    return true;
  };
  try {
    return Json::parse(text, inspect);
  } catch (Json::parse_error const& error) {
    auto const end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    throw UsageError(fmt::format("{} is not a JSON object of options: see line {}", source,
                                 1 + std::count(text.begin(), end, '\n')));
  } catch (Json::out_of_range const&) {
    throw UsageError(source + " has a number too large for any option");
  }
}

}  // namespace

Json get_option(Options const& options, OptionField const& field) {
  return std::visit([&](auto member) { return Json(options.*member); }, field.member);
}

void set_option(Options& options, NamedValue const& named) {
  std::visit([&](auto member) { assign(options.*member, named); }, named.field->member);
}

void set_options(Options& options, std::vector<NamedValue> const& named) {
  for (NamedValue const& value : named) set_option(options, value);
}

Json parse_option(OptionField const& field, std::string const& text) {
  static Options const defaults;
  Json value = std::visit([&](auto member) { return parse_as(defaults.*member, text); }, field.member);
  return value.is_null() ? Json(text) : value;
}

std::string option_text(Json const& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::vector<std::string> parts;
  for (Json const& part : value) parts.push_back(option_text(part));
  return fmt::format("{}", fmt::join(parts, ","));
}

std::vector<NamedValue> parse_options(std::string const& json, std::string const& source) {
  Json const object = parse_object(json, source);
  check_usage(object.is_object(), source, " is not a JSON object of options");
  std::vector<NamedValue> named;
  for (auto const& [key, value] : object.items()) {
    OptionField const* const field = find_option(key);
    check_usage(field != nullptr, source, " has the unknown key ", quoted(key), "; did you mean \"",
                nearest_option(key).name, "\"?");
    named.push_back({field, value, source + ": " + key});
  }
  return named;
}

std::vector<NamedValue> read_options(std::filesystem::path const& path) {
  constexpr std::size_t largest = 1 << 20;
  std::error_code unknown;
  check_usage(!std::filesystem::is_directory(path, unknown), "cannot read ", path.string(), ": it is a folder");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  check_usage(file.is_open(), "cannot read ", path.string(), ": ", std::generic_category().message(errno));
  std::string text(largest + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  check_usage(text.size() <= largest, path.string(), " is too long for a file of options: the limit is 1 MiB");
  return parse_options(text, path.string());
}

std::string config_text(Options const& options) {
  Json config = Json::object();
  for (OptionField const& field : option_fields())
    if (field.role == OptionRole::mathematics) config[std::string(field.name)] = get_option(options, field);
  return config.dump(2) + "\n";
}

}  // namespace heddle::train
