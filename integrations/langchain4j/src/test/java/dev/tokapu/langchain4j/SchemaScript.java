package dev.tokapu.langchain4j;

import dev.tokapu.Playbook;

/** What the model says in LangChain4j's own tests of AI services that answer with Java values. */
final class SchemaScript {

    private static final String KLAUS = "{\"name\":\"Klaus\",\"age\":37,\"height\":1.78,\"married\":false}";
    private static final String FRANNY = "{\"name\":\"Franny\",\"age\":35,\"height\":1.65,\"married\":true}";
    private static final String DAY = "{\"year\":1976,\"month\":8,\"day\":12}";
    private static final String TIME = "{\"hour\":14,\"minute\":43,\"second\":0,\"nano\":0}";

    private static final String REX = "{\"type\":\"Dog\",\"name\":\"Rex\",\"breed\":\"Labrador\"}";
    private static final String WHISKERS = "{\"type\":\"Cat\",\"name\":\"Whiskers\",\"indoor\":true}";

    private SchemaScript() {}

    static Playbook playbook() {
        return alternatives(objects(values(new Playbook())))
                .says("Klaus is 37 years old, 1.78m height and single.", "{\"value\":\"SINGLE\"}")
                .says("following text: Klaus", "{\"name\":\"Klaus\"}");
    }

    private static Playbook objects(Playbook playbook) {
        return playbook.says("following text: Klaus is 37 years old", KLAUS)
                .says("Do not include missing fields", "{\"name\":\"Klaus\"}")
                .says(
                        "Langley Falls",
                        "{\"name\":\"Klaus\",\"shippingAddress\":{\"city\":\"Langley Falls\"},"
                                + "\"billingAddress\":{\"city\":\"New York\"}}")
                .says("Klaus is single", "{\"name\":\"Klaus\",\"maritalStatus\":\"SINGLE\"}")
                .says("Klaus likes", "{\"name\":\"Klaus\",\"favouriteColors\":[\"orange\",\"green\"]}")
                .says("2 pets", "{\"name\":\"Klaus\",\"pets\":[{\"name\":\"Peanut\"},{\"name\":\"Muffin\"}]}")
                .says("groups A and C", "{\"name\":\"Klaus\",\"groups\":[\"A\",\"C\"]}")
                .says(
                        "Klaus was born",
                        "{\"name\":\"Klaus\",\"birthDate\":" + DAY + ",\"birthTime\":" + TIME
                                + ",\"birthDateTime\":{\"date\":" + DAY + ",\"time\":" + TIME + "}}")
                .says(
                        "2 children",
                        "{\"name\":\"Francine\",\"children\":[{\"name\":\"Steve\",\"children\":[]},"
                                + "{\"name\":\"Hayley\",\"children\":[]}]}")
                .says("567b229a", "{\"id\":\"567b229a-6b0a-4f1e-9006-448cd9dfbfda\",\"name\":\"Klaus\"}");
    }

    private static Playbook values(Playbook playbook) {
        return playbook.says("Extract if the person", "{\"value\":true}")
                .says("Extract number of people", "{\"value\":2}")
                .says("Extract temperature", "{\"value\":-0.5}")
                .says("Extract names of people", "{\"values\":[\"Klaus\",\"Franny\"]}")
                .says("Staniel is 33", "{\"values\":[\"SINGLE\",\"MARRIED\",\"MARRIED\"]}")
                .says("Franny is 35", "{\"values\":[" + KLAUS + "," + FRANNY + "]}")
                .says("Klaus and Francine", "{\"values\":[{\"name\":\"Klaus\"},{\"name\":\"Francine\"}]}")
                .says("The weather in Berlin", "{\"values\":[\"SUNNY\",\"WINDY\",\"RAINY\",\"CLOUDY\"]}");
    }

    private static Playbook alternatives(Playbook playbook) {
        return playbook.says("Rex is a Labrador dog", "{\"value\":" + REX + "}")
                .says("Rex is a Labrador.", "{\"values\":[" + REX + "," + WHISKERS + "]}")
                .says("Alice owns a Labrador", "{\"name\":\"Alice\",\"pet\":" + REX + "}")
                .says("1+2+3", "{\"value\":" + sum(sum(constant(1), constant(2)), constant(3)) + "}");
    }

    private static String constant(int value) {
        return "{\"type\":\"Constant\",\"value\":" + value + "}";
    }

    private static String sum(String left, String right) {
        return "{\"type\":\"Addition\",\"left\":" + left + ",\"right\":" + right + "}";
    }
}
