#include "schema_narrow.h"

#include "call.h"
#include "schema_values.h"

#include <algorithm>
#include <map>
#include <set>

namespace tokapu {

namespace {

constexpr size_t MAX_NODES      = 10000;     // subschemas, after references under allOf were followed
constexpr size_t MAX_DEFS       = 1000;      // different targets of references
constexpr size_t MAX_KEY        = 512;       // bytes of the name of a property
constexpr size_t MAX_PROPERTIES = 1000;      // of one object: names that look alike as names of rules cost their square
constexpr size_t MAX_OPTIONAL   = 256;       // optional properties of an object: the converter's work grows as their cube
constexpr size_t MAX_CUBES      = 200000000;  // and the sum of these cubes
constexpr size_t MAX_NAMES      = 16U << 20U;  // bytes of all paths: the converter makes rule names of them
constexpr int    MAX_ALL_OF     = 16;        // references that lead on to further references or allOf
constexpr char   DEFS[]         = "tokapu-ref";

using Keys = std::vector<std::string>;

class Narrowing {
  public:
    explicit Narrowing(const common_json & root) : root(root) {}

    common_json run() {
        common_json result = narrow(root, "#");
        common_json defs   = common_json::object();
        for (size_t i = 0; i < targets.size(); i++) {  // grows meanwhile
            const std::string target = targets[i];
            defs[std::to_string(i)]  = narrow(resolve(target, "#"), target);
        }
        check_cycles(defs);
        if (!targets.empty()) {
            result[DEFS] = defs;
        }
        return result;
    }

  private:
    common_json narrow(const common_json & schema, const std::string & path) {
        names += path.size();
        if (++nodes > MAX_NODES || names > MAX_NAMES) {
            fail_schema("#", "it is too large: more than " + std::to_string(MAX_NODES) + " subschemas, or very long paths");
        }
        if (schema == true) {
            return common_json::object();
        }
        if (schema == false) {
            fail_schema(path, "the schema false allows no value");
        }
        if (!schema.is_object()) {
            fail_schema(path, "a schema must be an object or a boolean");
        }
        if (schema.contains("$ref")) {
            return reference(schema.at("$ref"), path);
        }
        for (const char * key : { "anyOf", "oneOf" }) {
            if (schema.contains(key)) {
                return alternatives(schema.at(key), path + "/" + key);
            }
        }
        if (schema.contains("const") || schema.contains("enum")) {
            return values(schema, path);
        }
        if (schema.contains("allOf")) {
            return all_of(schema, path);
        }
        return typed(schema, path);
    }

    // --- references

    common_json reference(const common_json & value, const std::string & path) {
        const std::string target = ref_text(value, path);
        auto              known  = numbers.find(target);
        if (known == numbers.end()) {
            if (targets.size() == MAX_DEFS) {
                fail_schema(path, "$ref has more than " + std::to_string(MAX_DEFS) + " different targets");
            }
            known = numbers.emplace(target, targets.size()).first;
            targets.push_back(target);
        }
        common_json result = common_json::object();
        result["$ref"]     = std::string("#/") + DEFS + "/" + std::to_string(known->second);
        return result;
    }

    static std::string ref_text(const common_json & value, const std::string & path) {
        if (!value.is_string()) {
            fail_schema(path, "$ref must be a string");
        }
        auto target = value.get<std::string>();
        if (target != "#" && target.compare(0, 2, "#/") != 0) {
            fail_schema(path, "$ref '" + target.substr(0, 100) + "' leads out of this schema; only '#' and '#/...' can be followed");
        }
        if (target.size() > 4 * MAX_KEY) {
            fail_schema(path, "$ref is longer than " + std::to_string(4 * MAX_KEY) + " bytes");
        }
        return target;
    }

    // One step of a JSON pointer, without its escapes.
    static std::string pointer_step(std::string step) {
        for (size_t at = step.find('~'); at != std::string::npos; at = step.find('~', at + 1)) {
            step.replace(at, 2, step.compare(at, 2, "~1") == 0 ? "/" : "~");
        }
        return step;
    }

    const common_json & resolve(const std::string & target, const std::string & path) const {
        const common_json * node = &root;
        for (size_t at = 1; at < target.size();) {
            const size_t      end  = std::min(target.find('/', at + 1), target.size());
            const std::string step = pointer_step(target.substr(at + 1, end - at - 1));
            if (node->is_object() && node->contains(step)) {
                node = &node->at(step);
            } else if (node->is_array() && !step.empty() && step.size() < 7 &&
                       step.find_first_not_of("0123456789") == std::string::npos && std::stoul(step) < node->size()) {
                node = &node->at(static_cast<size_t>(std::stoul(step)));
            } else {
                fail_schema(path, "$ref '" + target.substr(0, 100) + "' leads nowhere");
            }
            at = end;
        }
        return *node;
    }

    // A reference that leads back to itself without a value in between describes nothing, and makes a left-recursive grammar.
    static void direct(const common_json & schema, std::vector<size_t> & out) {
        if (schema.contains("$ref")) {
            const auto target = schema.at("$ref").get<std::string>();
            out.push_back(std::stoul(target.substr(target.rfind('/') + 1)));
        } else if (schema.contains("anyOf")) {
            for (const auto & one : schema.at("anyOf")) {
                direct(one, out);
            }
        }
    }

    void check_cycles(const common_json & defs) const {
        std::vector<std::vector<size_t>> next(targets.size());
        std::vector<size_t>              waits(targets.size());
        for (size_t i = 0; i < targets.size(); i++) {
            direct(defs.at(std::to_string(i)), next[i]);
            for (const size_t to : next[i]) {
                waits[to]++;
            }
        }
        std::vector<size_t> free;
        for (size_t i = 0; i < targets.size(); i++) {
            if (waits[i] == 0) {
                free.push_back(i);
            }
        }
        size_t done = 0;
        for (; done < free.size(); done++) {
            for (const size_t to : next[free[done]]) {
                if (--waits[to] == 0) {
                    free.push_back(to);
                }
            }
        }
        if (done < targets.size()) {
            const auto stuck = static_cast<size_t>(
                std::find_if(waits.begin(), waits.end(), [](size_t n) { return n != 0; }) - waits.begin());
            fail_schema(targets[stuck], "$ref leads back to itself");
        }
    }

    // --- choices

    common_json alternatives(const common_json & list, const std::string & path) {
        if (!list.is_array() || list.empty()) {
            fail_schema(path, "must be an array of at least one schema");
        }
        common_json result = common_json::array();
        size_t      i      = 0;
        for (const auto & one : list) {
            result.push_back(narrow(one, path + "/" + std::to_string(i++)));
        }
        common_json node = common_json::object();
        node["anyOf"]    = result;
        return node;
    }

    static common_json values(const common_json & schema, const std::string & path) {
        common_json node = common_json::object();
        if (schema.contains("const")) {
            node["const"] = schema.at("const");
            return node;
        }
        const common_json & list = schema.at("enum");
        if (!list.is_array() || list.empty()) {
            fail_schema(path, "enum must be an array of at least one value");
        }
        node["enum"] = list;
        return node;
    }

    // Only objects can be joined; that is what allOf is used for, beside hanging a description on a reference.
    common_json all_of(const common_json & schema, const std::string & path) {
        common_json merged = common_json::object();
        merged["type"]     = "object";
        const common_json & parts = schema.at("allOf");
        if (!parts.is_array() || parts.empty()) {
            fail_schema(path, "allOf must be an array of at least one schema");
        }
        if (parts.size() == 1 && !schema.contains("properties") && !schema.contains("required")) {
            return narrow(parts.at(size_t{ 0 }), path + "/allOf/0");
        }
        join(schema, merged, path, 0);
        return object(merged, path);
    }

    void join(const common_json & part, common_json & merged, const std::string & path, int depth) {
        if (depth > MAX_ALL_OF || ++nodes > MAX_NODES) {
            fail_schema(path, "allOf joins too many schemas, or leads back to itself");
        }
        if (!part.is_object() || part.contains("anyOf") || part.contains("oneOf") || part.contains("enum") || part.contains("const")) {
            fail_schema(path, "allOf can join plain object schemas only");
        }
        if (part.contains("$ref")) {
            const std::string target = ref_text(part.at("$ref"), path);
            join(resolve(target, path), merged, target, depth + 1);
            return;
        }
        const std::vector<std::string> types = schema_types(part, path);
        if (types.size() > 1 || (types.size() == 1 && types[0] != "object")) {
            fail_schema(path, "allOf can join plain object schemas only");
        }
        if (part.contains("allOf")) {
            const common_json & parts = part.at("allOf");
            if (!parts.is_array()) {
                fail_schema(path, "allOf must be an array of at least one schema");
            }
            size_t i = 0;
            for (const auto & one : parts) {
                join(one, merged, path + "/allOf/" + std::to_string(i++), depth + 1);
            }
        }
        join_properties(part, merged, path);
    }

    static void join_properties(const common_json & part, common_json & merged, const std::string & path) {
        if (part.contains("properties")) {
            check_properties(part.at("properties"), path);
            for (const auto & [name, property] : part.at("properties").items()) {
                if (merged["properties"].is_null()) {
                    merged["properties"] = common_json::object();
                }
                if (merged.at("properties").contains(name)) {
                    fail_schema(path, "allOf defines the property '" + name.substr(0, 100) + "' twice");
                }
                merged["properties"][name] = property;
            }
        }
        for (const std::string & name : required_names(part, path)) {
            if (merged["required"].is_null()) {
                merged["required"] = common_json::array();
            }
            merged["required"].push_back(name);
        }
    }

    // --- types

    common_json typed(const common_json & schema, const std::string & path) {
        const std::vector<std::string> types = schema_types(schema, path);
        if (types.empty()) {
            return common_json::object();
        }
        if (types.size() == 1) {
            return of_type(schema, types[0], path);
        }
        common_json node = common_json::object();
        node["anyOf"]    = common_json::array();
        for (const std::string & type : types) {
            node["anyOf"].push_back(of_type(schema, type, path));
        }
        return node;
    }

    common_json of_type(const common_json & schema, const std::string & type, const std::string & path) {
        if (type == "object") {
            return object(schema, path);
        }
        if (type == "array") {
            return array(schema, path);
        }
        common_json node = common_json::object();
        node["type"]     = type;
        if (type == "string") {
            text(schema, node, path);
        } else if (type == "integer") {
            copy_integer_bounds(schema, node, path);
        }
        return node;
    }

    static void text(const common_json & schema, common_json & node, const std::string & path) {
        const CountRange range = schema_counts(schema, "minLength", "maxLength", path);
        for (const char * key : { "pattern", "format" }) {
            if (schema.contains(key) && !schema.at(key).is_string()) {
                fail_schema(path, std::string(key) + " must be a string");
            }
        }
        if (schema.contains("pattern") && is_sound_pattern(schema.at("pattern").get<std::string>())) {
            node["pattern"] = schema.at("pattern");
        } else if (schema.contains("format") && is_known_format(schema.at("format").get<std::string>())) {
            node["format"] = schema.at("format");
        } else {
            if (range.min > 0) {
                node["minLength"] = range.min;
            }
            if (range.max >= 0) {
                node["maxLength"] = range.max;
            }
        }
    }

    static bool is_known_format(const std::string & format) {
        return format == "date" || format == "time" || format == "date-time" || format == "uuid";
    }

    common_json array(const common_json & schema, const std::string & path) {
        CountRange range = schema_counts(schema, "minItems", "maxItems", path);
        const char * const first = schema.contains("prefixItems") ? "prefixItems" : "items";
        common_json        node  = common_json::object();
        node["type"]             = "array";
        if (schema.contains(first) && schema.at(first).is_array()) {
            const common_json & items = schema.at(first);
            size_t              n     = items.size();
            if (range.max >= 0 && range.max < static_cast<int64_t>(n)) {
                n = static_cast<size_t>(range.max);
            }
            if (range.min > static_cast<int64_t>(n)) {
                fail_schema(path, std::string("minItems is more than the number of ") + first);
            }
            node["items"] = common_json::array();
            for (size_t i = 0; i < n; i++) {
                node["items"].push_back(narrow(items.at(i), path + "/" + first + "/" + std::to_string(i)));
            }
            return node;
        }
        if (schema.contains("items") && schema.at("items") == false) {
            range.max = 0;
            if (range.min > 0) {
                fail_schema(path, "minItems asks for items, but items allows none");
            }
        } else if (schema.contains("items")) {
            node["items"] = narrow(schema.at("items"), path + "/items");
        }
        node["minItems"] = range.min;
        if (range.max >= 0) {
            node["maxItems"] = range.max;
        }
        return node;
    }

    static Keys required_names(const common_json & schema, const std::string & path) {
        Keys names;
        if (!schema.contains("required")) {
            return names;
        }
        if (!schema.at("required").is_array()) {
            fail_schema(path, "required must be an array of strings");
        }
        for (const auto & name : schema.at("required")) {
            if (!name.is_string()) {
                fail_schema(path, "required must be an array of strings");
            }
            names.push_back(name.get<std::string>());
        }
        return names;
    }

    static void check_properties(const common_json & properties, const std::string & path) {
        if (!properties.is_object()) {
            fail_schema(path, "properties must be an object");
        }
    }

    // Further properties come only where none are defined: the converter's rule for other names lets bad JSON pass.
    common_json object(const common_json & schema, const std::string & path) {
        common_json node     = common_json::object();
        node["type"]         = "object";
        const bool  open     = schema.contains("additionalProperties");
        common_json others   = open ? schema.at("additionalProperties") : common_json(true);
        common_json required = common_json::array();
        common_json defined  = common_json::object();
        if (schema.contains("properties")) {
            check_properties(schema.at("properties"), path);
            for (const auto & [name, property] : schema.at("properties").items()) {
                add_property(defined, name, property, path);
            }
        }
        const Keys needed = required_names(schema, path);
        for (const std::string & name : needed) {
            required.push_back(name);
            if (!defined.contains(name)) {
                if (others == false || is_forbidden(schema, name)) {
                    fail_schema(path, "'" + name.substr(0, 100) + "' is required, but no property of that name is allowed");
                }
                add_property(defined, name, others, path);
            }
        }
        if (defined.empty()) {
            node["additionalProperties"] = others.is_boolean() ? others : narrow(others, path + "/additionalProperties");
            return node;
        }
        count_optional(defined.size() - std::set<std::string>(needed.begin(), needed.end()).size(), path);
        node["properties"] = defined;
        node["required"]   = required;
        return node;
    }

    static bool is_forbidden(const common_json & schema, const std::string & name) {
        return schema.contains("properties") && schema.at("properties").contains(name);
    }

    void add_property(common_json & defined, const std::string & name, const common_json & schema, const std::string & path) {
        if (name.size() > MAX_KEY) {
            fail_schema(path, "the name of a property is longer than " + std::to_string(MAX_KEY) + " bytes");
        }
        if (name.find(DEFS) != std::string::npos) {
            fail_schema(path, std::string("the name of a property holds '") + DEFS + "', which is reserved");
        }
        if (defined.size() == MAX_PROPERTIES) {
            fail_schema(path, "it has more than " + std::to_string(MAX_PROPERTIES) + " properties");
        }
        if (schema == false) {
            return;  // must not be there
        }
        defined[name] = narrow(schema, path + "/properties/" + name);
    }

    void count_optional(size_t optional, const std::string & path) {
        cubes += optional * optional * optional;
        if (optional > MAX_OPTIONAL || cubes > MAX_CUBES) {
            fail_schema(path, "it has too many optional properties; make some of them required (at most " +
                                  std::to_string(MAX_OPTIONAL) + " can be optional in one object)");
        }
    }

    const common_json &           root;
    std::vector<std::string>      targets;  // of references, in the order of their numbers
    std::map<std::string, size_t> numbers;
    size_t                        nodes = 0;
    size_t                        names = 0;
    size_t                        cubes = 0;
};

}  // namespace

common_json narrow_schema(const common_json & schema) {
    return Narrowing(schema).run();
}

}  // namespace tokapu
