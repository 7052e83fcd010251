package dev.tokapu.examples.rag;

import dev.tokapu.examples.search.Passage;
import dev.tokapu.examples.search.SearchBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How well passages are found: for each question the place of the passage that answers it, 0 where it is not among the first ten.
 *
 * @param places in the order of the questions
 */
record Evaluation(List<Integer> places) {

    private static final int MOST = 10;

    /** A question, and what the passage is that answers it: its file, and a phrase that is in no other passage there. */
    record Question(String text, String file, String phrase) {

        /** Reads lines with a question, a file and a phrase, between tabs. */
        static List<Question> read(Path file) throws IOException {
            List<Question> questions = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split("\t", -1);
                if (parts.length != 3) {
                    throw new IOException(file + " has the line '" + line
                            + "'; it must be a question, a file and a phrase, between tabs");
                }
                questions.add(new Question(parts[0], parts[1], parts[2]));
            }
            return questions;
        }

        private boolean isAnsweredBy(Passage passage) {
            return passage.file().equals(file) && passage.text().contains(phrase);
        }
    }

    static Evaluation of(Retriever retriever, SearchBy by, List<Question> questions) throws IOException, SQLException {
        List<Integer> places = new ArrayList<>();
        for (Question question : questions) {
            List<Passage> found = retriever.find(by, question.text(), MOST);
            int place = 0;
            for (int i = 0; i < found.size() && place == 0; i++) {
                place = question.isAnsweredBy(found.get(i)) ? i + 1 : 0;
            }
            places.add(place);
        }
        return new Evaluation(places);
    }

    /** The share of questions whose passage is among the first so many. */
    double hitRate(int count) {
        return places.stream().filter(place -> place > 0 && place <= count).count() / (double) places.size();
    }

    /** The mean of one over the place, 0 where the passage was not found. */
    double meanReciprocalRank() {
        return places.stream()
                .mapToDouble(place -> place > 0 ? 1.0 / place : 0)
                .average()
                .orElse(0);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "hit rate at 1: %.2f, at 3: %.2f, at 5: %.2f; MRR: %.2f",
                hitRate(1),
                hitRate(3),
                hitRate(5),
                meanReciprocalRank());
    }
}
