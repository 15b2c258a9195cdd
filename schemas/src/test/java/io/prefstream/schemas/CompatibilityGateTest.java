package io.prefstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The build fails here when a change of a record breaks FULL_TRANSITIVE compatibility. */
class CompatibilityGateTest {

    static List<Topic<?>> topics() {
        return Topics.all();
    }

    @ParameterizedTest
    @MethodSource("topics")
    void schemaIsFullyCompatibleWithEveryReleasedVersion(Topic<?> topic) {
        List<Schema> history =
                SchemaHistory.of(topic).stream().map(SchemaHistory.Version::schema).toList();

        assertThat(history).as("released versions of %s", topic).isNotEmpty();
        assertThat(SchemaHistory.violations(history, topic.schema()))
                .as("change of %s", topic.type().getSimpleName())
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("topics")
    void newestReleasedVersionIsTheCurrentSchema(Topic<?> topic) {
        List<SchemaHistory.Version> history = SchemaHistory.of(topic);

        assertThat(history.get(history.size() - 1).schema())
                .as(
                        "%s changed: record the new version with GoldenBytesTest (see its header)",
                        topic.type().getSimpleName())
                .isEqualTo(topic.schema());
    }

    @ParameterizedTest
    @MethodSource("topics")
    void everyRecordFieldAndEnumIsDocumented(Topic<?> topic) {
        assertDocumented(topic.schema());
    }

    @Test
    void gateRefusesARemovedFieldWithoutDefault() {
        Schema old = record().requiredString("id").requiredLong("step").endRecord();
        Schema next = record().requiredString("id").endRecord();

        assertThat(SchemaHistory.violations(List.of(old), next))
                .singleElement()
                .asString()
                .contains("version 1 cannot read the new schema", "READER_FIELD_MISSING_DEFAULT");
    }

    @Test
    void gateRefusesANewFieldWithoutDefault() {
        Schema old = record().requiredString("id").endRecord();
        Schema next = record().requiredString("id").requiredLong("step").endRecord();

        assertThat(SchemaHistory.violations(List.of(old), next)).hasSize(1);
    }

    @Test
    void gateRefusesAChangedTypeInAnyOlderVersionNotOnlyTheLast() {
        Schema first = record().name("n").type().stringType().stringDefault("").endRecord();
        Schema second = record().requiredString("id").endRecord();
        Schema third = record().name("n").type().intType().intDefault(0).endRecord();

        assertThat(SchemaHistory.violations(List.of(first), third)).isNotEmpty();
        assertThat(SchemaHistory.violations(List.of(second), third)).isNotEmpty();
    }

    @Test
    void gateAcceptsANewFieldWithDefault() {
        Schema old = record().requiredString("id").endRecord();
        Schema next = record().requiredString("id").optionalString("why").endRecord();

        assertThat(SchemaHistory.violations(List.of(old), next)).isEmpty();
    }

    private static SchemaBuilder.FieldAssembler<Schema> record() {
        return SchemaBuilder.record("io.prefstream.schemas.Example").fields();
    }

    private static void assertDocumented(Schema schema) {
        switch (schema.getType()) {
            case RECORD -> {
                assertThat(schema.getDoc()).as("doc of %s", schema.getFullName()).isNotBlank();
                for (Schema.Field field : schema.getFields()) {
                    assertThat(field.doc())
                            .as("doc of %s.%s", schema.getFullName(), field.name())
                            .isNotBlank();
                    assertDocumented(field.schema());
                }
            }
            case ENUM -> {
                assertThat(schema.getDoc()).as("doc of %s", schema.getFullName()).isNotBlank();
                assertThat(schema.getEnumDefault())
                        .as("default of %s, without which no symbol can be added", schema)
                        .isNotNull();
            }
            case UNION -> schema.getTypes().forEach(CompatibilityGateTest::assertDocumented);
            case ARRAY -> assertDocumented(schema.getElementType());
            case MAP -> assertDocumented(schema.getValueType());
            default -> {}
        }
    }
}
