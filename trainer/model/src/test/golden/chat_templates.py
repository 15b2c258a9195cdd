"""Renders the chat templates among the test resources as transformers does, with Jinja2 itself.

    python3 trainer/model/src/test/golden/chat_templates.py trainer/model/src/test/resources/io/prefstream/model/tokenizer/chat

reads conversations.json and every *.jinja there and writes expected.json: for each template and
conversation the text, or null where rendering fails. Needs jinja2 (3.1.6 was used).
"""

import datetime
import json
import pathlib
import sys

import jinja2
import jinja2.ext
import jinja2.nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2026, 1, 5, 7, 8, 9)


class Generation(jinja2.ext.Extension):
    """The tag of transformers around what the assistant says."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.Scope(body).set_lineno(line)


def tojson(value, ensure_ascii=False, indent=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, sort_keys=sort_keys)


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def environment():
    made = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    made.filters["tojson"] = tojson
    made.globals["raise_exception"] = refuse
    made.globals["strftime_now"] = NOW.strftime
    return made


def render(template, messages):
    try:
        return environment().from_string(template).render(
            messages=messages, add_generation_prompt=True, bos_token="<s>", eos_token="</s>"
        )
    except (jinja2.exceptions.TemplateError, TypeError):
        return None


def main(folder):
    conversations = json.loads((folder / "conversations.json").read_text())
    expected = {
        file.name: {name: render(file.read_text(), said) for name, said in conversations.items()}
        for file in sorted(folder.glob("*.jinja"))
    }
    (folder / "expected.json").write_text(
        json.dumps(expected, ensure_ascii=False, indent=2) + "\n"
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
