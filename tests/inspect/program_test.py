#!/usr/bin/python3
"""Tests the program behind `./heddle inspect`: program_test.py PROGRAM"""
import html.parser
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = sys.argv.pop()
KERNEL = "kernels/norm/row_norm.cuh"


def inspect(*arguments):
    result = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
    return result.returncode, result.stdout, result.stderr


class Rows(html.parser.HTMLParser):
    """The cells of the rows of the page's tables; fails where a tag closes what is not open."""

    def __init__(self):
        super().__init__()
        self.open, self.rows = [], []

    def handle_starttag(self, tag, attributes):
        if tag != "meta":
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


class Inspect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder) / name for name in ("all.json", "page.html")]
            cls.code, cls.table, _ = inspect("layer_norm_forward", "16x1024", "--type", "f32", "--json", files[0],
                                             "--html", files[1])
            cls.json = json.loads(files[0].read_text(encoding="utf-8"))
            cls.page = files[1].read_text(encoding="utf-8")
        cls.source = (ROOT / KERNEL).read_text(encoding="utf-8").split("\n")

    def line_of(self, text):
        """The number of the one line of the kernel's source that contains the text."""
        numbers = [i for i, line in enumerate(self.source, 1) if text in line]
        self.assertEqual(len(numbers), 1, text)
        return numbers[0]

    def test_lists_kernels(self):
        code, text, _ = inspect()
        self.assertEqual(code, 0)
        self.assertIn("layer_norm_forward", text)
        self.assertIn("layer_norm_backward", text)

    def test_table_names_lines_and_resources(self):
        self.assertEqual(self.code, 0)
        self.assertIn(f"row_norm.cuh:{self.line_of('store_f32(p.y')}", self.table)
        self.assertIn("sm_80: ", self.table)

    def test_json(self):
        # x and y, gamma and beta once, mean and rstd.
        bytes_needed = 2 * 16 * 1024 * 4 + 2 * 1024 * 4 + 2 * 16 * 4
        self.assertEqual(self.json["declared_bytes"], bytes_needed)
        self.assertEqual(self.json["least_bytes"], bytes_needed)
        kernel, = self.json["kernels"]
        self.assertTrue(kernel["type"].startswith("RowNormForward<float, RowConfig{"))
        self.assertEqual(set(kernel["resources"]), {"sm_80", "sm_90a"})
        stores, = [line for line in kernel["lines"] if line["at"]["line"] == self.line_of("store_f32(p.y")]
        self.assertEqual((stores["at"]["file"], stores["in"]["file"]), (KERNEL, "kernels/tile/vector.cuh"))
        self.assertEqual((stores["access"], stores["lane_bytes"], stores["efficiency"]), ("write", 16, 1))
        self.assertEqual(stores["sectors"], 16 * 1024 * 4 / 32)

    def test_operations(self):
        threads = self.json["kernels"][0]["threads"]  # a row each
        of_elements = 8 * 16 * 1024
        of_rows = 16 * threads * (2 * 10 + 3)  # two sums over the threads, the mean, the argument of rsqrtf
        self.assertEqual(self.json["declared_operations"], of_elements)
        self.assertEqual(self.json["operations"], of_elements + of_rows)
        self.assertEqual(self.json["special_functions"], 16 * threads)
        line = self.line_of("gamma[k] * (")
        y, = [of_line for of_line in self.json["kernels"][0]["operations_by_line"] if of_line["at"]["line"] == line]
        self.assertEqual((y["operations"], y["special_functions"]), (4 * 16 * 1024, 0))
        self.assertIn(f"{of_elements} declared; counted {of_elements + of_rows} by threads", self.table)
        self.assertRegex(self.table, rf"\n  row_norm.cuh:{line} +{4 * 16 * 1024} *\n")

    def test_page_has_the_source_with_notes(self):
        parser = Rows()
        parser.feed(self.page)
        self.assertEqual(parser.open, [])
        # The page shows several files: a row is this one's where number and text are.
        code = {row[0]: row for row in parser.rows
                if row[0].isdigit() and int(row[0]) <= len(self.source) and row[-1] == self.source[int(row[0]) - 1]}
        self.assertIn("100.0 %", code[str(self.line_of("store_f32(p.y"))])
        self.assertIn(str(4 * 16 * 1024), code[str(self.line_of("gamma[k] * ("))])
        self.assertNotIn("http", self.page)  # it needs nothing from elsewhere

    def test_mistakes_get_one_line(self):
        for arguments, answer in ((["conv"], "there is no kernel conv; there are layer_norm_forward"),
                                  (["layer_norm_forward", "64"], "takes a shape ROWSxCOLUMNS, such as 64x4096: 64"),
                                  (["layer_norm_forward", "0x4"], "takes a shape"),
                                  (["layer_norm_forward", "--type", "f64"], "takes the types bf16, f16, f32: f64"),
                                  (["layer_norm_forward", "1x1", "--json", "/no/such/folder/f"], "cannot write"),
                                  (["layer_norm_forward", "--sape", "1x1"], "not expected")):
            code, text, error = inspect(*arguments)
            self.assertNotEqual(code, 0)
            self.assertIn(answer, error)
            self.assertEqual(error.count("\n"), 1, error)


if __name__ == "__main__":
    unittest.main()
