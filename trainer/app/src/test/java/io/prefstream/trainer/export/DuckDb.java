package io.prefstream.trainer.export;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads Parquet with DuckDB, which has nothing in common with what wrote it. */
public final class DuckDb {

    private DuckDb() {}

    /** Column names and DuckDB's types, in order. */
    static Map<String, String> types(Path files) {
        Map<String, String> types = new LinkedHashMap<>();
        for (List<Object> row : rows("DESCRIBE SELECT * FROM read_parquet('%s')", files)) {
            types.put(row.get(0).toString(), row.get(1).toString());
        }
        return types;
    }

    /** What a SELECT says of the files, which stand at {@code %s}. */
    static List<List<Object>> rows(String sql, Path files) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql.formatted(files))) {
            List<List<Object>> rows = new ArrayList<>();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getObject(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of a SELECT, as strings. */
    static List<String> column(String sql, Path files) {
        return rows(sql, files).stream().map(row -> String.valueOf(row.get(0))).toList();
    }

    /** Writes the objects of a JSON Lines file as rows of a Parquet file. */
    public static void parquet(Path jsonLines, Path parquet) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "COPY (SELECT * FROM read_json('%s', format = 'newline_delimited')) TO '%s' (FORMAT parquet)"
                            .formatted(jsonLines, parquet));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
