#include "schema_values.h"

#include "call.h"
#include "schema_narrow.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tokapu {

namespace {

constexpr double  INT64_LIMIT = 9223372036854775808.0;
constexpr int64_t LOWEST      = INT64_MIN + 2;  // the outermost values, also with the other sign, mean "none" to the converter
constexpr int64_t HIGHEST     = INT64_MAX - 1;
constexpr int64_t DIGITS_16   = 9999999999999999;  // as many digits as an integer without bounds can have

enum class Round { up, down };

// A bound as a whole number; bounds beyond 64 bits become the outermost ones.
int64_t bound(const common_json & value, Round round, const char * key, const std::string & path) {
    if (!value.is_number()) {
        fail_schema(path, std::string(key) + " must be a number");
    }
    const double number = value.get<double>();
    if (number >= INT64_LIMIT) {
        return INT64_MAX;
    }
    if (number < -INT64_LIMIT) {
        return INT64_MIN;
    }
    if (value.is_number_integer()) {
        return value.get<int64_t>();
    }
    const double whole = round == Round::up ? std::ceil(number) : std::floor(number);
    return whole >= INT64_LIMIT ? INT64_MAX : static_cast<int64_t>(whole);
}

int64_t next(int64_t value) {
    return value == INT64_MAX ? value : value + 1;
}

int64_t previous(int64_t value) {
    return value == INT64_MIN ? value : value - 1;
}

const char * const TYPES[] = { "null", "boolean", "number", "integer", "string", "array", "object" };

bool has_any(const common_json & schema, std::initializer_list<const char *> keys) {
    return std::any_of(keys.begin(), keys.end(), [&](const char * key) { return schema.contains(key); });
}

std::string type_name(const common_json & value, const std::string & path) {
    if (!value.is_string()) {
        fail_schema(path, "type must be a string or an array of strings");
    }
    const auto name = value.get<std::string>();
    if (std::none_of(std::begin(TYPES), std::end(TYPES), [&](const char * type) { return name == type; })) {
        fail_schema(path, "unknown type '" + name.substr(0, 100) + "'");
    }
    return name;
}

// Reads a pattern of the sound kind.
class PatternReader {
  public:
    explicit PatternReader(const std::string & pattern) : text(pattern) {}

    bool read() {
        if (text.size() < 2 || text.size() > 1000 || text.front() != '^' || text.back() != '$' ||
            text.find('\0') != std::string::npos) {
            return false;
        }
        at = 1;
        return sequence(0) && at == text.size() - 1;
    }

  private:
    static bool is_plain(char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || (c != '\0' && std::strchr(" _:/@,;#%&=~'<>!-", c) != nullptr);
    }

    char peek() const { return at < text.size() - 1 ? text[at] : '\0'; }

    bool sequence(int depth) {
        do {
            if (!item(depth)) {
                return false;
            }
            quantifier();
        } while (at < text.size() - 1 && peek() != ')' && peek() != '|');
        return true;
    }

    bool item(int depth) {
        const char c = peek();
        if (c == '[') {
            return char_class();
        }
        if (c == '(') {
            return depth < 20 && group(depth);
        }
        if (c == '\\') {
            // The converter would repeat what stands before an escape as well.
            at += 2;
            return at < text.size() && std::strchr(".+*?()[]{}|^$", text[at - 1]) != nullptr &&
                   std::strchr("*+?{", text[at]) == nullptr;
        }
        at++;
        return is_plain(c);
    }

    bool group(int depth) {
        at++;
        if (text.compare(at, 2, "?:") == 0) {
            at += 2;
        }
        while (sequence(depth + 1)) {
            const char c = peek();
            at++;
            if (c == ')') {
                return true;
            }
            if (c != '|') {
                return false;
            }
        }
        return false;
    }

    // [a-zA-Z0-9_-]: letters, digits, ranges of them and other plain characters; '-' last.
    bool char_class() {
        const size_t start = ++at;
        for (; peek() != ']'; at++) {
            const char c = peek();
            if (!is_plain(c) || (c == '-' && at + 1 < text.size() && text[at + 1] != ']')) {
                return false;
            }
            if (text[at + 1] == '-' && text[at + 2] != ']') {
                const char end = text[at + 2];
                const bool sound = (std::isdigit(c) && std::isdigit(end)) || (std::islower(c) && std::islower(end)) ||
                                   (std::isupper(c) && std::isupper(end));
                if (!sound || c > end) {
                    return false;
                }
                at += 2;
            }
        }
        at++;
        return at > start + 1;
    }

    // Malformed counts are left for item() to stumble over.
    void quantifier() {
        const char c = peek();
        if (c == '*' || c == '+' || c == '?') {
            at++;
            return;
        }
        if (c != '{') {
            return;
        }
        size_t  end   = at + 1;
        int64_t count[2] = { 0, -1 };
        int     n     = 0;
        while (n < 2 && std::isdigit(static_cast<unsigned char>(text[end])) != 0) {
            count[n] = 0;
            while (std::isdigit(static_cast<unsigned char>(text[end])) != 0) {
                count[n] = std::min<int64_t>(count[n] * 10 + (text[end++] - '0'), MAX_SCHEMA_COUNT + 1);
            }
            if (n == 0 && text[end] == ',' && std::isdigit(static_cast<unsigned char>(text[end + 1])) != 0) {
                end++;
            }
            n++;
        }
        const int64_t most = n == 2 ? count[1] : count[0];
        if (n > 0 && text[end] == '}' && most >= count[0] && most > 0 && most <= MAX_SCHEMA_COUNT) {
            at = end + 1;
        }
    }

    const std::string & text;
    size_t              at = 0;
};

}  // namespace

void fail_schema(const std::string & path, const std::string & problem) {
    fail(TOKAPU_ERROR_GRAMMAR, "the JSON schema at %.300s: %s", path.c_str(), problem.c_str());
}

int64_t schema_count(const common_json & schema, const char * key, const std::string & path, int64_t otherwise) {
    if (!schema.contains(key)) {
        return otherwise;
    }
    const common_json & value  = schema.at(key);
    const double        number = value.is_number() ? value.get<double>() : -1;
    if (!(number >= 0) || number != std::floor(number)) {
        fail_schema(path, std::string(key) + " must be a whole number, 0 or more");
    }
    return number > 1e9 ? 1000000000 : static_cast<int64_t>(number);
}

CountRange schema_counts(const common_json & schema, const char * min_key, const char * max_key, const std::string & path) {
    const int64_t min = schema_count(schema, min_key, path, 0);
    const int64_t max = schema_count(schema, max_key, path, -1);
    if (min > MAX_SCHEMA_COUNT) {
        fail_schema(path, std::string(min_key) + " is more than " + std::to_string(MAX_SCHEMA_COUNT));
    }
    if (max >= 0 && max < min) {
        fail_schema(path, std::string(max_key) + " is less than " + min_key);
    }
    return { min, max > MAX_SCHEMA_COUNT ? -1 : max };
}

void copy_integer_bounds(const common_json & from, common_json & to, const std::string & path) {
    int64_t min = INT64_MIN;
    int64_t max = INT64_MAX;
    if (from.contains("minimum")) {
        min = std::max(min, bound(from.at("minimum"), Round::up, "minimum", path));
    }
    if (from.contains("exclusiveMinimum")) {
        min = std::max(min, next(bound(from.at("exclusiveMinimum"), Round::down, "exclusiveMinimum", path)));
    }
    if (from.contains("maximum")) {
        max = std::min(max, bound(from.at("maximum"), Round::down, "maximum", path));
    }
    if (from.contains("exclusiveMaximum")) {
        max = std::min(max, previous(bound(from.at("exclusiveMaximum"), Round::up, "exclusiveMaximum", path)));
    }
    if (min > max || min == INT64_MAX || max < LOWEST) {
        fail_schema(path, "no integer of 64 bits is within the bounds");
    }
    // Without a bound a grammar has 16 digits.
    if (min <= -DIGITS_16 && max >= -DIGITS_16) {
        min = INT64_MIN;
    }
    if (max >= DIGITS_16 && min <= DIGITS_16) {
        max = INT64_MAX;
    }
    if (max == INT64_MAX && min > 9) {
        max = min > DIGITS_16 ? HIGHEST : DIGITS_16;
    } else if (min == INT64_MIN && max < 0) {
        min = max < -DIGITS_16 ? LOWEST : -DIGITS_16;
    }
    if (min != INT64_MIN) {
        to["minimum"] = std::max(min, LOWEST);
    }
    if (max != INT64_MAX) {
        to["maximum"] = max;
    }
}

std::vector<std::string> schema_types(const common_json & schema, const std::string & path) {
    if (schema.contains("type")) {
        const common_json & type = schema.at("type");
        if (!type.is_array()) {
            return { type_name(type, path) };
        }
        if (type.empty()) {
            fail_schema(path, "type must not be empty");
        }
        std::vector<std::string> names;
        for (const auto & one : type) {
            const std::string name = type_name(one, path);
            if (std::find(names.begin(), names.end(), name) == names.end()) {
                names.push_back(name);
            }
        }
        return names;
    }
    if (has_any(schema, { "properties", "additionalProperties", "required", "patternProperties" })) {
        return { "object" };
    }
    if (has_any(schema, { "items", "prefixItems", "minItems", "maxItems" })) {
        return { "array" };
    }
    if (has_any(schema, { "pattern", "minLength", "maxLength", "format" })) {
        return { "string" };
    }
    if (has_any(schema, { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf" })) {
        return { "number" };
    }
    return {};
}

bool is_sound_pattern(const std::string & pattern) {
    return PatternReader(pattern).read();
}

}  // namespace tokapu
