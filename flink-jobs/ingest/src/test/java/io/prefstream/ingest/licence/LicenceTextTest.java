package io.prefstream.ingest.licence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LicenceTextTest {

    private static final String APACHE_OF_THE_FOUNDATION =
            """
            /*
             * Licensed to the Apache Software Foundation (ASF) under one or more
             * contributor license agreements.  See the NOTICE file distributed with
             * this work for additional information regarding copyright ownership.
             * The ASF licenses this file to You under the Apache License, Version 2.0
             * (the "License"); you may not use this file except in compliance with
             * the License.  You may obtain a copy of the License at
             *
             *      https://www.apache.org/licenses/LICENSE-2.0
             *
             * Unless required by applicable law or agreed to in writing, software
             * distributed under the License is distributed on an "AS IS" BASIS,
             * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
             * See the License for the specific language governing permissions and
             * limitations under the License.
             */
            package a;
            """;

    private static final String MIT =
            """
            Permission is hereby granted, free of charge, to any person obtaining a copy
            of this software and associated documentation files (the "Software"), to deal
            in the Software without restriction, including without limitation the rights
            to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
            copies of the Software, and to permit persons to whom the Software is
            furnished to do so, subject to the following conditions:

            The above copyright notice and this permission notice shall be included in
            all copies or substantial portions of the Software.

            THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
            IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
            FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
            AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
            LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
            OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
            THE SOFTWARE.
            """;

    private static final String BSD_3_OF_AN_AUTHOR =
            """
            Copyright (c) 2010, The Example Authors. All rights reserved.

            Redistribution and use in source and binary forms, with or without
            modification, are permitted provided that the following conditions are met:

              * Redistributions of source code must retain the above copyright notice,
                this list of conditions and the following disclaimer.
              * Redistributions in binary form must reproduce the above copyright notice,
                this list of conditions and the following disclaimer in the documentation
                and/or other materials provided with the distribution.
              * Neither the name of Example Inc. nor the names of its contributors may be
                used to endorse or promote products derived from this software without
                specific prior written permission.

            THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
            AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
            IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
            DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT OWNER OR CONTRIBUTORS BE LIABLE
            FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
            DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
            SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
            CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
            OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
            OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
            """;

    private static final String GPL_2_OR_LATER =
            """
            # This program is free software; you can redistribute it and/or
            # modify it under the terms of the GNU General Public License
            # as published by the Free Software Foundation; either version 2
            # of the License, or (at your option) any later version.
            #
            # This program is distributed in the hope that it will be useful,
            # but WITHOUT ANY WARRANTY; without even the implied warranty of
            # MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
            # GNU General Public License for more details.
            #
            # You should have received a copy of the GNU General Public License
            # along with this program; if not, write to the Free Software
            # Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA  02110-1301, USA.
            """;

    private static final String MPL_2 =
            """
            /* This Source Code Form is subject to the terms of the Mozilla Public
             * License, v. 2.0. If a copy of the MPL was not distributed with this
             * file, You can obtain one at https://mozilla.org/MPL/2.0/. */
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    // SPDX-License-Identifier: MIT                                    | MIT
                    # SPDX-License-Identifier: apache-2.0 or mit                       | Apache-2.0 OR MIT
                    /* SPDX-License-Identifier: (GPL-2.0+ WITH Classpath-exception-2.0) */ | GPL-2.0-or-later WITH Classpath-exception-2.0
                    <!-- SPDX-License-Identifier: MIT AND (ISC OR 0BSD) -->             | MIT AND (ISC OR 0BSD)
                    \"\"\"SPDX-License-Identifier: BSD-3-Clause\"\"\"                   | BSD-3-Clause
                    """)
    void readsAnIdentifierOfTheHeader(String header, String licence) {
        assertThat(LicenceText.inHeader(header + "\nint x;\n"))
                .contains(new LicenceFinding(licence, "spdx-header"));
    }

    @Test
    void readsNoIdentifierBelowTheHeader() {
        assertThat(LicenceText.inHeader("int x;\n// SPDX-License-Identifier: MIT\n")).isEmpty();
        assertThat(LicenceText.inHeader("int x;\n" + APACHE_OF_THE_FOUNDATION)).isEmpty();
    }

    @Test
    void knowsLicencesByTheirWords() {
        assertThat(header(APACHE_OF_THE_FOUNDATION)).isEqualTo("Apache-2.0");
        assertThat(header("#!/bin/sh\n" + GPL_2_OR_LATER)).isEqualTo("GPL-2.0-or-later");
        assertThat(header(MPL_2)).isEqualTo("MPL-2.0");
        assertThat(header("/*\n" + MIT.indent(3) + "*/")).isEqualTo("MIT");
        assertThat(header("package a;\n\n" + commented("// ", MIT))).isEqualTo("MIT");
        assertThat(header(commented(" * ", "/*\n" + BSD_3_OF_AN_AUTHOR + "*/").substring(3)))
                .isEqualTo("BSD-3-Clause");
        assertThat(header("'''" + MIT + "'''")).isEqualTo("MIT");
    }

    @Test
    void takesALicenceThatSomeoneChangedForAnother() {
        assertThat(LicenceText.of(MIT.replace("without limitation", "with no limits"))).isPresent();
        assertThat(LicenceText.of(MIT.substring(0, MIT.indexOf("THE SOFTWARE IS")))).isEmpty();
        assertThat(
                        LicenceText.of(
                                BSD_3_OF_AN_AUTHOR.replaceAll(
                                        "(?s)  \\* Neither.*permission\\.\n", "")))
                .hasToString("Optional[BSD-2-Clause]");
        assertThat(LicenceText.of(MIT + "\"Commons Clause\" License Condition v1.0\n"))
                .hasToString("Optional[MIT AND LicenseRef-Proprietary]");
    }

    @Test
    void findsBothLicencesOfAFileThatHoldsTwo() {
        assertThat(LicenceText.of(MIT + "\n\nParts of it:\n\n" + BSD_3_OF_AN_AUTHOR))
                .hasToString("Optional[BSD-3-Clause AND MIT]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    // Licensed under the MIT license.                  | MIT
                    // Released under the terms of the Apache License, Version 2.0. | Apache-2.0
                    /** @license MIT */                                 |
                    /** License: BSD 3-Clause */                        | BSD-3-Clause
                    // This code is distributed under the GPL.          | LicenseRef-GPL
                    # Use of this source code is governed by a BSD-style license in the LICENSE file. |
                    // Proprietary and confidential. Acme Inc.          | LicenseRef-Proprietary
                    """)
    void readsANoticeThatNamesALicence(String header, String licence) {
        assertThat(LicenceText.inHeader(header + "\nint x;").map(LicenceFinding::spdxId))
                .isEqualTo(java.util.Optional.ofNullable(licence));
    }

    static List<String> texts() {
        return SpdxList.get().references().stream()
                .filter(reference -> !reference.header())
                .map(SpdxList.Reference::id)
                .filter(
                        id ->
                                List.of(
                                                "Apache-2.0",
                                                "MIT",
                                                "BSD-2-Clause",
                                                "BSD-3-Clause",
                                                "GPL-2.0-only",
                                                "GPL-3.0-only",
                                                "LGPL-2.1-only",
                                                "LGPL-3.0-only",
                                                "AGPL-3.0-only",
                                                "MPL-2.0",
                                                "EPL-1.0",
                                                "EPL-2.0",
                                                "ISC",
                                                "Zlib",
                                                "BSL-1.0",
                                                "CDDL-1.0",
                                                "Unlicense",
                                                "CC0-1.0",
                                                "0BSD",
                                                "MIT-0",
                                                "X11",
                                                "NCSA",
                                                "PSF-2.0",
                                                "BlueOak-1.0.0",
                                                "JSON")
                                        .contains(id))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void knowsEachWellKnownTextFromAllOthers(String id) {
        String text =
                SpdxList.get().references().stream()
                        .filter(reference -> !reference.header() && reference.id().equals(id))
                        .flatMap(reference -> reference.segments().stream())
                        .map(words -> String.join(" ", words))
                        .collect(Collectors.joining(" Example Corporation "));

        assertThat(LicenceText.of(text.toUpperCase(java.util.Locale.ROOT)))
                .hasToString("Optional[" + id + "]");
    }

    private static String header(String text) {
        return LicenceText.inHeader(text + "\nclass A {}\n")
                .filter(finding -> finding.evidence().equals("header"))
                .map(LicenceFinding::spdxId)
                .orElse("none");
    }

    private static String commented(String mark, String text) {
        return text.lines().map(line -> mark + line).collect(Collectors.joining("\n"));
    }
}
