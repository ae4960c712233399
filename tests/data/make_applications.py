#!/usr/bin/env python3
"""Writes an export of 1,000 applications as an applicant tracking system makes one, 990 of them good.

Run without arguments; the output is the same each time:
  applications-1000.csv            `;`-separated, UTF-8 with BOM, CRLF
  applications-1000.bad-rows.json  {"row": pointer}, row numbers from 1 without the header

The bad rows:
   37  /email          no address
  128  /lastName       missing
  245  /language       unknown
  333  /jobExternalId  no such job
  418  /firstName      control character
  502  /timeZone       unknown
  611  /phone          no telephone number
  704  /externalId     missing
  850  /lastName       201 characters
  966  /externalId     that of row 12 again
"""

import csv
import json
import random
from pathlib import Path

ROWS = 1000
COLUMNS = [
    "externalId", "jobExternalId", "salutation", "title", "firstName", "lastName",
    "titleAfterName", "email", "phone", "language", "timeZone",
]
REPEATED = 12
BAD = {
    37: ("email", "keine.adresse(at)post"),
    128: ("lastName", ""),
    245: ("language", "klingonisch"),
    333: ("jobExternalId", "R-0000-000"),
    418: ("firstName", "Eva\u0007Maria"),
    502: ("timeZone", "Europe/Atlantis"),
    611: ("phone", "siehe Lebenslauf"),
    704: ("externalId", ""),
    850: ("lastName", "Ä" * 201),
    966: ("externalId", None),
}

JOBS = ["R-2026-101", "R-2026-102", "R-2026-103", "R-2026-104"]
WOMEN = [
    "Anna", "Sophie", "Katharina", "Magdalena", "Theresa", "Julia", "Lisa-Marie", "Johanna", "Viktoria", "Barbara",
    "Ursula", "Birgit", "Michaela", "Elif", "Ayşe", "Zeynep", "Jelena", "Slađana", "Amra", "Ivana", "Mirjana",
    "Fatima", "Olena", "Agnieszka", "Zsófia", "Andreea", "Chiara", "Emily", "Grace", "Renée",
]
MEN = [
    "Lukas", "Maximilian", "Florian", "Jakob", "Sebastian", "Matthias", "Hans-Peter", "Günther", "Jürgen", "Wolfgang",
    "Franz", "Josef", "Andreas", "Mehmet", "Emre", "Dragan", "Nikola", "Stjepan", "Željko", "Ahmad", "Karim",
    "Tomáš", "Péter", "Bogdan", "Piotr", "Paolo", "Liam", "Oliver", "André", "Björn",
]
NEUTRAL = ["Kim", "Sascha", "Robin", "Alex", "Toni", "Nikita"]
LAST_NAMES = [
    "Gruber", "Huber", "Bauer", "Wagner", "Müller", "Pichler", "Steiner", "Moser", "Mayer", "Hofer", "Leitner",
    "Berger", "Fuchs", "Eder", "Fischer", "Schmid", "Winkler", "Weber", "Schwarz", "Maier", "Schneider", "Reiter",
    "Mayr", "Schmidt", "Wimmer", "Egger", "Brunner", "Lang", "Baumgartner", "Auer", "Binder", "Lechner", "Wolf",
    "Wallner", "Aigner", "Ebner", "Koller", "Lehner", "Haas", "Schuster", "Heilig", "Übleis", "Öllinger",
    "Höllerer", "Weißenböck", "Großschartner", "Löschnigg", "Wögerbauer", "Hölzl", "Zöchling-Rauch",
    "Müller-Högl", "Brandstätter", "Sedlaček", "Novák", "Dvořák", "Kovács", "Szabó", "Nagy", "Petrović",
    "Marković", "Jovanović", "Nikolić", "Hadžić", "Horvat", "Babić", "Yılmaz", "Öztürk", "Demir", "Şahin",
    "Kowalski", "Wiśniewska", "Popescu", "Ionescu", "Kovalenko", "Rahimi", "Hosseini", "El-Sayed", "Nguyen",
    "Okafor", "Rossi", "Bernardi", "O'Connor", "McAllister", "Smith", "van der Velde", "von Thun",
]
QUOTED_LAST_NAMES = ['Moser "vulgo Wirt"', 'Eder; geb. Lang', 'Hofer "Hias"; jun.']
TITLES = ["Mag.", "Mag.a", "Dr.", "DI", "Dipl.-Ing.", "Ing.", "Mag. Dr.", "DI Dr."]
DEGREES = ["BSc", "MSc", "BA", "MA", "MBA", "PhD", "LL.M.", "BSc, MSc", "BEd"]
QUOTED_DEGREES = ["BSc; MSc", 'MA "mit Auszeichnung"', 'MBA "Executive"; PhD']
DOMAINS = ["post.example", "mail.example", "inbox.example", "bewerbung.example"]
AREA_CODES = ["+43 1", "+43 316", "+43 512", "+43 662", "+43 732", "+43 650", "+43 660", "+43 664", "+43 676",
              "+43 699", "0664", "0043 (0)676", "+49 89"]
ASCII = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "á": "a", "é": "e", "ó": "o", "ć": "c", "č": "c", "ž": "z",
    "š": "s", "ş": "s", "ı": "i", "ř": "r", "đ": "d", "ś": "s", "ý": "y", "'": "", " ": "", ";": "", '"': "",
    ".": "",
})


def local_part(first_name: str, last_name: str, number: int) -> str:
    name = f"{first_name}_{last_name}".lower().translate(ASCII).replace("_", ".")
    assert name.isascii(), name
    return f"{name}.{number}"


def applicant(choice: random.Random, number: int) -> dict[str, str]:
    kind = choice.choices(["Frau", "Herr", "divers", ""], weights=[46, 46, 3, 5])[0]
    first_name = choice.choice({"Frau": WOMEN, "Herr": MEN}.get(kind, NEUTRAL))
    last_name = choice.choice(QUOTED_LAST_NAMES if choice.random() < 0.012 else LAST_NAMES)
    degree = ""
    if choice.random() < 0.3:
        degree = choice.choice(QUOTED_DEGREES if choice.random() < 0.1 else DEGREES)
    email = f"{local_part(first_name, last_name, number)}@{choice.choice(DOMAINS)}"
    phone = f"{choice.choice(AREA_CODES)} 00{choice.randrange(100):02} {choice.randrange(1000):03}"
    return {
        "externalId": f"A-2026-{number:05}",
        "jobExternalId": choice.choice(JOBS),
        "salutation": kind,
        "title": choice.choice(TITLES) if choice.random() < 0.2 else "",
        "firstName": first_name,
        "lastName": last_name,
        "titleAfterName": degree,
        "email": "" if choice.random() < 0.06 else email,
        "phone": "" if choice.random() < 0.1 else phone,
        "language": choice.choices(["de-AT", "de", "de-DE", "en", ""], weights=[60, 10, 8, 12, 10])[0],
        "timeZone": choice.choices(
            ["Europe/Vienna", "", "Europe/Berlin", "Europe/London", "Europe/Budapest", "America/New_York"],
            weights=[70, 15, 6, 4, 3, 2],
        )[0],
    }


def main() -> None:
    choice = random.Random(2026)
    rows = [applicant(choice, number) for number in range(1, ROWS + 1)]
    for row, (column, value) in BAD.items():
        rows[row - 1][column] = value if value is not None else rows[REPEATED - 1]["externalId"]

    folder = Path(__file__).resolve().parent
    with open(folder / "applications-1000.csv", "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    pointers = {str(row): f"/{column}" for row, (column, _) in BAD.items()}
    text = json.dumps(pointers, indent=2) + "\n"
    (folder / "applications-1000.bad-rows.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
