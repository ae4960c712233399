"""Reads everything that hostile_texts has written, and then outputs made wrong on purpose, each of which must be noticed.

usage: check.py FOLDER [REPORT-FOLDER]
"""

import base64
import json
import multiprocessing
import pathlib
import sys

import readers

folder = pathlib.Path(sys.argv[1])


def mails(path):
    """How many, and what is wrong with them."""
    count, wrong = 0, []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            count += 1
            try:
                readers.mail(base64.b64decode(entry["mime"]), entry["expected"])
            except Exception as reason:
                wrong.append(f"{entry['given'][:200]!a}: {reason!r}")
    return count, wrong


def others():
    rows = json.loads((folder / "history.json").read_text("utf-8"))
    downloads = json.loads((folder / "downloads.json").read_text("utf-8"))
    wrong = []
    try:
        readers.table((folder / "history.csv").read_bytes().decode("utf-8"), rows)
    except Exception as reason:
        wrong.append(repr(reason))
    for name, url in downloads:
        try:
            readers.download(url, name)
        except Exception as reason:
            wrong.append(f"{name!a}: {reason!r}")
    return len(rows), len(downloads), wrong


def wrong_on_purpose():
    """Outputs as an injection would leave them: (what, reader, its arguments)."""
    samples = [json.loads(line) for line in (folder / "mails-0.jsonl").open(encoding="utf-8")]
    samples = [(base64.b64decode(sample["mime"]), sample["expected"]) for sample in samples]
    invitation, invited = next(sample for sample in samples if sample[1]["kind"] == "invitation" and sample[1]["calendar"]["url"])
    letter, written = next(sample for sample in samples if "elements" in sample[1])
    plain = {"kind": "alternative"}
    page = "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"></head>\n<body>\n{}\n</body>\n</html>\n".format
    attached = next(part for part in readers.email.message_from_bytes(invitation).walk() if part.get_filename())
    calendar = attached.get_payload(decode=True)
    rows = [["a"] * 12 + ["=1"]]
    row = ";".join(["h"] * 13) + "\r\n" + ";".join(["a"] * 12)
    name, url = json.loads((folder / "downloads.json").read_text("utf-8"))[0]
    yield "a header more", readers.mail, letter.replace(b"\r\nTo:", b"\r\nBcc: <e@evil.example>\r\nTo:", 1), written
    yield "a recipient more", readers.mail, letter.replace(b"@example.com>\r\nSubject", b"@example.com>, <e@evil.example>\r\nSubject", 1), written
    yield "another subject", readers.mail, letter, written | {"subject": written["subject"] + "."}
    yield "a bare line feed", readers.mail, letter.replace(b"\r\nTo:", b"\r\n x\nTo:", 1), written
    yield "a part more", readers.mail, letter.replace(b"\r\nContent-Type: text/html", b"\r\nContent-Type: text/plain\r\n\r\nx\r\n--=_job1-app1_2_1\r\nContent-Type: text/html", 1), written
    yield "another text", readers.mail, letter, written | {"text": written["text"] + "."}
    for markup in ("<script>x</script>", "<p onclick='x()'>x</p>", "<img src=x>", "<!-- x -->", "<a href=' java\tscript:x()'>x</a>",
                   "<a href='data:text/html,x'>x</a>", "<p style='color:red'>x</p>", "<p>&#x202e;x</p>",
                   "<a href='https://x.example/\u2066y'>x</a>"):
        yield f"markup: {markup}", readers.html, page(markup), plain
    yield "a property more", readers.calendar, calendar.replace(b"\r\nSTATUS:", b"\r\nCOMMENT:x\r\nSTATUS:"), invited["calendar"]
    yield "an attendee more", readers.calendar, calendar.replace(b"\r\nSTATUS:", b"\r\nATTENDEE:mailto:e@evil.example\r\nSTATUS:"), invited["calendar"]
    yield "a parameter more", readers.calendar, calendar.replace(b"ORGANIZER;CN=", b"ORGANIZER;SENT-BY=\"mailto:e@evil.example\";CN="), invited["calendar"]
    yield "another place", readers.calendar, calendar, invited["calendar"] | {"location": "elsewhere"}
    yield "a formula", readers.table, row + ";=1\r\n", rows
    yield "a column more", readers.table, row + ";'=1;x\r\n", rows
    yield "a row more", readers.table, row + ";'=1\r\n" + ";" * 12 + "\r\n", rows
    yield "another file name", readers.download, url, name + "x"
    yield "a parameter more in a file name", readers.download, url.replace("%3B%20filename%2A", "%3B%20filename%3Devil.exe%3B%20filename%2A"), name


def check_the_checks():
    tried = 0
    for what, reader, *arguments in wrong_on_purpose():
        tried += 1
        try:
            reader(*arguments)
        except readers.Hostile:
            continue
        sys.exit(f"what was made wrong on purpose was not noticed: {what}")
    # And what is right is none of it.
    readers.table("h\r\n" + ";".join(["a"] * 12) + ";'=1\r\n", [["a"] * 12 + ["=1"]])
    return tried


def main():
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    with multiprocessing.Pool() as pool:
        read = pool.map_async(mails, sorted(folder.glob("mails-*.jsonl")), chunksize=1)
        rows, names, wrong = others()
        for count, more in (read := read.get()):
            wrong += more
    count = sum(count for count, _ in read)
    if (count, rows, names) != (summary["mails"], summary["rows"], summary["names"]) or 0 in (count, rows, names):
        wrong.append(f"not everything is there: {count} mails, {rows} rows, {names} names of {summary}")
    for line in wrong[:20]:
        print(line)
    if wrong:
        sys.exit(f"{len(wrong)} injections or differences (seed {summary['seed']})")
    tried = check_the_checks()
    refused = sum(edge["refused"] for edge in summary["edges"].values())
    taken = sum(edge["taken"] for edge in summary["edges"].values())
    line = (
        f"injection: {summary['texts']:,} hostile texts at {len(summary['edges'])} edges, {refused:,} times refused and {taken:,} times "
        f"taken; {count:,} mails with their calendar objects, {rows:,} rows and {names:,} file names held exactly what they "
        f"should, by Python's and Rust's parsers; {tried} outputs made wrong on purpose were all noticed"
    )
    print(line)
    if len(sys.argv) > 2 and sys.argv[2]:
        pathlib.Path(sys.argv[2], "8-injection").write_text(line + "\n", "utf-8")


main()
