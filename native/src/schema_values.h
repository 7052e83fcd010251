// The keywords of a JSON Schema whose values are numbers, names of types or patterns.
#pragma once

#include "json.h"

#include <string>
#include <vector>

namespace tokapu {

[[noreturn]] void fail_schema(const std::string & path, const std::string & problem);

// minLength and the like: a whole number from 0 on; `otherwise` when it is absent.
int64_t schema_count(const common_json & schema, const char * key, const std::string & path, int64_t otherwise);

// A lower and an upper count under these keys; the upper one is -1 for none, also when it is larger than a grammar can count.
struct CountRange {
    int64_t min;
    int64_t max;
};

CountRange schema_counts(const common_json & schema, const char * min_key, const char * max_key, const std::string & path);

// Copies minimum, maximum and their exclusive forms to an integer schema, as bounds that the converter gets right: with one
// bound alone it is wrong for a minimum above 9 and for a maximum below 0.
void copy_integer_bounds(const common_json & from, common_json & to, const std::string & path);

// The types that a schema names, or the one that its keywords imply; empty for any.
std::vector<std::string> schema_types(const common_json & schema, const std::string & path);

// Whether the converter's grammar for this pattern is right: anchored at both ends; literals that need no escape in JSON,
// classes of such characters, groups, alternatives inside groups, and quantifiers.
bool is_sound_pattern(const std::string & pattern);

}  // namespace tokapu
