// Makes a JSON Schema into one that llama.cpp's converter translates soundly and in bounded time.
#pragma once

#include "json.h"

#include <string>

namespace tokapu {

// The largest count that a grammar can repeat.
constexpr int64_t MAX_SCHEMA_COUNT = 2000;

// A schema with the same or fewer values, except that keywords are left out that no grammar is made for (docs/structured-output.md
// lists what is enforced): every keyword that is left has one meaning, references are renamed and acyclic outside of values,
// counts and bounds are in range, patterns are of the kind that the converter gets right. Fails with TOKAPU_ERROR_GRAMMAR.
common_json narrow_schema(const common_json & schema);

}  // namespace tokapu
