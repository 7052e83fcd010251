package dev.tokapu.sampling;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands beside alternatives, references and values; names; bounds of numbers. */
class SchemaBesideIT {

    private static SchemaPairs pairs;

    @BeforeAll
    static void load() {
        pairs = new SchemaPairs();
    }

    @AfterAll
    static void close() {
        pairs.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"properties":{"id":{"type":"integer"}},"required":["id"],"anyOf":[{"properties":{"a":{"type":"string","maxLength":5}},"required":["a"]},{"properties":{"b":{"type":"boolean"}},"required":["b"]}]} ~ {"id":1,"a":"x"} ~ {"a":"x"}
        {"properties":{"id":{"type":"integer"},"a":{"type":"integer"},"b":{"type":"integer"}},"anyOf":[{"required":["a"]},{"required":["b"]}]} ~ {"id":1,"a":2} ~ {"id":1}
        {"properties":{"a":{"type":"integer"}},"anyOf":[{"required":["a"]},{"required":["b"]}]} ~ {"a":2,"b":null} ~ {"a":{"x":[]}}
        {"anyOf":[{"type":"null"},{"type":"string"}],"maxLength":3} ~ null ~ "abcd"
        {"anyOf":[{"type":"null"},{"type":"integer"}],"minimum":1,"maximum":5} ~ 5 ~ 6
        {"anyOf":[{"type":"null"},{"type":"string"}],"pattern":"^[0-9]{3}$"} ~ "123" ~ "12"
        {"anyOf":[{"const":1},{"const":2}],"oneOf":[{"const":2},{"const":3}]} ~ 2 ~ 1
        {"type":["string","null"],"anyOf":[{"type":"integer"},{"minLength":2}]} ~ "ab" ~ 1
        """)
    void ofJsonSchema_besideAlternatives_holdsInEach(String schema, String allowed, String forbidden) {
        pairs.assertSame(schema, allowed, forbidden);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"$ref":"#/$defs/B","properties":{"b":{"const":2}},"required":["b"],"$defs":{"B":{"properties":{"a":{"const":1}},"required":["a"]}}} ~ {"a":1,"b":2} ~ {"a":1}
        {"$ref":"#/$defs/S","maxLength":3,"$defs":{"S":{"type":"string"}}} ~ "abc" ~ "abcd"
        {"$ref":"#/$defs/Bar%3Cstring%3E","$defs":{"Bar<string>":{"const":1}}} ~ 1 ~ 2
        {"$ref":"#/$defs/caf%C3%A9%20100%25","$defs":{"caf\u00e9 100%":{"const":1}}} ~ 1 ~ 2
        `{"$ref":"#/$defs/a~1b~01","$defs":{"a/b~1":{"const":1}}}` ~ 1 ~ 2
        {"$ref":"#foo","$defs":{"x":{"$anchor":"foo","const":1}}} ~ 1 ~ 2
        {"$id":"https://x.example/s.json","type":"array","items":{"$ref":"https://x.example/s.json"}} ~ [[]] ~ [1]
        {"$id":"https://x.example/s.json","$ref":"s.json#/$defs/a","$defs":{"a":{"const":1}}} ~ 1 ~ 2
        {"$id":"https://x.example/s.json","$ref":"t.json","$defs":{"a":{"$id":"t.json","$ref":"#/$defs/c","$defs":{"c":{"const":1}}}}} ~ 1 ~ 2
        {"$dynamicAnchor":"n","type":"array","items":{"$dynamicRef":"#n"}} ~ [[]] ~ [1]
        {"properties":{"v":{"type":"integer"},"next":{"allOf":[{"$ref":"#"},{"properties":{"v":{"maximum":5}}}]}},"required":["v"]} ~ {"v":9,"next":{"v":5,"next":{"v":1}}} ~ {"v":9,"next":{"v":6}}
        """)
    void ofJsonSchema_reference_isFollowedAndWhatIsBesideItHolds(String schema, String allowed, String forbidden) {
        pairs.assertSame(schema, allowed, forbidden);
    }

    /** Before 2020-12. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"type":"array","items":{"$recursiveRef":"#"}} ~ [[[]]] ~ [1]
        {"type":"array","items":[{"const":1},{"const":2}],"additionalItems":{"const":3},"minItems":3} ~ [1,2,3] ~ [1,2,4]
        {"definitions":{"a":{"$id":"#foo","const":1}},"$ref":"#foo"} ~ 1 ~ 2
        {"type":"integer","nullable":true} ~ null ~ "a"
        {"type":"integer","nullable":true,"maximum":5} ~ 5 ~ 6
        {"allOf":[{"$ref":"#/$defs/a"}],"nullable":true,"$defs":{"a":{"const":1}}} ~ null ~ 2
        {"$ref":"#/$defs/a","nullable":true,"$defs":{"a":{"const":1}}} ~ 1 ~ 2
        {"anyOf":[{"const":1}],"nullable":true} ~ null ~ 2
        {"allOf":[{"nullable":true,"$ref":"#/$defs/a"},{"type":"integer"}],"$defs":{"a":{"const":1}}} ~ 1 ~ null
        """)
    void ofJsonSchema_olderDialects_areUnderstood(String schema, String allowed, String forbidden) {
        pairs.assertGrammar(schema, allowed, forbidden);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"type":"string","enum":["a",1,null]} ~ "a" ~ 1
        {"enum":["a","b",1],"anyOf":[{"type":"string"},{"type":"null"}]} ~ "b" ~ 1
        {"enum":["a1","b",1],"type":"string","pattern":"[0-9]"} ~ "a1" ~ "b"
        {"enum":[1,2.0,7],"maximum":5} ~ 2.0 ~ 7
        {"const":1e30} ~ 1e30 ~ 1e29
        {"allOf":[{"enum":[1,2,[3]]},{"enum":[[3.0],2.0,4]}]} ~ [3] ~ 4
        """)
    void ofJsonSchema_besideValues_chooses(String schema, String allowed, String forbidden) {
        pairs.assertSame(schema, allowed, forbidden);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"allOf":[{"$ref":"#/$defs/E"},{"description":"d"}],"$defs":{"E":{"enum":[1,"x"]}}} ~ "x" ~ "y"
        {"allOf":[{"$ref":"#/$defs/U"},{"description":"d"}],"$defs":{"U":{"oneOf":[{"const":1},{"type":"null"}]}}} ~ null ~ 2
        {"allOf":[{},{"type":"integer"}]} ~ 1 ~ "a"
        {"allOf":[{"type":"string"}],"maxLength":3} ~ "abc" ~ "abcd"
        {"allOf":[{"properties":{"a":{"const":1}},"required":["a"]},{"oneOf":[{"required":["b"]},{"required":["c"]}]}]} ~ {"a":1,"c":1} ~ {"a":1}
        {"allOf":[{"type":"string"},{"format":"email","pattern":"^[a-z]+@[a-z]+$"}],"maxLength":5} ~ "a@b" ~ "abc@de"
        {"allOf":[{"type":"integer","minimum":1},{"minimum":3,"maximum":9}]} ~ 3 ~ 2
        {"allOf":[{"type":"number"},{"type":"integer"}]} ~ 3 ~ 2.5
        {"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"a":{"maximum":5}}}]} ~ {"a":5} ~ {"a":6}
        {"allOf":[{"pattern":"^[a-z0-9]+$"},{"pattern":"[0-9]"}]} ~ "a1" ~ "ab"
        {"allOf":[{"items":{"type":"integer"}},{"prefixItems":[{"maximum":5}],"minItems":1}]} ~ [5] ~ [6]
        {"allOf":[{"properties":{"a":{}},"additionalProperties":false},{"properties":{"b":{}}}]} ~ {"a":1} ~ {"a":1,"b":2}
        """)
    void ofJsonSchema_allOf_joins(String schema, String allowed, String forbidden) {
        pairs.assertSame(schema, allowed, forbidden);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"type":"object","properties":{"":{"type":"integer"}},"required":[""]} ~ {"":17} ~ 17
        {"properties":{"root":{"type":"null"},"space":{"type":"integer"},"object":{"properties":{"value":{"const":1}},"required":["value"]}},"required":["root","space","object"]} ~ {"root":null,"space":5,"object":{"value":1}} ~ {"root":1,"space":5,"object":{"value":1}}
        {"properties":{"o":{"const":1},"r":{"const":1},"p":{"const":1}},"required":["r"]} ~ {"o":1,"r":1,"p":1} ~ {"o":1}
        {"properties":{"o":{"const":1},"p":{"const":1},"q":{"const":1}}} ~ {"o":1,"q":1} ~ {"o":2}
        {"patternProperties":{"^a":{"type":"integer"},"b$":{"maximum":5}}} ~ {"ab":5,"c":"x"} ~ {"ab":6}
        {"patternProperties":{"^a":{"const":1}},"additionalProperties":false,"required":["ab"]} ~ {"ab":1} ~ {"ab":2}
        {"properties":{"ab":{"type":"integer"}},"patternProperties":{"^a":{"maximum":5}},"required":["ab"]} ~ {"ab":5} ~ {"ab":6}
        {"propertyNames":{"enum":["a","b"]},"additionalProperties":{"const":1}} ~ {"b":1} ~ {"c":1}
        {"properties":{"a":{"const":1},"b":{"const":1},"c":{"const":1}},"maxProperties":1} ~ {"c":1} ~ {"a":1,"c":1}
        {"properties":{"a":{"const":1},"b":{"const":1},"c":{"const":1}},"minProperties":2,"required":["b"]} ~ {"b":1,"c":1} ~ {"b":1}
        {"propertyNames":{"maxLength":2},"patternProperties":{"^a":{"const":1}}} ~ {"ab":1,"x":2} ~ {"abc":1}
        {"propertyNames":{"enum":["ab","c"]},"patternProperties":{"^a":{"const":1}}} ~ {"ab":1,"c":2} ~ {"ac":1}
        {"prefixItems":[{"const":1}],"items":{"const":2},"minItems":2} ~ [1,2] ~ [1,1]
        """)
    void ofJsonSchema_names_areThoseOfTheSchema(String schema, String allowed, String forbidden) {
        pairs.assertSame(schema, allowed, forbidden);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"type":"number","minimum":0,"maximum":1} ~ 0.75 ~ 5.0
        {"type":"number","minimum":0,"maximum":1} ~ 1.0E-5 ~ 1.0E1
        {"type":"number","exclusiveMinimum":0,"exclusiveMaximum":100} ~ 99.99 ~ 100.0
        {"type":"number","minimum":-0.5,"maximum":0.5} ~ -0.50 ~ 0.51
        {"type":"number","maximum":1e3} ~ 1.0E3 ~ 1.1E3
        {"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807} ~ -9223372036854775808 ~ 9223372036854775808
        {"type":"integer","minimum":0.5,"exclusiveMaximum":3} ~ 2 ~ 3
        {"type":"number","multipleOf":0.01,"minimum":1} ~ 1.25 ~ 1.255
        """)
    void ofJsonSchema_boundsOfNumbers_hold(String schema, String allowed, String forbidden) {
        pairs.assertSame(schema, allowed, forbidden);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"type":"number","minimum":-1.7976931348623157E308,"maximum":1.7976931348623157E308} ~ 1.7976931348623157E308 ~ 1.8E308
        {"type":"number","minimum":-1.7976931348623157E308,"maximum":1.7976931348623157E308} ~ 4.9E-324 ~ 0e8826114617523202
        {"type":"number"} ~ -12.5e3 ~ 6E7523202
        {"type":"number"} ~ -0.0 ~ 00
        {"type":"integer"} ~ 1234567890123456789 ~ 12345678901234567890
        """)
    void ofJsonSchema_number_hasAsManyDigitsAsADouble(String schema, String allowed, String forbidden) {
        pairs.assertGrammar(schema, allowed, forbidden);
    }
}
