package io.prefstream.ingest.licence;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.content.Fetched;
import io.prefstream.content.SourceFile;
import io.prefstream.ingest.IngestReason;
import io.prefstream.ingest.filter.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearbyLicencesTest {

    private static final String APACHE = "Licensed under the Apache License, Version 2.0";
    private static final String ISC = "Released under the ISC license.";

    @Test
    void takesTheNearestLicenceFileUpTheFolders() {
        NearbyLicences nearby =
                nearby(null, "LICENSE", APACHE, "vendor/x/COPYING.txt", ISC, "NOTICE", "MIT");

        assertThat(nearby.of("a/b/C.java"))
                .isEqualTo(new LicenceFinding("Apache-2.0", "file:LICENSE"));
        assertThat(nearby.of("D.java")).isEqualTo(nearby.of("a/b/C.java"));
        assertThat(nearby.of("vendor/x/y/Z.java"))
                .isEqualTo(new LicenceFinding("ISC", "file:vendor/x/COPYING.txt"));
        assertThat(nearby.of("vendor/E.java")).isEqualTo(nearby.of("D.java"));
    }

    @Test
    void offersAChoiceWhereTheNamesSayThatThereIsOne() {
        assertThat(nearby(null, "LICENSE-MIT", "MIT", "LICENSE-APACHE", APACHE).of("src/lib.rs"))
                .isEqualTo(
                        new LicenceFinding("MIT OR Apache-2.0", "file:LICENSE-MIT,LICENSE-APACHE"));
        assertThat(nearby(null, "LICENSE", "MIT", "COPYING", "GPL-3.0-only").of("a.py"))
                .isEqualTo(new LicenceFinding("MIT AND GPL-3.0-only", "file:LICENSE,COPYING"));
    }

    @ParameterizedTest
    @CsvSource({
        "META-INF/LICENSE.txt, org/a/B.java",
        "META-INF/maven/org.a/b/pom.xml, org/a/B.java",
        "pkg-1.0.dist-info/licenses/LICENSE, pkg/a.py",
        "pkg-1.0/LICENCE.md, pkg-1.0/src/a.py",
        "MIT-LICENSE, a.js",
        "license.mit, a.js"
    })
    void knowsWhereArchivesKeepTheirLicence(String licence, String file) {
        String text =
                licence.endsWith(".xml")
                        ? "<project><licenses><license><name>MIT"
                                + " License</name></license></licenses></project>"
                        : "MIT License";
        assertThat(nearby(null, licence, text).of(file))
                .isNotNull()
                .extracting(LicenceFinding::spdxId)
                .isEqualTo("MIT");
    }

    @Test
    void takesSourceFilesForNoLicence() {
        assertThat(nearby(null, "license.py", "MIT", "License.java", "MIT").of("a.py")).isNull();
    }

    @Test
    void asksTheMetadataLast() {
        assertThat(nearby("The MIT License", "LICENSE", ISC).of("a.py"))
                .isEqualTo(new LicenceFinding("ISC", "file:LICENSE"));
        assertThat(nearby("The MIT License", "LICENSE", "Do as you like.").of("a.py"))
                .isEqualTo(new LicenceFinding("MIT", "metadata"));
        assertThat(nearby("whatever").of("a.py")).isNull();
        assertThat(nearby("Apache 2.0", "a/package.json", "{\"license\":\"ISC\"}").of("a/b.js"))
                .isEqualTo(new LicenceFinding("ISC", "metadata:a/package.json"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    package.json   | {"license":"(MIT OR Apache-2.0)"}                        | MIT OR Apache-2.0
                    package.json   | {"licenses":[{"type":"MIT"},{"type":"GPL-2.0"}]}         | MIT OR GPL-2.0-only
                    package.json   | {"license":"SEE LICENSE IN x"}                           |
                    package.json   | {"license":                                              |
                    Cargo.toml     | [package]~license = "MIT/Apache-2.0"                     | MIT OR Apache-2.0
                    Cargo.toml     | [dependencies]~license = "0.1"                           |
                    pyproject.toml | [project]~license = {text = "BSD 3-Clause"}              | BSD-3-Clause
                    pyproject.toml | [tool.poetry]~license = "MIT"                            | MIT
                    setup.cfg      | [metadata]~license = Apache 2.0                          | Apache-2.0
                    PKG-INFO       | Name: x~Classifier: License :: OSI Approved :: MIT License~~License: GPL | MIT
                    PKG-INFO       | License: MIT~License-Expression: 0BSD                    | 0BSD
                    pom.xml        | <!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><project><licenses><license><name>&e;</name></license></licenses></project> |
                    pom.xml        | <project><licenses><license><name>Apache License, Version 2.0</name></license><license><name>LGPL 2.1</name></license></licenses></project> | Apache-2.0 OR LGPL-2.1-only
                    """)
    void readsManifests(String path, String text, @Nullable String licence) {
        assertThat(PackageManifest.licence(path, text.replace('~', '\n')).map(Object::toString))
                .isEqualTo(Optional.ofNullable(licence));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Apache License, Version 2.0           | Apache-2.0
                    The Apache Software License, Version 2.0 | Apache-2.0
                    https://www.apache.org/licenses/LICENSE-2.0.txt | Apache-2.0
                    The MIT License                       | MIT
                    MIT license                           | MIT
                    BSD 3-Clause "New" or "Revised" License | BSD-3-Clause
                    New BSD License                       | BSD-3-Clause
                    Eclipse Public License v2.0           | EPL-2.0
                    GNU Lesser General Public License v2.1 or later | LGPL-2.1-or-later
                    GPL2 w/ CPE                           | GPL-2.0-only WITH Classpath-exception-2.0
                    Apache-2.0; MIT                       | Apache-2.0 OR MIT
                    BSD                                   | LicenseRef-BSD
                    Boost Software License 1.0            | BSL-1.0
                    my own                                |
                    """)
    void knowsTheNamesThatPeopleWrite(String name, @Nullable String licence) {
        assertThat(LicenceNames.get().named(name).map(Object::toString))
                .isEqualTo(Optional.ofNullable(licence));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    MIT                          | true
                    GPL-3.0-only                 | false
                    MIT OR GPL-3.0-only          | true
                    MIT AND GPL-3.0-only         | false
                    MIT AND ISC                  | true
                    Apache-2.0 WITH LLVM-exception | true
                    GPL-2.0-only WITH Classpath-exception-2.0 | false
                    (GPL-2.0-only OR MIT) AND ISC | true
                    LicenseRef-Acme              | false
                    """)
    void permitsWhatTheListPermits(String licence, boolean permitted) {
        Optional<Refusal> refusal =
                LicenceOptions.policy(new Configuration())
                        .refuse(new LicenceFinding(licence, "header"));

        assertThat(refusal.isEmpty()).isEqualTo(permitted);
        assertThat(refusal.map(Refusal::reason))
                .isEqualTo(
                        permitted
                                ? Optional.empty()
                                : Optional.of(IngestReason.LICENCE_NOT_ALLOWED));
    }

    @Test
    void refusesWhatIsUnknownUnlessToldOtherwise() {
        assertThat(new LicencePolicy(Set.of("MIT"), false).refuse(null))
                .hasValueSatisfying(
                        refusal -> {
                            assertThat(refusal.reason()).isEqualTo(IngestReason.LICENCE_UNKNOWN);
                            assertThat(refusal.detail()).contains("ingest.licence.unknown=reject");
                        });
        assertThat(new LicencePolicy(Set.of("MIT"), true).refuse(null)).isEmpty();
    }

    private static NearbyLicences nearby(@Nullable String declared, String... pathsAndTexts) {
        List<SourceFile> files = new ArrayList<>();
        for (int i = 0; i < pathsAndTexts.length; i += 2) {
            files.add(
                    new SourceFile(
                            pathsAndTexts[i],
                            pathsAndTexts[i + 1].getBytes(StandardCharsets.UTF_8)));
        }
        return new NearbyLicences(new Fetched(files, List.of()), declared);
    }
}
