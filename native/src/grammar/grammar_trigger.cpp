#include "grammar/grammar_trigger.h"

#include "core/guard.h"
#include "core/large_stack.h"

namespace tokapu {

namespace {

constexpr size_t MAX_PATTERN = 1000;  // bytes

// Breadth-first matching: libstdc++'s other way takes a stack in proportion to the text, and exponential time for some patterns.
constexpr auto SYNTAX = std::regex::ECMAScript | std::regex_constants::__polynomial;

// The pattern behind any text, so that one pass over the text finds the leftmost match. Group 1 is the match.
std::string searching(const std::string & pattern) {
    static const std::string any = "[\\s\\S]*?";
    size_t                   at  = 0;
    if (pattern.compare(0, any.size() + 1, "^" + any) == 0) {  // says the same, and may look at cut off text
        at = any.size() + 1;
    }
    return any + "(" + pattern.substr(at) + ")";
}

}  // namespace

TriggerPattern::TriggerPattern(const std::string & pattern) {
    if (pattern.size() > MAX_PATTERN) {
        fail(TOKAPU_ERROR_GRAMMAR, "a trigger pattern has %zu bytes; at most %zu are supported", pattern.size(), MAX_PATTERN);
    }
    try {
        on_large_stack([&] {
            regex.assign(pattern, SYNTAX);  // by itself: what is unbalanced must not become right inside of the group
            regex.assign(searching(pattern), SYNTAX);
        });
    } catch (const std::regex_error & e) {
        fail(TOKAPU_ERROR_GRAMMAR,
             "the trigger pattern '%.300s' is not a regular expression, is too large, or refers back to a group: %s",
             pattern.c_str(), e.what());
    }
}

size_t TriggerPattern::find(const std::string & text, bool from_start) const {
    std::smatch match;
    const auto  flags = from_start ? std::regex_constants::match_continuous
                                   : std::regex_constants::match_continuous | std::regex_constants::match_not_bol;
    if (!std::regex_search(text, match, regex, flags)) {
        return std::string::npos;
    }
    for (size_t i = 2; i < match.size(); i++) {
        if (match.length(i) > 0) {
            return static_cast<size_t>(match.position(i));
        }
    }
    return static_cast<size_t>(match.position(1));
}

}  // namespace tokapu
