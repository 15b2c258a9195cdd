package io.prefstream.ingest.redact;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.ingest.redact.PlantedSecrets.Planted;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {

    private static final Redactor REDACTOR = RedactionRules.all().redactor();

    /** Code around a planted string, in several languages. */
    private static final List<String> CONTEXTS =
            List.of(
                    "class A {\n"
                            + "    static final String VALUE = \"%s\";\n"
                            + "    int x() { return 1; }\n"
                            + "}\n",
                    "class A {\n"
                            + "    /** Try it with {@code %s}. */\n"
                            + "    int x() { return call(\"a\", 1); }\n"
                            + "}\n",
                    "class A {\n"
                            + "    void x() {\n"
                            + "        client.send(\"a\\n"
                            + "%s\\n"
                            + "\", 3); // as in the docs\n"
                            + "    }\n"
                            + "}\n",
                    "value = '%s'\n\n\ndef f(x):\n    return x + 1\n",
                    "def f(x):\n    # used to be %s\n    return {'value': \"%s\"}\n",
                    "const config = { value: `%s`, other: 1 };\n",
                    "func f() error {\n\treturn send(\"%s\", nil)\n}\n",
                    "fn f() -> u8 {\n    let value: &str = \"%s\";\n    send(value)\n}\n",
                    "#include <a.h>\n"
                            + "static const char *value = \"%s\";\n"
                            + "int f(void) { return 1; }\n");

    @Test
    void findsAtLeast95PercentOfPlantedSecretsOfMoreThan40Kinds() {
        Set<String> kinds = new TreeSet<>();
        List<String> missed = new ArrayList<>();
        Map<String, String> otherKind = new TreeMap<>();
        int all = 0;
        for (int seed = 0; seed < 20; seed++) {
            for (Planted planted : everything(seed)) {
                kinds.add(planted.kind());
                for (String context : CONTEXTS) {
                    if (!planted.text().matches("[^\\n\"'`]*")) {
                        continue;
                    }
                    all++;
                    Redacted redacted = REDACTOR.redact(context.replace("%s", planted.text()));
                    if (redacted.text().contains(planted.secret())) {
                        missed.add(planted.kind() + " " + planted.text());
                    } else if (!redacted.kinds().contains(planted.kind())) {
                        otherKind.put(planted.kind(), redacted.kinds().toString());
                    }
                }
            }
        }
        System.out.printf(
                "planted %,d of %d kinds, missed %s, of another kind %s%n",
                all,
                kinds.size(),
                missed.stream()
                        .collect(
                                Collectors.groupingBy(
                                        miss -> miss.substring(0, miss.indexOf(' ')),
                                        TreeMap::new,
                                        Collectors.counting())),
                otherKind);

        assertThat(kinds).hasSizeGreaterThanOrEqualTo(40);
        assertThat((double) missed.size() / all)
                .as(() -> "missed " + missed.stream().distinct().limit(40).toList())
                .isLessThan(0.05);
    }

    @Test
    void leavesTheCodeAroundASecretWhole() {
        for (Planted planted : everything(99)) {
            for (String context : CONTEXTS.subList(0, 5)) {
                Language language = context.startsWith("class") ? Language.JAVA : Language.PYTHON;
                String code = context.replace("%s", planted.text().replaceAll("[\"'`]", ""));
                try (SyntaxTree tree = SyntaxTree.parse(language, REDACTOR.redact(code).text())) {
                    assertThat(tree.hasErrors()).as(planted.kind()).isFalse();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RSA PRIVATE KEY",
                "PRIVATE KEY",
                "ENCRYPTED PRIVATE KEY",
                "OPENSSH PRIVATE KEY",
                "EC PRIVATE KEY",
                "PGP PRIVATE KEY BLOCK"
            })
    void replacesAPrivateKeyOverLinesOfAnyKind(String mark) {
        List<String> key = new PlantedSecrets(7).key(mark);
        Map<String, Language> codes =
                Map.of(
                        "class A {\n  String k =\n    \""
                                + String.join("\\n\"\n + \"", key)
                                + "\";\n}\n",
                        Language.JAVA,
                        "class A {\n  String k = \"\"\"\n    "
                                + String.join("\n    ", key)
                                + "\n    \"\"\";\n}\n",
                        Language.JAVA,
                        "/*\n * " + String.join("\n * ", key) + "\n */\nclass A {}\n",
                        Language.JAVA,
                        "K = '''" + String.join("\n", key) + "'''\n",
                        Language.PYTHON,
                        "K = [\n    '" + String.join("',\n    '", key) + "',\n]\n",
                        Language.PYTHON,
                        "K = b'" + String.join("\\n", key.subList(0, key.size() - 1)) + "'\n",
                        Language.PYTHON);

        codes.forEach(
                (code, language) -> {
                    Redacted redacted = REDACTOR.redact(code);

                    assertThat(redacted.kinds()).hasSize(1);
                    assertThat(redacted.kinds().get(0)).endsWith("PRIVATE_KEY");
                    for (String line : key.subList(1, key.size() - 1)) {
                        assertThat(redacted.text()).doesNotContain(line);
                    }
                    try (SyntaxTree tree = SyntaxTree.parse(language, redacted.text())) {
                        assertThat(tree.hasErrors()).as(redacted.text()).isFalse();
                    }
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    String password = "tr0ub4dor&3";                     | String password = "<PASSWORD>";
                    props.put("db.password", "tr0ub4dor&3");             | props.put("db.password", "<PASSWORD>");
                    client.setApiKey("9f8e7d6c5b4a3f2e1d0c9b8a");        | client.setApiKey("<SECRET>");
                    const TOKEN: &str = "9f8e7d6c5b4a3f2e1d0c9b8a";      | const TOKEN: &str = "<SECRET>";
                    let secret: string = '9f8e7d6c5b4a3f2e1d0c9b8a'      | let secret: string = '<SECRET>'
                    {"client_secret": "9f8e7d6c5b4a3f2e1d0c9b8a"}        | {"client_secret": "<SECRET>"}
                    # export APP_TOKEN=9f8e7d6c5b4a3f2e1d0c9b8a          | # export APP_TOKEN=<SECRET>
                    // @author Jo (jo.doe+x@acme.co.uk), 2020            | // @author Jo (<EMAIL>), 2020
                    String host = "93.184.216.34:80";                    | String host = "<IPV4>:80";
                    server = "93.184.216.34"                             | server = "<IPV4>"
                    curl("https://jo:hunter22x@host.acme.io/a")          | curl("https://<BASIC_AUTH_URL>@host.acme.io/a")
                    """)
    void replacesTheValueAlone(String code, String redacted) {
        assertThat(REDACTOR.redact(code).text()).isEqualTo(redacted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "String password = \"changeme\";",
                "String password = \"${db.password}\";",
                "String password = getPassword(\"db.password\");",
                "password = '<password>'",
                "String TOKEN_TYPE = \"access_token\";",
                "token.equals(\"function\")",
                "String key = \"AKIAIOSFODNN7EXAMPLE\";",
                "api_key = 'xxxxxxxxxxxxxxxxxxxxxxxx'",
                "mail(\"jo@example.com\"); git@github.com:a/b.git",
                "y = q@k.to(device) + a@b.T",
                "bind(\"127.0.0.1\", \"0.0.0.0\", \"10.1.2.3\", \"192.168.0.1\", \"203.0.113.9\")",
                "version = \"11.22.33.44\"; // v4.12.13.14",
                "String oid = \"2.5.29.17\"; x = \"1.3.6.1.4.1.311\";",
                "a ? b1::c2::d3 : 12:30:45; \"::1\" \"fe80::1\" \"2001:db8::1\"",
                "int tokenLength = 12345678; secret(1, 2);",
                "String BEGIN = \"-----BEGIN PRIVATE KEY-----\"; String END = \"-----END PRIVATE"
                        + " KEY-----\";",
                "http://user:password@host/ jdbc:x?password=${p}&user=a",
                "long[] TABLE = {0x9E3779B97F4A7C15L, 4503599627370496L};",
                "see section 4.10.22.7, [17.4.3.6] and v93.184.216.34",
                "TOKENS = ['token', 'sodium_crypto_secretstream_xchacha20poly1305_push']",
                "@Override @Test public void a() {}",
            })
    void leavesWhatIsNoSecret(String code) {
        assertThat(REDACTOR.redact(code)).isEqualTo(new Redacted(code, List.of()));
    }

    @Test
    void redactsTheSameTextOnce() {
        String once = REDACTOR.redact("String password = \"tr0ub4dor&3\"; // a@acme.io").text();

        assertThat(REDACTOR.redact(once)).isEqualTo(new Redacted(once, List.of()));
    }

    @Test
    void replacesOnlyTheKindsThatAreWanted() {
        String code = "String password = \"tr0ub4dor&3\"; // a@acme.io";

        assertThat(new RedactionRules(Set.of("EMAIL")).redactor().redact(code).kinds())
                .containsExactly("EMAIL");
        assertThat(new RedactionRules(Set.of()).redactor().redact(code).text()).isEqualTo(code);
    }

    @Test
    void givesSamplesWithoutSecretsWhereverTheyAreCut() {
        List<String> key = new PlantedSecrets(3).key("PRIVATE KEY");
        for (int shift = 0; shift < 64; shift++) {
            String text =
                    "x".repeat(3_000 + shift)
                            + "\n"
                            + String.join("\n", key)
                            + "\n"
                            + "y\n".repeat(2_000);

            assertThat(REDACTOR.sample(text)).doesNotContain(key.get(2));
        }
        assertThat(REDACTOR.sample(null)).isNull();
    }

    /** Each of these takes for ever where a pattern goes back over what it has read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "@",
                "a@",
                "a@a.",
                "a.",
                "-----BEGIN PRIVATE KEY-----",
                "-----BEGIN A",
                "-----BEGIN PRIVATE KEY-----\nAAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH\n",
                "password",
                "password=\"",
                "password = \"\\\\",
                "token: ",
                "secret ",
                "://",
                "http://a:",
                "eyJ",
                "eyJaaaaaaaaaaaa.",
                "1.1.",
                "1.",
                "2001:",
                "2abc::",
                "AKIA",
                "sk-ant-",
                "authorization: basic ",
                "Bearer ",
                "&password=",
                "SK0",
                "Private-Lines: 3\nAAAAAAAAAAAAAAAAAAAAAAAA\n",
                "0/1111111111111",
                "'\"`",
                "EAAC",
                "fm2_="
            })
    @Timeout(120) // A guard against hours: linear time is some milliseconds.
    void takesNoQuadraticTimeForHostileText(String part) {
        String text = part.repeat(2_000_000 / part.length());
        REDACTOR.redact(text.substring(0, 200_000));

        assertThat(REDACTOR.redact(text)).isNotNull();
    }

    @Test
    void tellsEachFunctionWhatWasReplacedInIt() {
        String[] function = {"By <EMAIL>.", "int f() { call(\"<EMAIL>\"); }"};

        assertThat(Placeholders.in(List.of("EMAIL", "EMAIL", "EMAIL", "JWT"), function))
                .containsExactly("EMAIL", "EMAIL");
        assertThat(Placeholders.in(List.of("EMAIL"), null, "<EMAIL>")).containsExactly("EMAIL");
        assertThat(Placeholders.in(List.of(), function)).isEmpty();
    }

    private static List<Planted> everything(int seed) {
        PlantedSecrets secrets = new PlantedSecrets(seed);
        List<Planted> all = new ArrayList<>(secrets.one());
        for (String mark :
                List.of("RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK")) {
            List<String> key = secrets.key(mark);
            String kind =
                    mark.startsWith("RSA")
                            ? "PEM_PRIVATE_KEY"
                            : mark.substring(0, mark.indexOf(' ')) + "_PRIVATE_KEY";
            all.add(new Planted(kind, String.join("\\n", key), key.get(5)));
        }
        String password = secrets.password();
        all.add(new Planted("PASSWORD", "password=\\\"" + password + "\\\"", password));
        return all.stream()
                .filter(planted -> !planted.text().contains("\""))
                .collect(Collectors.toList());
    }
}
