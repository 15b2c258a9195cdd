/** Models behind OpenAI-compatible endpoints: vLLM, SGLang, TGI, llama.cpp, hosted services. */
@NullMarked
package io.prefstream.generation.openai;

import org.jspecify.annotations.NullMarked;
