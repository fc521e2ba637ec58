"""Makes a folder of files as an office receives them, to measure how long they take to read:

    python -m venv v && v/bin/pip install python-docx==1.2.0 openpyxl==3.1.5 xlwt==1.3.0 reportlab==5.1.0 fpdf2==2.8.9 pillow
    v/bin/python benches/many_files.py FOLDER [COUNT]

1,000 files unless COUNT says otherwise, about 200 KB each: forms and running text of 400 to 2,500 characters in Word and PDF,
most with photographs; workbooks of one form or of ten rows; saved web pages with their pictures; text, archives, scans, old
Word files. Every text differs. The same COUNT gives the same texts.
"""
import base64
import glob
import io
import json
import os
import random
import sys
import zipfile

from docx import Document
from docx.shared import Cm
from fpdf import FPDF
from openpyxl import Workbook
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Image as PageImage, Paragraph, SimpleDocTemplate
import xlwt

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
FIXTURES = os.path.join(ROOT, "tests/fixtures/intake/producers")
FONT = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"
SENTENCES = sorted({sentence + "。" for path in glob.glob(os.path.join(ROOT, "examples/**/*.jsonl"), recursive=True)
                    for line in open(path, encoding="utf-8") for sentence in json.loads(line).get("text", "").replace("\n", "。").split("。")
                    if len(sentence) > 8})
PLACES = ["望川", "青岚", "石门", "柳堤", "渡口", "云溪", "松桥", "白沙", "长岭", "临湖", "宁坡", "海口湾"]
TOPICS = ["热线", "大厅", "一件事", "掌上办", "数据共享", "企业服务", "城市治理", "智能问答", "免申即享", "帮办代办"]
HEADINGS = ["案例简介", "主要做法", "创新点", "应用成效"]

random.seed(1)


def case(at):
    """A nomination with a text of its own: numbers in its sentences are drawn anew."""
    place, topic = random.choice(PLACES), random.choice(TOPICS)
    wanted, texts = random.choice([400, 700, 1000, 1500, 2500]), []
    for _ in HEADINGS:
        text = ""
        while len(text) < wanted / len(HEADINGS):
            text += "".join(random.choice("123456789") if c.isdigit() else c for c in random.choice(SENTENCES))
        texts.append(text)
    return {"title": f"{place}{topic}改革第{at}号", "unit": f"{place}市{topic}专班", "region": f"南屏省{place}市", "texts": texts}


def photograph(kilobytes):
    """Noise, of which a JPEG of this size is made."""
    side = max(32, int((kilobytes * 1500) ** 0.5))
    out = io.BytesIO()
    Image.frombytes("L", (side, side), random.randbytes(side * side)).save(out, "JPEG", quality=60)
    return out


def word_form(path, one):
    document = Document()
    table = document.add_table(rows=0, cols=2)
    rows = [("案例名称", one["title"]), ("申报单位", one["unit"]), ("所在地区", one["region"])] + list(zip(HEADINGS, one["texts"]))
    for label, value in rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
    document.add_picture(photograph(random.choice([100, 250, 500])), width=Cm(12))
    document.save(path)


def word_prose(path, one):
    document = Document()
    document.add_heading(one["title"], 1)
    document.add_paragraph("申报单位：" + one["unit"])
    for heading, text in zip(HEADINGS, one["texts"]):
        document.add_heading(heading, 2)
        document.add_paragraph(text)
        document.add_picture(photograph(random.choice([40, 90])), width=Cm(10))
    document.save(path)


def pdf_embedded(path, one):
    document = FPDF()
    document.add_page()
    document.add_font("droid", fname=FONT)
    document.add_font("dejavu", fname="/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    document.set_fallback_fonts(["dejavu"])
    document.set_font("droid", size=11)
    for line in [one["title"], "申报单位：" + one["unit"]] + [line for pair in zip(HEADINGS, one["texts"]) for line in pair]:
        document.multi_cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    document.image(photograph(random.choice([100, 300])), w=120)
    document.output(path)


def pdf_cid(path, one):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=11, leading=18, wordWrap="CJK")
    lines = [one["title"], "申报单位：" + one["unit"]] + [line for pair in zip(HEADINGS, one["texts"]) for line in pair]
    story = [Paragraph(line, style) for line in lines] + [PageImage(photograph(200), 300, 300) for _ in range(random.choice([0, 1, 2]))]
    SimpleDocTemplate(path).build(story)


def scan(path, _):
    page = Image.open(photograph(300)).convert("L")
    page.save(path, save_all=True, append_images=[page])


def workbook_form(path, one):
    book = Workbook()
    sheet = book.active
    rows = [("案例名称", one["title"]), ("申报单位", one["unit"]), ("所在地区", one["region"])] + list(zip(HEADINGS, one["texts"]))
    for row in rows:
        sheet.append(row)
    picture = photograph(150)
    Image.open(picture).save(picture := io.BytesIO(), "JPEG")
    sheet.add_image(SheetImage(picture), "D2")
    book.save(path)


def list_rows(at):
    return [["案例名称", "申报单位", "所在地区"] + HEADINGS] + [
        [one["title"], one["unit"], one["region"], *[text[:120] for text in one["texts"]]] for one in (case(at * 100 + n) for n in range(10))]


def workbook_list(path, at):
    book = Workbook()
    for row in list_rows(at):
        book.active.append(row)
    book.save(path)


def old_workbook_list(path, at):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("汇总")
    for r, row in enumerate(list_rows(at)):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    book.save(path)


def web_page(path, one):
    body = "".join(f"<h2>{heading}</h2><p>{text}</p>" for heading, text in zip(HEADINGS, one["texts"]))
    picture = base64.b64encode(photograph(random.choice([60, 200])).getvalue()).decode()
    links = "".join(f'<li><a href="#">栏目{n}</a></li>' for n in range(30))
    open(path, "w", encoding="utf-8").write(
        f'<!doctype html><html><head><meta charset="utf-8"><title>{one["title"]}</title></head><body><ul>{links}</ul><div class="article">'
        f'<h1>{one["title"]}</h1>{body}<img src="data:image/jpeg;base64,{picture}"></div><div class="footer">版权所有</div></body></html>')


def text(path, one):
    lines = [one["title"], "申报单位：" + one["unit"]] + [line for pair in zip(HEADINGS, one["texts"]) for line in pair]
    open(path, "wb").write("\n".join(lines).encode("gb18030"))


def archive(path, one):
    inner = io.BytesIO()
    word_form(inner, one)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("申报表.docx", inner.getvalue())
        packed.writestr("照片.jpg", photograph(60).getvalue())


def old_word(path, _):
    data = open(os.path.join(FIXTURES, "libreoffice-form.doc"), "rb").read()
    open(path, "wb").write(data + random.randbytes(150_000))


# How many of a hundred files are of each kind.
KINDS = [(22, "docx", word_form), (18, "docx", word_prose), (5, "pdf", pdf_embedded), (17, "pdf", pdf_cid), (4, "pdf", scan),
         (10, "xlsx", workbook_form), (2, "xlsx", workbook_list), (1, "xls", old_workbook_list), (9, "html", web_page), (5, "txt", text),
         (4, "zip", archive), (3, "doc", old_word)]


def main():
    folder, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    os.makedirs(folder, exist_ok=True)
    kinds = [(extension, make) for share, extension, make in KINDS for _ in range(share)]
    size = 0
    for at in range(count):
        extension, make = kinds[at * 37 % len(kinds)]
        path = os.path.join(folder, f"{at:04}.{extension}")
        make(path, at if make in (workbook_list, old_workbook_list) else case(at))
        size += os.path.getsize(path)
    print(f"{count} files, {size / count / 1000:.0f} KB on average")


main()
