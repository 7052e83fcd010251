package dev.tokapu.examples.rag;

import dev.tokapu.examples.search.Passage;
import dev.tokapu.examples.search.SearchBy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table of a database, searched by vectors: PostgreSQL with pgvector, or H2. */
final class SqlStore implements PassageStore {

    private final Connection connection;
    private final Dialect dialect;

    private SqlStore(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /**
     * What the databases have different words for.
     *
     * @param nearest the search
     * @param table makes the table anew
     */
    private record Dialect(String nearest, List<String> table) {

        // @start region="pgvector"
        static final Dialect POSTGRESQL = new Dialect(
                "select file, text from passage order by vector <=> cast(? as vector) limit ?", // by cosine
                List.of(
                        "create extension if not exists vector",
                        "drop table if exists passage",
                        "create table passage (file text, text text, vector vector(%d))",
                        "create index on passage using hnsw (vector vector_cosine_ops)"));
        // @end

        /** Compares the question with all vectors: 70 ms of CPU for ten thousand passages. */
        static final Dialect H2 = new Dialect(
                "select file, text from passage order by product(vector, ?) desc limit ?",
                List.of(
                        "create alias if not exists product for '" + H2Functions.class.getName() + ".product'",
                        "drop table if exists passage",
                        "create table passage (file varchar, text varchar, vector real array[%d])"));
    }

    static SqlStore open(String url) throws SQLException {
        Dialect dialect = url.startsWith("jdbc:postgresql:") ? Dialect.POSTGRESQL : Dialect.H2;
        return new SqlStore(DriverManager.getConnection(url), dialect);
    }

    @Override
    public void replace(List<Passage> passages, List<float[]> vectors) throws SQLException {
        int dimensions = vectors.isEmpty() ? 1 : vectors.get(0).length;
        try (Statement statement = connection.createStatement()) {
            for (String sql : dialect.table()) {
                statement.execute(String.format(Locale.ROOT, sql, dimensions));
            }
        }
        try (PreparedStatement insert = connection.prepareStatement("insert into passage values (?, ?, ?)")) {
            for (int i = 0; i < passages.size(); i++) {
                insert.setString(1, passages.get(i).file());
                insert.setString(2, passages.get(i).text());
                insert.setArray(3, array(vectors.get(i)));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private Array array(float[] vector) throws SQLException {
        Float[] numbers = new Float[vector.length];
        for (int i = 0; i < vector.length; i++) {
            numbers[i] = vector[i];
        }
        return connection.createArrayOf("float4", numbers);
    }

    @Override
    public List<SearchBy> kinds() {
        return List.of(SearchBy.MEANING);
    }

    @Override
    public List<Passage> find(SearchBy by, String question, float[] vector, int count) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(dialect.nearest())) {
            select.setArray(1, array(vector));
            select.setInt(2, count);
            List<Passage> passages = new ArrayList<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    passages.add(new Passage(found.getString("file"), found.getString("text")));
                }
            }
            return passages;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
