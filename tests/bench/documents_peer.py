"""Files of about five megabytes, markitdown, and what a conversion costs, for `cargo xtask bench`.

    documents_peer.py make FOLDER            writes report.docx, report.xlsx and report.pdf
    documents_peer.py convert FILE           prints what markitdown makes of a file
    documents_peer.py measure OUT COMMAND…   runs a command, its output to OUT, and says its cost,
                                             also in OUT.json, for who waits for the whole run
    documents_peer.py recall OURS THEIRS     says how many words of each are in the other

Every answer is one line of JSON. Texts are made from a fixed seed: each run reads the same files.
"""

import collections
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
import zipfile
from xml.sax.saxutils import escape

WORDS = (
    "harbour light ledger budget quarter vessel cargo berth invoice supplier contract review "
    "season forecast margin freight customs manifest tonnage mooring pilot channel dredging "
    "insurance premium audit control finding owner action deadline status region portfolio"
).split()
TIMEOUT_S = 3600


def sentence(rng, count):
    words = [rng.choice(WORDS) for _ in range(count)]
    return " ".join(words).capitalize() + f" {rng.randrange(10_000)}."


def make_docx(path):
    rng = random.Random(1)
    head = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    )

    def paragraph(text, style=None):
        properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'

    def cell(text):
        return f"<w:tc><w:tcPr/>{paragraph(text)}</w:tc>"

    parts = [head]
    for chapter in range(1, 621):
        parts.append(paragraph(f"Chapter {chapter} {rng.choice(WORDS)}", "Heading1"))
        for section in range(1, 6):
            parts.append(paragraph(f"Section {chapter}.{section}", "Heading2"))
            parts.extend(paragraph(sentence(rng, 90)) for _ in range(14))
        rows = "".join(
            "<w:tr>" + "".join(cell(f"{rng.choice(WORDS)} {rng.randrange(10_000)}") for _ in range(4)) + "</w:tr>"
            for _ in range(10)
        )
        parts.append(f"<w:tbl><w:tblPr/><w:tblGrid/>{rows}</w:tbl>")
    parts.append("<w:sectPr/></w:body></w:document>")
    styles = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        + "".join(
            f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/></w:style>'
            for level in (1, 2)
        )
        + "</w:styles>"
    )
    types = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
        "</Types>"
    )

    def relationships(kind, target):
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
            "</Relationships>"
        )

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        package.writestr("[Content_Types].xml", types)
        package.writestr("_rels/.rels", relationships("officeDocument", "word/document.xml"))
        package.writestr("word/document.xml", "".join(parts))
        package.writestr("word/styles.xml", styles)
        package.writestr("word/_rels/document.xml.rels", relationships("styles", "styles.xml"))


def make_xlsx(path):
    import openpyxl

    rng = random.Random(2)
    book = openpyxl.Workbook(write_only=True)
    for number in range(1, 4):
        sheet = book.create_sheet(f"Year {2022 + number}")
        sheet.append(["Row", "Region", "Owner", "Amount", "Rate", "Comment"])
        for row in range(1, 33_001):
            amount, rate = rng.randrange(1_000_000), rng.randrange(1, 10_000) / 100
            names = [f"{rng.choice(WORDS)}{rng.randrange(1000)}" for _ in range(2)]
            sheet.append([row, *names, amount, rate, sentence(rng, 3)])
    book.save(path)


def make_pdf(path):
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen import canvas

    rng = random.Random(3)
    pages = canvas.Canvas(str(path), pagesize=A4, pageCompression=1)
    for page in range(1, 1901):
        pages.setFont("Helvetica-Bold", 14)
        pages.drawString(60, 780, f"Page {page}: {rng.choice(WORDS)}")
        pages.setFont("Helvetica", 10)
        lines = pages.beginText(60, 750)
        for _ in range(46):
            lines.textLine(sentence(rng, 13))
        pages.drawText(lines)
        pages.showPage()
    pages.save()


def make(folder):
    os.makedirs(folder, exist_ok=True)
    sizes = {}
    for name, maker in (("docx", make_docx), ("xlsx", make_xlsx), ("pdf", make_pdf)):
        path = os.path.join(folder, f"report.{name}")
        maker(path)
        sizes[name] = os.path.getsize(path)
    return sizes


def convert(path):
    from markitdown import MarkItDown

    sys.stdout.write(MarkItDown().convert(path).markdown)


def measure(out, command):
    """CPU and memory of a command and of all that it started, from the kernel."""
    started = time.monotonic()
    with open(out, "wb") as target:
        process = subprocess.Popen(command, stdout=target, stderr=subprocess.DEVNULL)
        clock = threading.Timer(TIMEOUT_S, process.kill)
        clock.start()
        _, status, usage = os.wait4(process.pid, 0)
        clock.cancel()
    cost = {
        "code": os.waitstatus_to_exitcode(status),
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": time.monotonic() - started,
        "peak_mb": usage.ru_maxrss / 1024,
        "bytes": os.path.getsize(out),
    }
    with open(out + ".json", "w", encoding="utf-8") as file:
        json.dump(cost, file)
    return cost


def words(text):
    """Words in lower case; numbers by value, and without the fillers of empty cells."""
    text = re.sub(r"<!--.*?-->", " ", text.replace("\\", ""))
    counted = collections.Counter()
    for word in re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+", text.lower()):
        if word[0].isdigit():
            word = f"{float(word):g}"
        if word not in ("nan", "nat", "unnamed"):
            counted[word] += 1
    return counted


def without_names_of_cells(text):
    """Tables of sheets without the letters above them and the row numbers before them, which
    stand in no cell and which markitdown does not have."""
    letters = re.compile(r"^\|  \|(?: [A-Z]{1,3} \|)+\n\|(?: --- \|)+$", re.MULTILINE)
    tables = letters.split(text)
    numbers = re.compile(r"^\| \d+ \|", re.MULTILINE)
    return "\n".join(tables[:1] + [numbers.sub("|", table) for table in tables[1:]])


def recall(ours, theirs):
    def read(path):
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    ours, theirs = words(without_names_of_cells(read(ours))), words(read(theirs))
    common = (ours & theirs).total()
    return {
        "theirs_in_ours": common / max(1, theirs.total()),
        "ours_in_theirs": common / max(1, ours.total()),
    }


def main():
    match sys.argv[1:]:
        case ["make", folder]:
            print(json.dumps(make(folder)))
        case ["convert", path]:
            convert(path)
        case ["measure", out, *command]:
            print(json.dumps(measure(out, command)))
        case ["recall", ours, theirs]:
            print(json.dumps(recall(ours, theirs)))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
