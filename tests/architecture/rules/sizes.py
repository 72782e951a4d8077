"""Sizes that keep the code readable."""

import ast
from collections.abc import Iterator

FUNCTION_LINES = 40
FILE_LINES = 300
TEMPLATE_LINES = 120


def check_file_size(name: str, text: str) -> Iterator[str]:
    limit = FILE_LINES if name.endswith(".py") else TEMPLATE_LINES
    if (lines := text.count("\n")) > limit:
        yield f"{name}: {lines} lines, at most {limit}"


def check_function_sizes(name: str, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{name}:{node.lineno}: {node.name} has {lines} lines, over {FUNCTION_LINES}"
