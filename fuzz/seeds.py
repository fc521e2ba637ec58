#!/usr/bin/env python3
"""Writes fuzz/corpus/TARGET/ from the fixtures, the examples and a small run. Needs Python 3 and a built program:

    cargo build --release && python3 fuzz/seeds.py

Archives are taken apart ("=== name", then the content), so that what a target changes is what a reader sees.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import zipfile
import zlib
import re
from base64 import b64encode
from struct import pack

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = ROOT / "fuzz" / "corpus"
PROGRAM = os.environ.get("SHORTLISTER", ROOT / "target" / "release" / "shortlister")
MAX_BYTES = 100_000
TARGETS = "pdf docx workbook table json page archive text programme settings signals judgments records head".split()


def keep(target, name, data):
    if len(data) <= MAX_BYTES:
        (CORPUS / target / name.replace("/", "-")).write_bytes(data)


def joined(parts):
    return b"\n".join(b"=== " + name.encode() + b"\n" + content for name, content in parts)


def unpacked(path):
    """The parts of an archive; a damaged one is left out."""
    parts = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with contextlib.suppress(zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
                parts.append((name, archive.read(name)))
    return parts


def plain_pdf(data):
    """With its compressed streams unpacked; offsets no longer fit, which readers repair."""

    def stream(match):
        try:
            content = zlib.decompress(match[2])
        except zlib.error:
            return match[0]
        head = match[1].replace(b"/FlateDecode", b"").replace(b"/Filter", b"/Old")
        head = re.sub(rb"/Length \d+( 0 R)?", b"/Length %d" % len(content), head)
        return head + b"stream\n" + content + b"\nendstream"

    return re.sub(rb"(<<[^>]*?/FlateDecode.*?)stream\r?\n(.*?)\r?\nendstream", stream, data, flags=re.S)


def files():
    places = [ROOT / "tests/fixtures/intake", ROOT / "examples"]
    return sorted(path for place in places for path in place.rglob("*") if path.is_file())


def of_files():
    targets = {".pdf": "pdf", ".docx": "docx", ".csv": "table", ".jsonl": "json", ".json": "json", ".md": "text"}
    targets |= {".html": "page", ".mhtml": "page", ".mht": "page"}
    targets |= dict.fromkeys([".xlsx", ".xls", ".ods", ".xlsb"], "workbook")
    for path in files():
        data, target = path.read_bytes(), targets.get(path.suffix)
        # Forms within forms draw until the reader is given up, which is what this fixture is for.
        if not target or path.name == "nested-forms.pdf":
            continue
        if zipfile.is_zipfile(path):
            keep(target, path.name + ".parts", joined(unpacked(path)))
        else:
            keep(target, path.name, data)
        if target == "pdf":
            keep(target, "plain-" + path.name, plain_pdf(data))
        if target == "json":
            for number, line in enumerate(data.splitlines()[:20]):
                keep(target, f"{path.name}-{number}", line)
    for path in files():
        if path.suffix in (".csv", ".docx", ".html") and path.stat().st_size < 20_000:
            keep("archive", path.name + ".parts", joined([("件/" + path.name, path.read_bytes()), ("件/说明.txt", b"a")]))


def by_hand():
    form = "案例名称：一码通办\n申报单位：某市政务局\n所在地区：某省某市\n联系电话：13800138000\n案例简介：把事项放到一张网上办理，材料由11份减为2份。\n"
    keep("text", "form", form.encode())
    keep("text", "gbk", form.encode("gbk"))
    keep("text", "markdown", ("# 一码通办\n\n| 申报单位 | 某市 |\n| --- | --- |\n\n## 成效\n\n- ☑数字治理 □热线\n" + form).encode())
    table = "编号,案例名称,申报单位,案例简介\n1,一网通办,某局,\"把事项放到,一张网\"\n合计,1,,\n"
    keep("table", "utf8", table.encode())
    keep("table", "gbk", table.encode("gbk"))
    keep("table", "utf16", table.replace(",", "\t").encode("utf-16"))
    keep("json", "array", '[{"题目":"甲","text":"乙","signals":{"votes":12}},{"title":"丙","text":["丁",1,null]}]'.encode())
    votes = "单位,网络票数,满意率\n朝阳区政务服务局,1.2万,95%\n杭州市数据资源管理局,8300,0.9\n余杭区政府,—,88\n"
    keep("signals", "votes.csv", votes.encode())
    aliases = '[units]\n"杭州市江干区" = "杭州市上城区"\n'.encode()
    keep("signals", "aliases", joined([("a.csv", votes.encode()), ("aliases.toml", aliases)]))
    offices = ROOT / "tests/fixtures/intake/offices.xlsx"
    keep("signals", "offices", joined(unpacked(offices)))
    keep("settings", "aliases", aliases)
    keep("settings", "names", '["数字治理", "政务便民热线"]'.encode())
    keep("settings", "mapping", '[columns]\ntitle = ["项目"]\ntext = ["内容", "成效"]\n'.encode())
    panel = '[[expert]]\nname = "甲"\nunit = "某市政务局"\ncategories = ["one"]\nrecuse = ["n1"]\n[[expert]]\nname = "乙"\n'
    keep("settings", "panel", panel.encode())
    keep("settings", "manifest", (ROOT / "models/multilingual-e5-small/manifest.toml").read_bytes())
    for folder in sorted((ROOT / "prompts").iterdir()) + [ROOT / "tests/fixtures/programmes/gardens", ROOT / "fuzz/programme"]:
        if folder.is_dir():
            parts = [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.toml"))]
            for path in folder.glob("exemplars.jsonl"):
                parts.append((path.name, b"\n".join(path.read_bytes().splitlines()[:30])))
            keep("programme", folder.name, joined(parts))
    keep("head", "both", head().encode())


def head():
    def array(kind, values):
        return b64encode(b"".join(pack("<" + kind, value) for value in values)).decode()

    machine = {
        "rows": 3, "lexical_weight": 0.5, "ridge": 1.0, "min_texts": 2,
        "vectors": array("f", [1, 0, 0, 1, 0.6, 0.8]), "gram_counts": array("H", [1, 0, 1]),
        "grams": array("H", [3, 1, 5, 2]), "coefficients": array("f", [1, -1, -1, 1, 0.5, 0.5]),
        "held_out": array("f", [0.5, -0.5, -0.5, 0.5, 0.1, 0.1]),
    }
    scale = {"exponent": 0.8, "sharpness": 2.0}
    return json.dumps({
        "schema": 1, "program_version": "0.1.0",
        "model": {"name": "m", "sha256": "0", "dimension": 2},
        "programme": {"id": "p", "categories_sha256": "0", "categories": ["one", "two"]},
        "trained": {"scale": scale, "labels": [0, 1, 1], "machine": machine},
        "adapted": {
            "scale": scale, "prior_offsets": [0, 0], "offsets": [0, 0.1], "spreads": [1, 1],
            "centre": array("f", [0, 0]), "machine": machine,
        },
    })


def of_a_run():
    """A run of five gardens, its log, and the workbooks that its experts would get."""
    text = "Since 2021 the pupils have grown {} kilograms of beans, potatoes and tomatoes in {} raised beds behind the hall."
    lines = [json.dumps({"id": f"g{n}", "title": f"Garden {n}", "unit": f"School {n}", "text": text.format(10 + n, n)}) for n in range(1, 6)]
    gardens = str(ROOT / "tests/fixtures/programmes/gardens")
    with tempfile.TemporaryDirectory() as place:
        def run(*arguments):
            subprocess.run([PROGRAM, *arguments], cwd=place, check=True, capture_output=True)

        pathlib.Path(place, "batch.jsonl").write_text("\n".join(lines))
        run("run", "batch.jsonl", "--programme", gardens, "--out", "out")
        run("review", "export", "out", "--experts", "2", "--by", "Ms Gray", "--out", "handed")
        out = pathlib.Path(place, "out")
        names = [name for name in ("run.json", "ranking.jsonl", "log.jsonl") if (out / name).exists()]
        keep("records", "run", joined([(name, (out / name).read_bytes()) for name in names]))
        ranking = (out / "ranking.jsonl").read_bytes()
        for number, book in enumerate(sorted(pathlib.Path(place, "handed").rglob("*.xlsx"))):
            parts = unpacked(book)
            keep("judgments", f"book-{number}", joined([("ranking.jsonl", ranking), *parts]))
            scored = [(name, with_scores(content) if "worksheets/sheet2" in name else content) for name, content in parts]
            keep("judgments", f"scored-{number}", joined([("ranking.jsonl", ranking), *scored]))


def with_scores(sheet):
    """Empty cells of the sheet with numbers in them."""
    return re.sub(rb'<c r="([H-J]\d+)" s="(\d+)"/>', rb'<c r="\1" s="\2"><v>7</v></c>', sheet)


def main():
    for target in TARGETS:
        (CORPUS / target).mkdir(parents=True, exist_ok=True)
    of_files()
    by_hand()
    of_a_run()
    for target in TARGETS:
        print(target, len(list((CORPUS / target).iterdir())))


if __name__ == "__main__":
    main()
